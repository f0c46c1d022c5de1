"""Documents of Elastic's integrations (ECS) → the provider's own shape, best from ``event.original``.

Where the original was not kept, the integration's fields are put back in their places. What is lost then: of
CloudTrail what is neither in ``flattened`` nor a field (tlsDetails, sharedEventID), and the part of a second; of
Entra null values, which Elastic drops, and the names of service principals' credentials; of the Activity Log claims
whose names held dots elsewhere than in the host, and the region; of Google ``@type``, the resource's labels and the
operation's id; of GitHub what ECS has no field for.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from keywitness.readers.columns import Record, at, camel, filled, nested, obj, presto, respelled
from keywitness.readers.google_copies import audit_log

_DOTTED: Final = ("event.original", "aws.cloudtrail.", "azure.", "gcp.audit.", "okta.", "github.")
_SPELLED: Final = {"activity_datetime": "activityDateTime", "created_at": "createdDateTime"}
_HOSTS: Final = (("schemas_microsoft_com", "schemas.microsoft.com"), ("schemas_xmlsoap_org", "schemas.xmlsoap.org"))


def elastic(record: Record) -> list[Any] | None:
    """An ECS document, also one with dotted names as search results and CSV exports have them."""
    if any(key.startswith(_DOTTED) for key in record):
        record = nested(record)
    original = obj(record, "event", "original")
    if original:
        return [original]
    for build in _BUILDERS:
        found = build(record)
        if found is not None:
            return [found]
    return None


def _cloudtrail(record: Record) -> Record | None:
    own = obj(record, "aws", "cloudtrail")
    if not own or not at(record, "event", "action"):
        return None
    free = obj(own, "flattened")
    return filled(
        eventVersion=own.get("event_version"),
        eventTime=_second(record.get("@timestamp")),
        eventSource=at(record, "event", "provider"),
        eventName=at(record, "event", "action"),
        awsRegion=at(record, "cloud", "region"),
        sourceIPAddress=at(record, "source", "address") or at(record, "source", "ip"),
        userAgent=at(record, "user_agent", "original"),
        errorCode=own.get("error_code"),
        errorMessage=own.get("error_message"),
        requestParameters=free.get("request_parameters") or presto(own.get("request_parameters")),
        responseElements=free.get("response_elements") or presto(own.get("response_elements")),
        additionalEventData=free.get("additional_eventdata") or presto(own.get("additional_eventdata")),
        serviceEventDetails=free.get("service_event_details") or presto(own.get("service_event_details")),
        requestID=own.get("request_id"),
        eventID=at(record, "event", "id"),
        readOnly=own.get("read_only"),
        eventType=own.get("event_type"),
        apiVersion=own.get("api_version"),
        managementEvent=own.get("management_event"),
        eventCategory=own.get("event_category"),
        recipientAccountId=own.get("recipient_account_id"),
        userIdentity=_identity(record, obj(own, "user_identity")),
    )


def _identity(record: Record, own: Record) -> dict[str, Any]:
    session = obj(own, "session_context")
    issuer = {camel(k): v for k, v in obj(session, "session_issuer").items()}
    role = own.get("type") == "AssumedRole"
    name = at(record, "user", "name")
    if issuer and role and name:
        issuer.setdefault("userName", name)
    attributes = filled(
        creationDate=_second(session.get("creation_date")), mfaAuthenticated=session.get("mfa_authenticated")
    )
    return filled(
        type=own.get("type"),
        principalId=at(record, "user", "id"),
        arn=own.get("arn"),
        accountId=at(record, "cloud", "account", "id"),
        accessKeyId=own.get("access_key_id"),
        userName=None if role else name,
        invokedBy=own.get("invoked_by"),
        identityProvider=own.get("identity_provider"),
        sessionContext=filled(sessionIssuer=issuer or None, attributes=attributes or None) or None,
    )


def _second(value: Any) -> Any:
    return value.replace(".000Z", "Z") if isinstance(value, str) else value


def _entra(record: Record) -> Record | None:
    """The audit and sign-in logs, as the Azure Monitor record that was read."""
    for log in ("auditlogs", "signinlogs"):
        own = obj(record, "azure", log)
        if own:
            inner = respelled(obj(own, "properties"), _SPELLED)
            inner = {key: _indexed(value) for key, value in inner.items()}
            if log == "auditlogs":
                inner.setdefault("result", at(record, "event", "outcome"))
            inner.setdefault("id", at(record, "event", "id"))
            return _monitored(record, own) | {"properties": inner}
    return None


def _monitored(record: Record, own: Record) -> dict[str, Any]:
    return filled(
        time=record.get("@timestamp"),
        category=own.get("category"),
        operationName=own.get("operation_name"),
        resultType=own.get("result_type"),
        resultSignature=own.get("result_signature"),
        resultDescription=own.get("result_description"),
        tenantId=at(record, "azure", "tenant_id") or own.get("tenant_id"),
        correlationId=at(record, "azure", "correlation_id"),
        resourceId=at(record, "azure", "resource", "id"),
        callerIpAddress=at(record, "source", "ip") or at(record, "client", "ip"),
    )


def _indexed(value: Any) -> Any:
    """``{"0": a, "1": b}`` as a list, at any depth."""
    if isinstance(value, Mapping):
        if value and all(key.isdecimal() for key in value):
            return [_indexed(value[key]) for key in sorted(value, key=int)]
        return {key: _indexed(inner) for key, inner in value.items()}
    return [_indexed(inner) for inner in value] if isinstance(value, list) else value


def _activity(record: Record) -> Record | None:
    own = obj(record, "azure", "activitylogs")
    if not own:
        return None
    claims = {_host(key): value for key, value in obj(own, "identity", "claims").items()}
    identity = filled(claims=claims, authorization=at(own, "identity", "authorization"))
    return _monitored(record, own) | filled(identity=identity or None, properties=own.get("properties"))


def _host(name: str) -> str:
    for written, own in _HOSTS:
        name = name.replace(written, own)
    return name


def _google(record: Record) -> Record | None:
    own = obj(record, "gcp", "audit")
    if not own.get("method_name"):
        return None
    payload = audit_log(own)
    payload.setdefault(
        "requestMetadata",
        filled(callerIp=at(record, "source", "ip"), callerSuppliedUserAgent=at(record, "user_agent", "original")),
    )
    payload.pop("labels", None)
    labels = dict(obj(own, "labels")) or {"project_id": at(record, "cloud", "project", "id")}
    return filled(
        insertId=at(record, "event", "id"),
        timestamp=record.get("@timestamp"),
        logName=at(record, "log", "logger"),
        resource={"labels": labels},
        protoPayload=payload,
    )


def _okta(record: Record) -> Record | None:
    own = obj(record, "okta")
    if not own.get("event_type"):
        return None
    event: dict[str, Any] = respelled(own) | filled(published=record.get("@timestamp"))
    client = event.get("client")
    if isinstance(client, dict) and "ip" in client:
        client["ipAddress"] = client.pop("ip")
    return event


def _github(record: Record) -> Record | None:
    own = obj(record, "github")
    action = at(record, "event", "action")
    if not own or not isinstance(action, str):
        return None
    return dict(own) | filled(
        **{"@timestamp": record.get("@timestamp"), "_document_id": at(record, "event", "id")},
        action=action,
        actor=at(record, "user", "name"),
        actor_ip=at(record, "source", "ip") or at(record, "client", "ip"),
        user=at(record, "user", "target", "name"),
        user_agent=at(record, "user_agent", "original"),
    )


_BUILDERS: Final[tuple[Callable[[Record], Record | None], ...]] = (
    _cloudtrail,
    _entra,
    _activity,
    _google,
    _okta,
    _github,
)
