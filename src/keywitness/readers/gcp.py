"""Google Cloud Audit Logs: LogEntry objects with a ``protoPayload``.

Some pipelines rename fields (``callerIP``, ``at_sign_type``, ``insertid``,
``logname``) or move them out of ``protoPayload``; kept records have Google's
own names and places.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Wanted
from keywitness.readers.parts import WANTED, Part, Parts
from keywitness.readers.values import Scalar, address, operation_key, text


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
    authenticationInfo: _Identity | None = None
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
    call: _Operation | None = msgspec.field(default=None, name="operation")
    methodName: str | None = None
    serviceName: str | None = None
    resourceName: str | None = None
    status: _Status | None = None


_MOVED: Final = ("methodName", "serviceName", "resourceName", "status")
_LOWERED: Final = (("insertid", "insertId"), ("logname", "logName"), ("receivetimestamp", "receiveTimestamp"))
_READS: Final = ("get", "list", "aggregatedlist", "search", "query", "batchget", "testiampermissions")


def recognises(record: Mapping[str, Any]) -> bool:
    """An entry with a ``protoPayload`` that names a method, inside it or beside it."""
    payload = record.get("protoPayload")
    return isinstance(payload, Mapping) and ("methodName" in payload or "methodName" in record)


def _operation(inside: str | None, beside: str | None) -> tuple[str]:
    operation = inside or beside
    if not operation:
        raise RecordError("the entry has no methodName")
    return (operation,)


def _keep(operation: str, wanted: Wanted) -> tuple[bool]:
    return (operation_key(operation) in wanted,)


def _log_name(name: str | None, lowered: str | None) -> tuple[str, str | None]:
    """The log and the project, folder or organisation from ``projects/p/logs/cloudaudit.googleapis.com%2Factivity``."""
    owner, _, log = unquote(name or lowered or "").partition("/logs/")
    return log.rpartition("/")[2] or "activity", owner.removeprefix("projects/") or None


def _class(log: str) -> tuple[str]:
    return ("data" if log == "data_access" else "management",)


def _labelled(
    outer: _Resource | None, inner: _Resource | None, owner: str | None, target: str | None, moved: str | None
) -> tuple[str | None, str | None, str | None]:
    """Tenant, region and target, from the resource's labels first."""
    resource = outer or inner
    labels = (resource.labels if resource else None) or {}
    place = text(labels.get("location") or labels.get("region") or labels.get("zone"))
    return owner or _tenant(labels), place, text(labels.get("email_id")) or target or moved


def _tenant(labels: dict[str, Scalar]) -> str | None:
    if labels.get("project_id"):
        return text(labels["project_id"])
    for key, collection in (("folder_id", "folders"), ("organization_id", "organizations")):
        if labels.get(key):
            return f"{collection}/{labels[key]}"
    return None


def _service(inside: str | None, beside: str | None) -> tuple[str | None]:
    return ((inside or beside or "").removesuffix(".googleapis.com") or None,)


def _actor(
    email: str | None, principal: str | None, key_name: str | None, log: str
) -> tuple[str | None, str | None, str | None, str | None]:
    """Who called: an e-mail, else a federated subject. Google leaves both out for some denied calls."""
    kind, _, subject = (principal or "").partition(":")
    if kind in ("principal", "principalSet"):
        subject = principal or ""
    ident = email or subject or None
    key = (key_name or "").rpartition("/keys/")[2] or None
    if ident is None:
        return None, None, "cloud_service" if log == "system_event" else None, key
    return ident, _name(ident), _type(ident), key


def _type(ident: str) -> str:
    if ident.startswith(("principal://", "principalSet://")):
        return "federated"
    if ident == "system@google.com":
        return "cloud_service"
    return "service_account" if ident.endswith("gserviceaccount.com") else "user"


def _name(ident: str) -> str:
    return ident.rpartition("/subject/")[2] if ident.startswith("principal://") else ident


def _origin(caller: str | None, renamed: str | None) -> tuple[str | None, str | None]:
    """The address, or what Google writes in its place for a caller inside its network."""
    caller = caller or renamed
    ip = address(caller)
    return ip, None if ip else caller or None


def _user_agent(value: Scalar) -> tuple[str | None]:
    return (text(value),)


def _outcome(
    inside: _Status | None, beside: _Status | None, permissions: list[_Permission] | None
) -> tuple[str, str | None]:
    """A status code other than 0 or a permission refused is a failure; ``{}`` and a message alone are success."""
    status = inside or beside
    code = str(status.code) if status and status.code is not None else "0"
    if code != "0":
        message = text(status.message) if status else None
        return "failure", f"code {code}: {message}" if message else f"code {code}"
    if any(p.granted is False for p in permissions or ()):
        return "failure", "permission not granted"
    return "success", None


def _read_only(log: str, operation: str, permissions: list[_Permission] | None) -> tuple[bool | None]:
    """Admin Activity holds writes only. Data Access says the kind of permission, in older entries only by the verb."""
    if log != "data_access":
        return (False,)
    kinds = {p.permissionType for p in permissions or () if p.permissionType}
    if kinds:
        return (all(kind.endswith("READ") for kind in kinds),)
    return (True if operation.rpartition(".")[2].lower().startswith(_READS) else None,)


def _call(operation: _Operation | None) -> tuple[str | None]:
    """The id of a long-running call, which is logged once as it starts and once as it ends."""
    return (operation.id if operation and (operation.first or operation.last) else None,)


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


_IN: Final = "protoPayload"
_BY: Final = f"{_IN}.authenticationInfo"
_FROM: Final = f"{_IN}.requestMetadata"
PARTS: Final = Parts(
    record=_Entry,
    id=("insertId", "insertid"),
    time=("timestamp",),
    constants={"provider": "gcp"},
    parts=(
        Part(("operation",), (f"{_IN}.methodName", "methodName"), _operation),
        Part(("keep",), ("operation", WANTED), _keep),
        Part(("log", "_owner"), ("logName", "logname"), _log_name),
        Part(("class_",), ("log",), _class),
        Part(
            ("tenant", "region", "target_id"),
            ("resource", f"{_IN}.resource", "_owner", f"{_IN}.resourceName", "resourceName"),
            _labelled,
        ),
        Part(("service",), (f"{_IN}.serviceName", "serviceName"), _service),
        Part(
            ("actor_id", "actor_name", "actor_type", "credential_used"),
            (f"{_BY}.principalEmail", f"{_BY}.principalSubject", f"{_BY}.serviceAccountKeyName", "log"),
            _actor,
        ),
        Part(("source_ip", "source_service"), (f"{_FROM}.callerIp", f"{_FROM}.callerIP"), _origin),
        Part(("user_agent",), (f"{_FROM}.callerSuppliedUserAgent",), _user_agent),
        Part(("outcome", "error"), (f"{_IN}.status", "status", f"{_IN}.authorizationInfo"), _outcome),
        Part(("read_only",), ("log", "operation", f"{_IN}.authorizationInfo"), _read_only),
        Part(("call_id",), ("call",), _call),
    ),
    text=_kept,
)
READER: Final[Reader] = Reader("gcp", recognises, PARTS.row, PARTS)
