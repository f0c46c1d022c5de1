"""CloudTrail records that Athena, CloudTrail Lake, Security Lake and Sentinel have laid out anew → CloudTrail's shape.

What doesn't come back: Athena prints a struct without quotes, so that a value with ``, name=`` in it is cut there;
OCSF has no ``eventCategory`` and of an error only code and message; Sentinel has no source identity.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from keywitness.readers.columns import Record, at, filled, flag_of, obj, parsed, presto, respelled

_NAMES: Final = (
    *("eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress"),
    *("userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "additionalEventData"),
    *("requestID", "eventID", "readOnly", "resources", "eventType", "apiVersion", "managementEvent"),
    *("recipientAccountId", "serviceEventDetails", "sharedEventID", "vpcEndpointId", "vpcEndpointAccountId"),
    *("eventCategory", "tlsDetails", "sessionCredentialFromConsole", "edgeDeviceDetails", "addendum", "eventContext"),
)
_IDENTITY: Final = (
    *("type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "identityProvider"),
    *("sessionContext", "sessionIssuer", "attributes", "mfaAuthenticated", "creationDate", "sourceIdentity"),
    *("webIdFederationData", "federatedProvider", "onBehalfOf", "userId", "identityStoreArn", "credentialId"),
    *("inScopeOf", "ec2RoleDelivery", "assumedRoot"),
)
_FREE: Final = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
"""Objects whose keys are the services' own and are left alone."""
_SENTINEL: Final = {
    "EventVersion": "eventVersion",
    "EventSource": "eventSource",
    "EventName": "eventName",
    "AWSRegion": "awsRegion",
    "SourceIpAddress": "sourceIPAddress",
    "UserAgent": "userAgent",
    "ErrorCode": "errorCode",
    "ErrorMessage": "errorMessage",
    "RequestParameters": "requestParameters",
    "ResponseElements": "responseElements",
    "AdditionalEventData": "additionalEventData",
    "ServiceEventDetails": "serviceEventDetails",
    "AwsEventId": "eventID",
    "AwsRequestId_": "requestID",
    "EventTypeName": "eventType",
    "APIVersion": "apiVersion",
    "ReadOnly": "readOnly",
    "ManagementEvent": "managementEvent",
    "RecipientAccountId": "recipientAccountId",
    "SharedEventId": "sharedEventID",
    "VpcEndpointId": "vpcEndpointId",
    "EventCategory": "eventCategory",
    "Resources": "resources",
}


@cache
def _spelled(names: tuple[str, ...]) -> Mapping[str, str]:
    return {name.lower(): name for name in names}


def athena(record: Record) -> list[Any] | None:
    """Athena's and Lake's rows: lower-case columns, or ``userIdentity`` in Presto's notation."""
    lowered = {key.lower() for key in record} if "eventname" in record or "eventName" in record else set()
    if not {"eventname", "eventsource"} <= lowered:
        return None
    return [
        {
            name: _cell(name, v)
            for k, v in record.items()
            if v is not None and (name := _spelled(_NAMES).get(k.lower(), k))
        }
    ]


def _cell(name: str, value: Any) -> Any:
    if name == "userIdentity":
        return respelled(presto(value), _spelled(_IDENTITY))
    return presto(value) if name in (*_FREE, "resources", "tlsDetails") else value


def lake_results(record: Record) -> list[Any] | None:
    """GetQueryResults: each row is a list of objects with one column each."""
    rows = record.get("QueryResultRows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return None
    return [{k: v for cell in row if isinstance(cell, Mapping) for k, v in cell.items()} for row in rows]


def ocsf(record: Record) -> list[Any] | None:
    """Security Lake's OCSF classes API Activity, Account Change, Authentication and the like."""
    if at(record, "metadata", "product", "name") != "CloudTrail" or not isinstance(at(record, "api", "operation"), str):
        return None
    back: dict[str, Any] = filled(
        eventVersion=at(record, "metadata", "product", "version"),
        eventTime=_moment(record.get("time")) or record.get("time_dt"),
        eventSource=at(record, "api", "service", "name"),
        eventName=at(record, "api", "operation"),
        awsRegion=at(record, "cloud", "region"),
        sourceIPAddress=at(record, "src_endpoint", "ip") or at(record, "src_endpoint", "domain"),
        userAgent=at(record, "http_request", "user_agent"),
        errorCode=at(record, "api", "response", "error"),
        errorMessage=at(record, "api", "response", "error_message") or _message(record),
        requestParameters=parsed(at(record, "api", "request", "data")),
        responseElements=parsed(at(record, "api", "response", "data")),
        requestID=at(record, "api", "request", "uid"),
        eventID=at(record, "metadata", "uid"),
        eventType=at(record, "metadata", "event_code"),
        apiVersion=at(record, "api", "version"),
        recipientAccountId=at(record, "cloud", "account", "uid"),
        userIdentity=_ocsf_identity(record),
    )
    for path, value in obj(record, "unmapped").items():
        _put(back, path.split("."), value)
    return [back]


def _message(record: Record) -> Any:
    return at(record, "api", "response", "message") if at(record, "api", "response", "error") else None


def _ocsf_identity(record: Record) -> dict[str, Any]:
    user, session = obj(record, "actor", "user"), obj(record, "actor", "session")
    issuer = filled(arn=session.get("issuer"))
    created = session.get("created_time")
    attributes = filled(
        creationDate=_moment(created) or session.get("created_time_dt"),
        mfaAuthenticated=None if session.get("is_mfa") is None else str(session["is_mfa"]).lower(),
    )
    context = filled(sessionIssuer=issuer or None, attributes=attributes or None)
    return filled(
        type=user.get("type"),
        principalId=user.get("uid_alt"),
        arn=user.get("uid"),
        accountId=at(user, "account", "uid"),
        accessKeyId=user.get("credential_uid"),
        userName=user.get("name"),
        invokedBy=at(record, "actor", "invoked_by"),
        identityProvider=at(record, "actor", "idp", "name"),
        sessionContext=context or None,
    )


def _moment(value: Any) -> str | None:
    """Epoch milliseconds as CloudTrail writes a time."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _put(back: dict[str, Any], path: list[str], value: Any) -> None:
    """An unmapped field at its place; what was mapped stands."""
    *parents, last = path
    for parent in parents:
        inner = back.setdefault(parent, {})
        if not isinstance(inner, dict):
            return
        back = inner
    if value not in (None, ""):
        back.setdefault(last, parsed(value))


def sentinel(record: Record) -> list[Any] | None:
    """Sentinel's AWSCloudTrail columns."""
    if "EventSource" not in record or "EventName" not in record or "UserIdentityType" not in record:
        return None
    fields = {name: parsed(record[key]) for key, name in _SENTINEL.items() if record.get(key) not in (None, "")}
    return [fields | {"eventTime": record.get("TimeGenerated"), "userIdentity": _sentinel_identity(record)}]


def _sentinel_identity(record: Record) -> dict[str, Any]:
    issuer = filled(
        type=record.get("SessionIssuerType"),
        principalId=record.get("SessionIssuerPrincipalId"),
        arn=record.get("SessionIssuerArn"),
        accountId=record.get("SessionIssuerAccountId"),
        userName=record.get("SessionIssuerUserName"),
    )
    mfa = flag_of(record.get("SessionMfaAuthenticated"))
    attributes = filled(
        creationDate=record.get("SessionCreationDate"),
        mfaAuthenticated=None if mfa in (None, "") else str(mfa).lower(),
    )
    return filled(
        type=record.get("UserIdentityType"),
        principalId=record.get("UserIdentityPrincipalid") or record.get("UserIdentityPrincipalId"),
        arn=record.get("UserIdentityArn"),
        accountId=record.get("UserIdentityAccountId"),
        accessKeyId=record.get("UserIdentityAccessKeyId"),
        userName=record.get("UserIdentityUserName"),
        invokedBy=record.get("UserIdentityInvokedBy"),
        sessionContext=filled(sessionIssuer=issuer or None, attributes=attributes or None) or None,
    )
