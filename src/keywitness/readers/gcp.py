"""Google Cloud Audit Logs: LogEntry objects with a ``protoPayload``.

Some pipelines rename fields (``callerIP``, ``at_sign_type``, ``insertid``,
``logname``) or move them out of ``protoPayload``; kept records have Google's
own names and places.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.values import Scalar, address, micros, operation_key, text


class _Identity(msgspec.Struct):
    principalEmail: str | None = None
    principalSubject: str | None = None
    serviceAccountKeyName: str | None = None


class _Caller(msgspec.Struct):
    callerIp: str | None = None
    callerIP: str | None = None
    callerSuppliedUserAgent: Scalar = None


class _Status(msgspec.Struct):
    code: int | str | None = None
    message: Scalar = None


class _Permission(msgspec.Struct):
    granted: bool | None = None
    permissionType: str | None = None


class _Resource(msgspec.Struct):
    labels: dict[str, Scalar] | None = None


class _Payload(msgspec.Struct):
    methodName: str | None = None
    serviceName: str | None = None
    resourceName: str | None = None
    authenticationInfo: msgspec.Raw = msgspec.Raw(b"null")
    authorizationInfo: list[_Permission] | None = None
    requestMetadata: _Caller | None = None
    status: _Status | None = None
    resource: _Resource | None = None
    at_sign_type: str | None = None


class _Operation(msgspec.Struct):
    id: str | None = None
    first: bool | None = None
    last: bool | None = None


class _Entry(msgspec.Struct):
    protoPayload: _Payload
    timestamp: Scalar = None
    insertId: str | None = None
    insertid: str | None = None
    logName: str | None = None
    logname: str | None = None
    resource: _Resource | None = None
    operation: _Operation | None = None
    methodName: str | None = None
    serviceName: str | None = None
    resourceName: str | None = None
    status: _Status | None = None


class _Actor(NamedTuple):
    id: str | None
    name: str | None
    type: str | None
    key: str | None


_entry: Final = msgspec.json.Decoder(_Entry)
_identity: Final[msgspec.json.Decoder[_Identity | None]] = msgspec.json.Decoder(_Identity | None)
_MOVED: Final = ("methodName", "serviceName", "resourceName", "status")
_LOWERED: Final = (("insertid", "insertId"), ("logname", "logName"), ("receivetimestamp", "receiveTimestamp"))
_READS: Final = ("get", "list", "aggregatedlist", "search", "query", "batchget", "testiampermissions")


def recognises(record: Mapping[str, Any]) -> bool:
    """An entry with a ``protoPayload`` that names a method, inside it or beside it."""
    payload = record.get("protoPayload")
    return isinstance(payload, Mapping) and ("methodName" in payload or "methodName" in record)


def row(raw: bytes, wanted: Wanted) -> Row:
    """One audit entry as a row. Raises RecordError without a method or a time."""
    entry = _entry.decode(raw)
    payload = entry.protoPayload
    operation = payload.methodName or entry.methodName
    if not operation:
        raise RecordError("the entry has no methodName")
    log, tenant = _log_name(entry.logName or entry.logname or "")
    labels = _labels(entry)
    actor = _actor(bytes(payload.authenticationInfo), log)
    caller = payload.requestMetadata or _Caller()
    ip, service = _origin(caller.callerIp or caller.callerIP)
    outcome, error = _outcome(payload.status or entry.status, payload.authorizationInfo)
    resource = payload.resourceName or entry.resourceName
    return Row(
        entry.insertId or entry.insertid,
        micros(entry.timestamp),
        "gcp",
        log,
        tenant or _tenant(labels),
        text(labels.get("location") or labels.get("region") or labels.get("zone")),
        (payload.serviceName or entry.serviceName or "").removesuffix(".googleapis.com") or None,
        operation,
        "data" if log == "data_access" else "management",
        _read_only(log, operation, payload.authorizationInfo),
        outcome,
        error,
        actor.id,
        actor.name,
        actor.type,
        None,
        actor.key,
        ip,
        service,
        text(caller.callerSuppliedUserAgent),
        None,
        None,
        None,
        text(labels.get("email_id")) or resource,
        _call(entry.operation),
        _kept(raw, entry) if operation_key(operation) in wanted else None,
    )


READER: Final[Reader] = Reader("gcp", recognises, row)


@lru_cache(maxsize=4_096)
def _log_name(name: str) -> tuple[str, str | None]:
    """The log and the project, folder or organisation from ``projects/p/logs/cloudaudit.googleapis.com%2Factivity``."""
    owner, _, log = unquote(name).partition("/logs/")
    tail = log.rpartition("/")[2] or "activity"
    return tail, owner.removeprefix("projects/") or None


def _labels(entry: _Entry) -> dict[str, Scalar]:
    resource = entry.resource or entry.protoPayload.resource
    return (resource.labels if resource else None) or {}


def _tenant(labels: dict[str, Scalar]) -> str | None:
    if labels.get("project_id"):
        return text(labels["project_id"])
    for key, collection in (("folder_id", "folders"), ("organization_id", "organizations")):
        if labels.get(key):
            return f"{collection}/{labels[key]}"
    return None


@lru_cache(maxsize=65_536)
def _actor(raw: bytes, log: str) -> _Actor:
    """Who called: an e-mail, else a federated subject. Google leaves both out for some denied calls."""
    found = _identity.decode(raw) or _Identity()
    kind, _, subject = (found.principalSubject or "").partition(":")
    if kind in ("principal", "principalSet"):
        subject = found.principalSubject or ""
    ident = found.principalEmail or subject or None
    key = (found.serviceAccountKeyName or "").rpartition("/keys/")[2] or None
    if ident is None:
        return _Actor(None, None, "cloud_service" if log == "system_event" else None, key)
    return _Actor(ident, _name(ident), _type(ident), key)


def _type(ident: str) -> str:
    if ident.startswith(("principal://", "principalSet://")):
        return "federated"
    if ident == "system@google.com":
        return "cloud_service"
    return "service_account" if ident.endswith("gserviceaccount.com") else "user"


def _name(ident: str) -> str:
    return ident.rpartition("/subject/")[2] if ident.startswith("principal://") else ident


@lru_cache(maxsize=65_536)
def _origin(caller: str | None) -> tuple[str | None, str | None]:
    """The address, or what Google writes in its place for a caller inside its network."""
    ip = address(caller)
    return ip, None if ip else caller or None


def _outcome(status: _Status | None, permissions: list[_Permission] | None) -> tuple[str, str | None]:
    """A status code other than 0 or a permission refused is a failure; ``{}`` and a message alone are success."""
    code = str(status.code) if status and status.code is not None else "0"
    if code != "0":
        message = text(status.message) if status else None
        return "failure", f"code {code}: {message}" if message else f"code {code}"
    if any(p.granted is False for p in permissions or ()):
        return "failure", "permission not granted"
    return "success", None


def _read_only(log: str, operation: str, permissions: list[_Permission] | None) -> bool | None:
    """Admin Activity holds writes only. Data Access says the kind of permission, in older entries only by the verb."""
    if log != "data_access":
        return False
    kinds = {p.permissionType for p in permissions or () if p.permissionType}
    if kinds:
        return all(kind.endswith("READ") for kind in kinds)
    return True if operation.rpartition(".")[2].lower().startswith(_READS) else None


def _call(operation: _Operation | None) -> str | None:
    """The id of a long-running call, which is logged once as it starts and once as it ends."""
    return operation.id if operation and (operation.first or operation.last) else None


def _kept(raw: bytes, entry: _Entry) -> bytes:
    payload = entry.protoPayload
    renamed = payload.at_sign_type or (payload.requestMetadata and payload.requestMetadata.callerIP)
    lowered = entry.insertid or entry.logname
    moved = entry.methodName or entry.serviceName or entry.resourceName or entry.status or payload.resource
    return _normalised(raw) if renamed or lowered or moved else raw


def _normalised(raw: bytes) -> bytes:
    """The entry with Google's own names and places."""
    entry = json.loads(raw)
    payload = entry["protoPayload"]
    for old, new in _LOWERED:
        _rename(entry, old, new)
    _rename(payload, "at_sign_type", "@type")
    if isinstance(payload.get("requestMetadata"), dict):
        _rename(payload["requestMetadata"], "callerIP", "callerIp")
    for key in _MOVED:
        if key in entry:
            payload.setdefault(key, entry.pop(key))
    if "resource" in payload:
        entry.setdefault("resource", payload.pop("resource"))
    return json.dumps(entry, ensure_ascii=False).encode(errors="replace")


def _rename(record: dict[str, Any], old: str, new: str) -> None:
    if old in record:
        record.setdefault(new, record.pop(old))
