"""Microsoft 365: the Unified Audit Log, as the Management Activity API and Search-UnifiedAuditLog give it.

One object an event, whatever workload it is from. Names and values stand in
lists of ``{Name, Value}``, principals in lists of ``{ID, Type}``, and times
have no zone: they are UTC. Some exporters write the lists as JSON strings;
kept records have lists.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.devices import device_state
from keywitness.readers.values import Scalar, address, as_object, flag, micros, operation_key, operation_name, text

_NOTHING: Final = msgspec.Raw(b"null")


class _Pair(msgspec.Struct):
    Name: Scalar = None
    Value: Any = None
    NewValue: Any = None


class _Party(msgspec.Struct):
    ID: Scalar = None
    Type: Scalar = None


class _Entry(msgspec.Struct):
    Operation: str
    CreationTime: Scalar = None
    Id: str | None = None
    OrganizationId: str | None = None
    Workload: Scalar = None
    RecordType: Scalar = None
    ResultStatus: Scalar = None
    UserId: Scalar = None
    UserKey: Scalar = None
    UserType: Scalar = None
    ClientIP: Scalar = None
    ClientIPAddress: Scalar = None
    ActorIpAddress: Scalar = None
    UserAgent: Scalar = None
    SessionId: Scalar = None
    ObjectId: Scalar = None
    LogonError: Scalar = None
    ErrorNumber: Scalar = None
    Actor: msgspec.Raw = _NOTHING
    Target: msgspec.Raw = _NOTHING
    ExtendedProperties: msgspec.Raw = _NOTHING
    DeviceProperties: msgspec.Raw = _NOTHING
    ModifiedProperties: msgspec.Raw = _NOTHING
    Parameters: msgspec.Raw = _NOTHING


class _Who(NamedTuple):
    id: str | None
    name: str | None
    type: str | None


_entry: Final = msgspec.json.Decoder(_Entry)
_parties: Final = msgspec.json.Decoder(list[_Party])
_pairs: Final = msgspec.json.Decoder(list[_Pair])
_string: Final = msgspec.json.Decoder(str)
_LISTS: Final = ("Actor", "Target", "ExtendedProperties", "DeviceProperties", "ModifiedProperties", "Parameters")
_OUTCOMES: Final = {
    "": "success",  # most workloads log only what was done, and say nothing about it
    "success": "success",
    "succeeded": "success",
    "partiallysucceeded": "success",
    "true": "success",
    "failure": "failure",
    "failed": "failure",
    "false": "failure",
}
_SIGN_INS: Final = frozenset({"userloggedin", "userloginfailed"})
_DATA: Final = frozenset({"2", "3", "4", "6", "14", "25", "36", "50"})
"""Record types of mailbox items, files, pages, sharing, Teams and list items."""
_ALERTS: Final = frozenset({"40", "SecurityComplianceAlerts", "64", "AirInvestigation"})
_READS: Final = ("get-", "search", "fileaccessed", "filedownloaded", "filepreviewed", "mailitemsaccessed", "pageviewed")
_PREFIXED: Final = re.compile(r"(User|ServicePrincipal|Application|Group|Device)_([0-9A-Fa-f-]{36})")
_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_NOBODY: Final = "00000000-0000-0000-0000-000000000000"
_TYPES: Final = {"User": "user", "ServicePrincipal": "service_principal", "Application": "application"}
_RESET_SERVICE: Final = "fim_password_service@"
"""Self-service password reset: the user who did it is the target."""
_TRUSTS: Final = {"0": "registered", "1": "joined", "2": "joined"}
"""Entra's trust types by number: registered by its owner, joined to the directory, or to both directories."""
_FIRST_PARTY: Final = re.compile(r"[0-9a-f]{8}-0000-(?:0000-c000|0ff1-ce00)-0{12}")
_MICROSOFT: Final = frozenset({"797f4846-ba00-4fd7-ba43-dac1f8f63013"})
"""Windows Azure Service Management API: the application behind the registrations that Azure itself makes."""


def recognises(record: Mapping[str, Any]) -> bool:
    """An object with an operation, its time, and the workload, record type or organisation that only this log has."""
    if not isinstance(record.get("Operation"), str) or "CreationTime" not in record:
        return False
    return "Workload" in record or "RecordType" in record or "OrganizationId" in record


def row(raw: bytes, wanted: Wanted) -> Row:
    """One event as a row. Raises RecordError without an operation or a time."""
    entry = _entry.decode(raw)
    operation = operation_name(entry.Operation)
    if not operation or entry.CreationTime is None:
        raise RecordError("the record has no Operation or no CreationTime")
    key = operation_key(operation)
    signed_in = key in _SIGN_INS
    who = _actor(bytes(entry.Actor), text(entry.UserId), text(entry.UserType))
    outcome, error = _outcome(entry, key)
    ip = _address(entry)
    return Row(
        entry.Id,
        micros(entry.CreationTime),
        "m365",
        "signin" if signed_in else "unified",
        entry.OrganizationId or None,
        None,
        text(entry.Workload),
        operation,
        _class(entry, key),
        key.startswith(_READS),
        outcome,
        error,
        who.id,
        who.name,
        who.type,
        text(entry.SessionId) or _value(entry.DeviceProperties, "SessionId"),
        None,
        ip,
        who.name if who.type == "cloud_service" and ip is None else None,
        _user_agent(entry),
        _value(entry.DeviceProperties, "Id") or _value(entry.DeviceProperties, "DisplayName"),
        _device_state(entry.DeviceProperties) if signed_in else None,
        None,
        _target(bytes(entry.Target), text(entry.ObjectId)),
        None,
        _kept(raw, entry) if key in wanted or _class(entry, key) == "alert" else None,
    )


READER: Final[Reader] = Reader("m365", recognises, row)


@lru_cache(maxsize=65_536)
def _actor(raw: bytes, user: str | None, user_type: str | None) -> _Who:
    """Who did it. The object id stands in the list with its class before it; the plain ids there may be the client's.

    ``ServicePrincipal_…`` may be Microsoft or any application of the tenant: only its application id tells, which
    nobody can choose.
    """
    parties = _list(raw)
    name = next((i for i, kind in parties if kind == "5"), None)
    if (name or user or "").lower().startswith(_RESET_SERVICE):
        return _Who(name or user, name or user, "cloud_service")
    shown = next((i for i, kind in parties if kind == "1"), None)
    if _is_platform(parties, user, user_type):
        return _Who(shown or user, shown or user, "cloud_service")
    found = _principal(parties) or _prefixed(user)
    if found:
        return _Who(found[1], name or shown or user or found[1], _TYPES.get(found[0]))
    direct = next((i for i, kind in parties if kind == "0" and _GUID.fullmatch(i) and i != _NOBODY), None)
    if direct or name:
        return _Who(direct or name, name or user or direct, "user")
    return _Who(user, user, "user" if user and "@" in user else _other(user))


def _other(user: str | None) -> str | None:
    return "anonymous" if user and (user.lower() == "anonymous" or user.startswith("urn:spo:anon#")) else None


def _is_platform(parties: list[tuple[str, str]], user: str | None, user_type: str | None) -> bool:
    """Microsoft's own: a datacentre's processes, those that sign in by certificate, its first-party applications."""
    if user_type in ("3", "DcAdmin") or (user or "").startswith("NT AUTHORITY\\"):
        return True
    if user_type not in ("4", "System"):
        return False
    ids = {i.lower() for i, kind in parties if kind == "2"}
    if user == "Certificate" and "other" in ids:
        return True
    return bool(ids & _MICROSOFT) or any(_FIRST_PARTY.fullmatch(i) for i in ids)


def _principal(parties: list[tuple[str, str]]) -> tuple[str, str] | None:
    return next((found for i, kind in parties if kind == "2" and (found := _prefixed(i))), None)


def _prefixed(value: str | None) -> tuple[str, str] | None:
    """(class, object id) of ``User_<guid>`` and the like."""
    found = _PREFIXED.fullmatch(value or "")
    return (found[1], found[2]) if found and found[2] != _NOBODY else None


@lru_cache(maxsize=65_536)
def _target(raw: bytes, object_id: str | None) -> str | None:
    """The object id of what was changed; of a user without one the name."""
    parties = _list(raw)
    found = _principal(parties) or _prefixed(object_id)
    if found:
        return found[1]
    named = next((i for i, kind in parties if kind in ("5", "0", "2")), None)
    return named or (object_id if object_id != "Not Available" else None) or None


def _list(raw: bytes) -> list[tuple[str, str]]:
    """(ID, Type) of the principals in an Actor or Target list; other workloads put other things there."""
    try:
        parties = _parties.decode(_unlisted(raw))
    except msgspec.MsgspecError:
        return []
    return [(i, text(p.Type) or "") for p in parties if (i := text(p.ID))]


def _values(raw: msgspec.Raw) -> list[_Pair]:
    try:
        return _pairs.decode(_unlisted(bytes(raw)))
    except msgspec.MsgspecError:
        return []


def _unlisted(raw: bytes) -> bytes:
    """The JSON text of a list, also of one that is written as a JSON string."""
    return _string.decode(raw).encode(errors="replace") if raw[:1] == b'"' else raw


def _value(raw: msgspec.Raw, name: str) -> str | None:
    return next((text(pair.Value) for pair in _values(raw) if pair.Name == name), None)


def _device_state(raw: msgspec.Raw) -> str | None:
    managed = flag(_value(raw, "IsCompliantAndManaged")) or None  # false says not which of the two it lacks
    trust = _TRUSTS.get(_value(raw, "TrustType") or "", _value(raw, "TrustType"))
    return device_state(_value(raw, "IsCompliant"), managed, trust, _value(raw, "Id") is not None)


def _user_agent(entry: _Entry) -> str | None:
    if entry.UserAgent:
        return text(entry.UserAgent)
    direct = _value(entry.ExtendedProperties, "UserAgent")
    details = as_object(_value(entry.ExtendedProperties, "additionalDetails"))
    return direct or text(details.get("User-Agent"))


def _address(entry: _Entry) -> str | None:
    candidates = (entry.ClientIP, entry.ActorIpAddress, entry.ClientIPAddress)
    return next((found for value in candidates if (found := address(text(value)))), None)


def _outcome(entry: _Entry, key: str) -> tuple[str, str | None]:
    """``UserLoginFailed`` is a failure although most of these records say ``Success``."""
    said = (text(entry.ResultStatus) or "").lower()
    outcome = "failure" if key == "userloginfailed" else _OUTCOMES.get(said, "unknown")
    if outcome != "failure":
        return outcome, None
    thrown = (text(p.NewValue) for p in _values(entry.ModifiedProperties) if p.Name == "MethodExecutionResult.")
    number = text(entry.ErrorNumber)
    return outcome, text(entry.LogonError) or next(thrown, None) or (number if number != "0" else None) or "failure"


def _class(entry: _Entry, key: str) -> str:
    if key in _SIGN_INS:
        return "sign-in"
    kind = text(entry.RecordType) or ""
    if kind in _ALERTS:
        return "alert"
    return "data" if kind in _DATA else "management"


def _kept(raw: bytes, entry: _Entry) -> bytes:
    """The record with its lists as lists."""
    written = [name for name in _LISTS if bytes(getattr(entry, name))[:1] == b'"']
    if not written:
        return raw
    record = json.loads(raw)
    return json.dumps(record | {n: _parsed(record[n]) for n in written}, ensure_ascii=False).encode(errors="replace")


def _parsed(value: str) -> Any:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, list) else value
