"""Azure Activity Log: diagnostic settings, the ARM REST API and CLI, SDK dumps, and Sentinel's columns.

Kept records have one shape: ``operationName``, ``resourceId``,
``correlationId``, ``status``, ``caller``, ``claims``, ``properties``,
``callerIpAddress``, ``tenantId``.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.values import Scalar, address, micros, operation_key, text, unquoted


class _Value(msgspec.Struct):
    value: str | None = None


class _Record(msgspec.Struct):
    operationName: str | _Value | None = None
    category: str | _Value | None = None
    time: Scalar = None
    eventTimestamp: Scalar = None
    resourceId: str | None = None
    correlationId: str | None = None
    eventDataId: str | None = None
    id: str | None = None
    resultType: str | _Value | None = None
    resultSignature: Scalar = None
    status: str | _Value | None = None
    subStatus: str | _Value | None = None
    caller: str | None = None
    callerIpAddress: str | None = None
    tenantId: str | None = None
    subscriptionId: str | None = None
    location: Scalar = None
    identity: msgspec.Raw = msgspec.Raw(b"null")
    claims: msgspec.Raw = msgspec.Raw(b"null")
    properties: msgspec.Raw = msgspec.Raw(b"null")
    httpRequest: msgspec.Raw = msgspec.Raw(b"null")


class _Identity(msgspec.Struct):
    claims: msgspec.Raw = msgspec.Raw(b"null")


class _Request(msgspec.Struct):
    clientIpAddress: str | None = None


class _Properties(msgspec.Struct):
    eventDataId: str | None = None


class _Actor(NamedTuple):
    id: str | None
    name: str | None
    type: str | None
    session: str | None
    ip: str | None
    device: str | None
    mfa: bool | None


_record: Final = msgspec.json.Decoder(_Record)
_identity: Final[msgspec.json.Decoder[_Identity | None]] = msgspec.json.Decoder(_Identity | None)
_request: Final[msgspec.json.Decoder[_Request | None]] = msgspec.json.Decoder(_Request | None)
_properties: Final[msgspec.json.Decoder[_Properties | None]] = msgspec.json.Decoder(_Properties | None)
_object: Final[msgspec.json.Decoder[dict[str, Any] | None]] = msgspec.json.Decoder(dict[str, Any] | None)
_NULL: Final = b"null"
_MICROSOFT: Final = "http://schemas.microsoft.com/"
_SOAP: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_SUBSCRIPTION: Final = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_EVENT: Final = re.compile(r"/events/([^/]+)", re.IGNORECASE)
_CATEGORIES: Final = frozenset(
    {
        *("administrative", "policy", "security", "servicehealth", "alert", "recommendation", "resourcehealth"),
        *("autoscale", "action", "write", "delete"),  # the last three in older exports
    }
)
_OUTCOMES: Final = {
    "success": "success",
    "succeeded": "success",
    "failure": "failure",
    "failed": "failure",
    "canceled": "failure",
}
_OPERATIONS: Final = ("operationName", "operation_name", "OperationNameValue")
_SPELLINGS: Final = {
    "operation_name": "operationName",
    "OperationNameValue": "operationName",
    "CategoryValue": "category",
    "event_timestamp": "eventTimestamp",
    "TimeGenerated": "time",
    "resource_id": "resourceId",
    "ResourceId": "resourceId",
    "_ResourceId": "resourceId",
    "correlation_id": "correlationId",
    "CorrelationId": "correlationId",
    "event_data_id": "eventDataId",
    "EventDataId": "eventDataId",
    "ActivityStatusValue": "status",
    "sub_status": "subStatus",
    "ActivitySubstatusValue": "subStatus",
    "Caller": "caller",
    "CallerIpAddress": "callerIpAddress",
    "tenant_id": "tenantId",
    "subscription_id": "subscriptionId",
    "SubscriptionId": "subscriptionId",
    "Claims": "claims",
    "Claims_d": "claims",
    "Properties": "properties",
    "Properties_d": "properties",
    "http_request": "httpRequest",
    "HTTPRequest": "httpRequest",
    "client_ip_address": "clientIpAddress",
}
"""The SDK's snake_case and Sentinel's columns; Sentinel's TenantId is the workspace and is left out on purpose."""


def recognises(record: Mapping[str, Any]) -> bool:
    """An operation ``Provider/type/verb`` in one of the Activity Log's categories, or without a category."""
    for key in _OPERATIONS:
        value = record.get(key)
        name = value.get("value") if isinstance(value, Mapping) else value
        if isinstance(name, str) and "/" in name:
            category = record.get("category", record.get("CategoryValue"))
            category = category.get("value") if isinstance(category, Mapping) else category
            return not isinstance(category, str) or not category or category.lower() in _CATEGORIES
    return False


def row(raw: bytes, wanted: Wanted) -> Row:
    """One record as a row. Raises RecordError when it is no Activity Log record, or has no time."""
    record = _record.decode(raw)
    if record.operationName is None and (b'"operation_name"' in raw or b'"OperationNameValue"' in raw):
        record = _record.decode(_respelled(raw))
    operation = _plain(record.operationName) or ""
    category = _plain(record.category)
    if "/" not in operation or (category and category.lower() not in _CATEGORIES):
        raise RecordError("not a record of the Azure Activity Log")
    claims = unquoted(bytes(record.claims))
    if claims == _NULL and record.identity != _NULL:
        identity = _identity.decode(unquoted(bytes(record.identity)))
        claims = unquoted(bytes(identity.claims)) if identity else _NULL
    actor = _actor(claims, record.caller)
    outcome, error = _outcome(record)
    resource = record.resourceId or ""
    return Row(
        _event_id(record),
        micros(record.time or record.eventTimestamp),
        "azure",
        "activity",
        _tenant(resource, record),
        text(record.location),
        operation.partition("/")[0].lower(),
        operation,
        "management",
        operation.lower().endswith("/read"),
        outcome,
        error,
        actor.id,
        actor.name,
        actor.type,
        actor.session,
        None,
        _ip(record) or actor.ip,
        None,
        None,
        actor.device,
        None,
        actor.mfa,
        resource or None,
        f"{record.correlationId}|{operation.lower()}|{resource.lower()}" if record.correlationId else None,
        _kept(record, operation, claims) if operation_key(operation) in wanted else None,
    )


READER: Final[Reader] = Reader("azure", recognises, row)


def _respelled(raw: bytes) -> bytes:
    record = _object.decode(raw) or {}
    respelled: dict[str, Any] = {}
    for key, value in record.items():
        respelled.setdefault(_SPELLINGS.get(key, key), _inner_spelling(value))
    return msgspec.json.encode(respelled)


def _inner_spelling(value: Any) -> Any:
    return {_SPELLINGS.get(k, k): v for k, v in value.items()} if isinstance(value, dict) else value


def _plain(value: str | _Value | None) -> str | None:
    return value.value if isinstance(value, _Value) else value


def _event_id(record: _Record) -> str | None:
    if record.eventDataId:
        return record.eventDataId
    if record.properties != _NULL:
        found = _properties.decode(unquoted(bytes(record.properties)) or _NULL)
        if found and found.eventDataId:
            return found.eventDataId
    event = _EVENT.search(record.id or "")
    return event.group(1) if event else (record.id or "").rstrip("/").rpartition("/")[2] or None


@lru_cache(maxsize=65_536)
def _subscription(resource: str) -> str | None:
    found = _SUBSCRIPTION.search(resource)
    return found.group(1).lower() if found else None


def _tenant(resource: str, record: _Record) -> str | None:
    return _subscription(resource) or (record.subscriptionId or record.tenantId or "").lower() or None


def _ip(record: _Record) -> str | None:
    found = address(record.callerIpAddress)
    if found or record.httpRequest == _NULL:
        return found
    request = _request.decode(unquoted(bytes(record.httpRequest)) or _NULL)
    return address(request.clientIpAddress) if request else None


def _outcome(record: _Record) -> tuple[str, str | None]:
    """How the call ended; ``Start``, ``Accept`` and the like say only that it began."""
    status = _plain(record.resultType) or _plain(record.status) or ""
    outcome = _OUTCOMES.get(status.lower(), "unknown")
    if outcome != "failure":
        return outcome, None
    return outcome, _plain(record.subStatus) or text(record.resultSignature) or status


@lru_cache(maxsize=16_384)
def _actor(claims_text: bytes, caller: str | None) -> _Actor:
    """The principal by the token's claims: its object id, which Entra's logs use too."""
    claims = {k: text(v) for k, v in (_object.decode(claims_text) or {}).items()}
    oid = claims.get(f"{_MICROSOFT}identity/claims/objectidentifier") or claims.get("oid")
    app = claims.get("appid") or claims.get("azp")
    upn = claims.get(f"{_SOAP}upn") or claims.get("upn") or (caller if caller and "@" in caller else None)
    name = upn or claims.get("name") or claims.get(f"{_SOAP}name") or caller or app
    methods = claims.get(f"{_MICROSOFT}claims/authnmethodsreferences") or claims.get("amr")
    ident = oid or (app if not upn else None) or caller or upn
    return _Actor(
        ident,
        name or ident,
        _type(ident, upn, claims),
        claims.get("sid") or claims.get("uti"),
        address(claims.get("ipaddr")),
        claims.get("deviceid"),
        "mfa" in methods.lower() if methods else None,
    )


def _type(ident: str | None, upn: str | None, claims: Mapping[str, str | None]) -> str | None:
    if ident is None:
        return None
    app_only = claims.get("idtyp") == "app" or not (upn or claims.get("name") or claims.get(f"{_SOAP}name"))
    return "service_principal" if app_only else "user"


def _kept(record: _Record, operation: str, claims: bytes) -> bytes:
    """The one shape that the catalogue's expressions see."""
    return msgspec.json.encode(
        {
            "operationName": operation,
            "resourceId": record.resourceId,
            "correlationId": record.correlationId,
            "status": _plain(record.resultType) or _plain(record.status),
            "caller": record.caller,
            "claims": msgspec.Raw(claims),
            "properties": msgspec.Raw(unquoted(bytes(record.properties)) or _NULL),
            "callerIpAddress": _ip(record),
            "tenantId": record.tenantId,
        }
    )
