"""Okta: the System Log.

Data lakes lower the case of the top-level names (``eventtype``) or write
nested objects as JSON strings; kept records have Okta's own names and objects.
A record doesn't say which Okta organization it is from.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.devices import device_state
from keywitness.readers.values import Scalar, address, flag, micros, operation_key, text


class _Agent(msgspec.Struct):
    rawUserAgent: Scalar = None


class _Client(msgspec.Struct):
    ipAddress: Scalar = None
    userAgent: _Agent | Scalar = None
    device: Scalar = None


class _Party(msgspec.Struct):
    id: Scalar = None
    type: Scalar = None
    alternateId: Scalar = None
    displayName: Scalar = None


class _Outcome(msgspec.Struct):
    result: Scalar = None
    reason: Scalar = None


class _Authentication(msgspec.Struct):
    externalSessionId: Scalar = None


class _Detail(msgspec.Struct):
    requestApiTokenId: Scalar = None


class _Transaction(msgspec.Struct):
    detail: _Detail | Scalar = None


class _Device(msgspec.Struct):
    id: Scalar = None
    name: Scalar = None
    managed: Scalar = None
    registered: Scalar = None


class _Hop(msgspec.Struct):
    ip: Scalar = None


class _Request(msgspec.Struct):
    ipChain: list[_Hop] | Scalar = None


class _Entry(msgspec.Struct):
    eventType: str | None = None
    published: Scalar = None
    uuid: str | None = None
    actor: _Party | None = None
    client: _Client | None = None
    outcome: _Outcome | None = None
    authenticationContext: _Authentication | None = None
    transaction: _Transaction | None = None
    device: _Device | None = None
    request: _Request | None = None
    target: list[_Party] | None = None


class _Who(NamedTuple):
    id: str | None
    name: str | None
    type: str | None


_entry: Final = msgspec.json.Decoder(_Entry)
_NAMES: Final = {
    "eventtype": "eventType",
    "displaymessage": "displayMessage",
    "legacyeventtype": "legacyEventType",
    "authenticationcontext": "authenticationContext",
    "debugcontext": "debugContext",
    "securitycontext": "securityContext",
}
_OBJECTS: Final = frozenset({"actor", "client", "device", "outcome", "request", "transaction", "target"})
_CONTEXTS: Final = ("authenticationContext", "debugContext", "securityContext")
_OUTCOMES: Final = {"SUCCESS": "success", "ALLOW": "success", "FAILURE": "failure", "DENY": "failure"}
_SIGN_INS: Final = ("user.session.start", "user.authentication.", "app.oauth2.token.grant", "app.oauth2.as.token.grant")
_RISKS: Final = (
    "security.threat.detected",
    "security.attack.start",
    "security.breached_credential.detected",
    "user.account.report_suspicious_activity_by_enduser",
    "user.risk.",
)
_TYPES: Final = {
    "User": "user",
    "PublicClientApp": "application",
    "AppInstance": "application",
    "SystemPrincipal": "cloud_service",
}
_SYSTEM: Final = "system@okta.com"
"""Okta itself and Okta Support act under this name, with the type User in some records."""
_TARGETS: Final = ("User", "AppUser", "PublicClientApp", "AppInstance")


def recognises(record: Mapping[str, Any]) -> bool:
    """An event type with the time it was published, in either spelling."""
    kind = record.get("eventType") or record.get("eventtype")
    return isinstance(kind, str) and "published" in record and ("actor" in record or "outcome" in record)


def row(raw: bytes, wanted: Wanted) -> Row:
    """One event as a row. Raises RecordError when it is no System Log event or has no time."""
    raw, entry = _decoded(raw)
    kind = entry.eventType or ""
    class_ = _class(kind)
    who = _subject(entry) if class_ == "risk" else _actor(entry.actor)
    client = entry.client or _Client()
    ip = _address(entry, client)
    outcome, error = _outcome(entry.outcome)
    return Row(
        entry.uuid,
        micros(entry.published),
        "okta",
        "system",
        None,
        None,
        None,
        kind,
        class_,
        False,
        outcome,
        error,
        who.id,
        who.name,
        who.type,
        _known(entry.authenticationContext.externalSessionId) if entry.authenticationContext else None,
        _token(entry.transaction),
        ip,
        who.name if who.type == "cloud_service" and ip is None else None,
        text(client.userAgent.rawUserAgent) if isinstance(client.userAgent, _Agent) else text(client.userAgent),
        (text(entry.device.id) or text(entry.device.name)) if entry.device else None,
        _device_state(entry.device) if entry.device else None,
        True if kind == "user.authentication.auth_via_mfa" and outcome == "success" else None,
        _target(entry.target),
        None,
        raw if class_ == "risk" or operation_key(kind) in wanted else None,
    )


READER: Final[Reader] = Reader("okta", recognises, row)


def _decoded(raw: bytes) -> tuple[bytes, _Entry]:
    """The record's text and fields, under Okta's own names. Raises RecordError when it is none of Okta's."""
    try:
        entry = _entry.decode(raw)
    except msgspec.ValidationError:
        entry = None
    if entry is None or not entry.eventType:
        raw = _normalised(raw)
        entry = _entry.decode(raw)
    if not entry.eventType or (entry.actor is None and entry.outcome is None):
        raise RecordError("not an event of the Okta System Log")
    return raw, entry


def _normalised(raw: bytes) -> bytes:
    record = json.loads(raw)
    if not isinstance(record, dict) or not (record.get("eventType") or record.get("eventtype")):
        raise RecordError("not an event of the Okta System Log")
    renamed = {_NAMES.get(key.lower(), key): value for key, value in record.items()}
    fixed = {k: _parsed(v) if k in _OBJECTS or k in _CONTEXTS else v for k, v in renamed.items()}
    return json.dumps(fixed, ensure_ascii=False).encode(errors="replace")


def _parsed(value: Any) -> Any:
    """An object or list that an exporter wrote as a JSON string; any other text is nothing."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def _class(kind: str) -> str:
    if kind.startswith(_RISKS):
        return "risk"
    return "sign-in" if kind.startswith(_SIGN_INS) else "management"


def _actor(party: _Party | None) -> _Who:
    if party is None:
        return _Who(None, None, None)
    name = _known(party.alternateId) or text(party.displayName)
    ident = _known(party.id) or name
    if (name or "").lower() == _SYSTEM:
        return _Who(ident, name, "cloud_service")
    return _Who(ident, name or ident, _TYPES.get(text(party.type) or ""))


def _subject(entry: _Entry) -> _Who:
    """Whom a risk is about: the user it names as target, since its actor is often Okta itself."""
    users = (party for party in entry.target or () if party.type == "User")
    return _actor(next(users, entry.actor))


def _outcome(outcome: _Outcome | None) -> tuple[str, str | None]:
    """CHALLENGE, SKIPPED, DEFERRED and the like say neither that it was done nor that it was refused."""
    said = (text(outcome.result) or "").upper() if outcome else ""
    result = _OUTCOMES.get(said, "unknown")
    if result != "failure" or outcome is None:
        return result, None
    return result, text(outcome.reason) or said


def _address(entry: _Entry, client: _Client) -> str | None:
    found = address(text(client.ipAddress))
    chain = entry.request.ipChain if entry.request else None
    if found or not isinstance(chain, list):
        return found
    return next((ip for hop in chain if (ip := address(text(hop.ip)))), None)


def _token(transaction: _Transaction | None) -> str | None:
    """The id of the API token that signed the call, as in the target of its creation."""
    detail = transaction.detail if transaction else None
    return _known(detail.requestApiTokenId) if isinstance(detail, _Detail) else None


def _device_state(device: _Device) -> str | None:
    """Okta tells managed from registered, and of neither whether it meets a policy."""
    managed, registered = flag(device.managed), flag(device.registered)
    return device_state(None, managed, "registered" if registered else "", True) if managed is not None else None


def _target(targets: list[_Party] | None) -> str | None:
    """The first user or application among the targets, else the first target."""
    found = {text(t.type): _known(t.id) for t in reversed(targets or ())}
    first = _known(targets[0].id) if targets else None
    return next((ident for kind in _TARGETS if (ident := found.get(kind))), first)


def _known(value: Scalar) -> str | None:
    """Okta writes ``unknown`` where it has no value."""
    found = text(value)
    return None if found is None or found.lower() == "unknown" else found
