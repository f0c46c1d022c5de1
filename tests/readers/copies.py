"""What Athena, Security Lake, Sentinel, BigQuery and Elastic make of a record: the way there, for the way back."""

import json
import re
from datetime import datetime
from typing import Any

from tests.readers.records import TENANT, Record

FREE = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")
GOOGLE_FREE = ("request", "response", "metadata", "serviceData")


def filled(record: Record) -> Record:
    return {k: v for k, v in record.items() if v is not None}


def at(record: Any, *path: str) -> Any:
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def presto(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}={presto(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(presto, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {k.lower(): lowered(v) for k, v in value.items()}
    return [lowered(v) for v in value] if isinstance(value, list) else value


def printed(record: Record) -> Record:
    """A row of Athena's CloudTrail table as its CSV result prints it."""
    row = {k.lower(): json.dumps(v) if k in FREE and v is not None else v for k, v in record.items()}
    return row | {"useridentity": presto(lowered(record["userIdentity"]))}


def lake_row(record: Record) -> Record:
    """A row of a CloudTrail Lake query."""
    row = {k: presto(v) if isinstance(v, dict | list) else v for k, v in record.items()}
    return row | {"userIdentity": presto(lowered(record["userIdentity"]))}


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def ocsf(record: Record) -> Record:
    """The mapping that AWS publishes for Security Lake."""
    source = record.get("sourceIPAddress")
    address = source and re.fullmatch(r"[\d.]+|[0-9a-f:]+", source)
    product = {"name": "CloudTrail", "version": record.get("eventVersion")}
    metadata = {"uid": record.get("eventID"), "event_code": record.get("eventType"), "product": product}
    response = {
        "error": record.get("errorCode"),
        "message": record.get("errorMessage"),
        "data": dumped(record.get("responseElements")),
    }
    return {
        "class_uid": 6003,
        "metadata": filled(metadata),
        "time": epoch(record["eventTime"]),
        "api": {
            "operation": record["eventName"],
            "service": {"name": record["eventSource"]},
            "request": filled({"uid": record.get("requestID"), "data": dumped(record.get("requestParameters"))}),
            "response": filled(response),
        },
        "actor": _ocsf_actor(record["userIdentity"]),
        "cloud": {"account": {"uid": record.get("recipientAccountId")}, "region": record.get("awsRegion")},
        "src_endpoint": filled({"ip": source if address else None, "domain": None if address else source}),
        "http_request": filled({"user_agent": record.get("userAgent")}),
        "unmapped": _ocsf_unmapped(record),
    }


def _ocsf_actor(who: Record) -> Record:
    created = at(who, "sessionContext", "attributes", "creationDate")
    mfa = at(who, "sessionContext", "attributes", "mfaAuthenticated")
    session = filled(
        {
            "issuer": at(who, "sessionContext", "sessionIssuer", "arn"),
            "created_time": epoch(created) if created else None,
            "is_mfa": {"true": True, "false": False}.get(str(mfa)),
        }
    )
    user = filled(
        {
            "type": who.get("type"),
            "uid": who.get("arn"),
            "uid_alt": who.get("principalId"),
            "name": who.get("userName"),
            "account": {"uid": who.get("accountId")},
            "credential_uid": who.get("accessKeyId"),
        }
    )
    return filled({"user": user, "session": session or None, "invoked_by": who.get("invokedBy")})


MAPPED = (
    *("eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress"),
    *("userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements", "eventID", "eventType"),
    *("recipientAccountId", "requestID", "apiVersion"),
)


def _ocsf_unmapped(record: Record) -> Record:
    who = record["userIdentity"]
    rest = {k: v for k, v in record.items() if k not in MAPPED}
    unmapped = {k: v if isinstance(v, str) else json.dumps(v) for k, v in rest.items() if not isinstance(v, dict)}
    unmapped |= {f"{k}.{n}": v for k, inner in rest.items() if isinstance(inner, dict) for n, v in inner.items()}
    issuer = at(who, "sessionContext", "sessionIssuer") or {}
    unmapped |= {f"userIdentity.sessionContext.sessionIssuer.{k}": v for k, v in issuer.items() if k != "arn"}
    unmapped |= {f"userIdentity.{k}": v for k, v in who.items() if k in ("onBehalfOf", "identityProvider")}
    person = at(who, "sessionContext", "sourceIdentity")
    return unmapped | ({"userIdentity.sessionContext.sourceIdentity": person} if person else {})


def dumped(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def sentinel_trail(record: Record) -> Record:
    who = record["userIdentity"]
    context = who.get("sessionContext") or {}
    issuer = context.get("sessionIssuer") or {}
    names = {"awsRegion": "AWSRegion", "sourceIPAddress": "SourceIpAddress", "eventID": "AwsEventId"}
    names |= {"eventType": "EventTypeName", "requestID": "AwsRequestId_"}
    row = {
        names.get(k) or k[0].upper() + k[1:]: json.dumps(v) if isinstance(v, dict) else v
        for k, v in record.items()
        if v is not None and k not in ("userIdentity", "eventTime")
    }
    row |= {f"UserIdentity{k[0].upper()}{k[1:]}": v for k, v in who.items() if isinstance(v, str)}
    row |= {f"SessionIssuer{k[0].upper()}{k[1:]}": v for k, v in issuer.items()}
    attributes = context.get("attributes") or {}
    return row | filled(
        {
            "TimeGenerated": record["eventTime"],
            "SessionMfaAuthenticated": attributes.get("mfaAuthenticated"),
            "SessionCreationDate": attributes.get("creationDate"),
            "TenantId": "workspace",
            "Type": "AWSCloudTrail",
        }
    )


def monitored(record: Record) -> Record:
    """What Azure Monitor puts around a record of Entra."""
    category = "AuditLogs" if "activityDisplayName" in record else "UserRiskEvents"
    category = _sign_in_log(record).removeprefix("AAD") if "createdDateTime" in record else category
    when = record.get("activityDateTime") or record.get("createdDateTime")
    return {"time": when, "category": category, "operationName": "as logged", "properties": record}


def _sign_in_log(record: Record) -> str:
    if record.get("servicePrincipalId") and not record.get("userId"):
        return "AADServicePrincipalSignInLogs"
    return "SigninLogs" if record.get("isInteractive", True) else "AADNonInteractiveUserSignInLogs"


def upper(record: Record) -> Record:
    """Columns begin with a capital letter, and objects are text."""
    respelt = {"ipAddress": "IPAddress", "resourceId": "ResourceIdentity", "location": "LocationDetails"}
    return {
        respelt.get(k) or k[0].upper() + k[1:]: json.dumps(v) if isinstance(v, dict | list) else v
        for k, v in record.items()
        if v is not None
    }


def audit_row(record: Record) -> Record:
    beside = {"TenantId": "workspace", "SourceSystem": "Azure AD", "Type": "AuditLogs", "ResultType": ""}
    return upper(record) | beside | {"TimeGenerated": record["activityDateTime"][:19] + "Z"}


def sign_in_row(record: Record) -> Record:
    """A row of a sign-in or a risk table."""
    risk = "riskEventType" in record
    when = record.get("createdDateTime") or record["activityDateTime"]
    beside = {"TenantId": "workspace", "Type": "AADUserRiskEvents" if risk else _sign_in_log(record)}
    code = {} if risk else {"ResultType": str(at(record, "status", "errorCode")), "OperationName": "Sign-in activity"}
    return upper(record) | beside | code | {"TimeGenerated": when}


def hunting_row(record: Record) -> Record:
    interactive = record.get("isInteractive", True)
    return filled(
        {
            "Timestamp": record["createdDateTime"],
            "Application": record.get("appDisplayName"),
            "ApplicationId": record.get("appId"),
            "LogonType": '["interactiveUser"]' if interactive else '["nonInteractiveUser"]',
            "ErrorCode": at(record, "status", "errorCode"),
            "SessionId": record.get("sessionId"),
            "AccountDisplayName": record.get("userDisplayName"),
            "AccountObjectId": record.get("userId") or "",
            "AccountUpn": record.get("userPrincipalName"),
            "DeviceName": at(record, "deviceDetail", "displayName"),
            "AadDeviceId": at(record, "deviceDetail", "deviceId"),
            "UserAgent": record.get("userAgent"),
            "IPAddress": record.get("ipAddress"),
            "RequestId": record.get("id"),
        }
    )


def office_row(record: Record) -> Record:
    names = {"Id": "OfficeId", "Workload": "OfficeWorkload", "ObjectId": "OfficeObjectId"}
    row = {names.get(k, k): json.dumps(v) if isinstance(v, dict | list) else v for k, v in record.items()}
    when = f"{row.pop('CreationTime')}Z"
    return row | {"TimeGenerated": when, "TenantId": "workspace", "Type": "OfficeActivity"}


def sink_row(record: Record) -> Record:
    """A row of a log sink's table in BigQuery."""
    payload = {k: v for k, v in record["protoPayload"].items() if k != "@type"}
    payload = {
        f"{k}Json" if k in GOOGLE_FREE else k: json.dumps(v) if k in GOOGLE_FREE else v for k, v in payload.items()
    }
    row = {k: v for k, v in record.items() if k != "protoPayload"} | {"protopayload_auditlog": payload, "trace": None}
    return row | {"timestamp": record["timestamp"][:26].rstrip("Z").replace("T", " ") + " UTC"}


def snake(value: Any, depth: int = 9) -> Any:
    if isinstance(value, dict) and depth:
        return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", k).lower(): snake(v, depth - 1) for k, v in value.items()}
    return [snake(v, depth) for v in value] if isinstance(value, list) and depth else value


def snaked(payload: Record) -> Record:
    return {k: v if k in GOOGLE_FREE else snake(v) for k, v in snake(payload, 1).items() if k != "@type"}


def log_analytics_row(record: Record) -> Record:
    payload = snake({k: v for k, v in record["protoPayload"].items() if k not in (*GOOGLE_FREE, "@type")})
    free = {snake({k: 1}).popitem()[0]: v for k, v in record["protoPayload"].items() if k in GOOGLE_FREE}
    row: Record = snake({k: v for k, v in record.items() if k not in ("protoPayload", "operation")}, 1)
    kept = {"operation": record["operation"]} if "operation" in record else {}
    return row | kept | {"proto_payload": {"type": "x", "audit_log": payload | free}}


def ecs_cloudtrail(record: Record) -> Record:
    """A document of Elastic's AWS integration without its original."""
    who = record["userIdentity"]
    context = who.get("sessionContext") or {}
    issuer = {k: v for k, v in (context.get("sessionIssuer") or {}).items() if k != "userName"}
    attributes = context.get("attributes") or {}
    created = attributes.get("creationDate")
    identity = filled(
        {
            "type": who.get("type"),
            "arn": who.get("arn"),
            "access_key_id": who.get("accessKeyId"),
            "invoked_by": who.get("invokedBy"),
            "identity_provider": who.get("identityProvider"),
            "session_context": filled(
                {
                    "session_issuer": snake(issuer) or None,
                    "mfa_authenticated": attributes.get("mfaAuthenticated"),
                    "creation_date": created and created.replace("Z", ".000Z"),
                }
            )
            or None,
        }
    )
    plain = (
        "eventVersion",
        "errorCode",
        "errorMessage",
        "eventType",
        "recipientAccountId",
        "readOnly",
        "eventCategory",
    )
    own = snake(filled({k: record.get(k) for k in (*plain, "managementEvent")}))
    free = {"additionalEventData": "additional_eventdata"}
    flattened = {free.get(k) or snake({k: 1}).popitem()[0]: record[k] for k in FREE if record.get(k)}
    source = record.get("sourceIPAddress")
    return {
        "@timestamp": record["eventTime"].replace("Z", ".000Z"),
        "aws": {"cloudtrail": own | {"user_identity": identity, "flattened": flattened}},
        "cloud": {"region": record.get("awsRegion"), "account": {"id": who.get("accountId")}},
        "event": {"action": record["eventName"], "provider": record["eventSource"], "id": record.get("eventID")},
        "source": filled({"address": source}),
        "user": filled(
            {"id": who.get("principalId"), "name": who.get("userName") or at(context, "sessionIssuer", "userName")}
        ),
        "user_agent": filled({"original": record.get("userAgent")}),
    }


def ecs_entra(record: Record) -> Record:
    log = "auditlogs" if "activityDisplayName" in record else "signinlogs"
    outer = monitored(record)
    inner = {k: v for k, v in record.items() if v is not None and k not in ("result", "initiatedBy")}
    properties = snake(inner)
    if "activity_date_time" in properties:
        properties["activity_datetime"] = properties.pop("activity_date_time")
    if "created_date_time" in properties:
        properties["created_at"] = properties.pop("created_date_time")
    if "initiatedBy" in record:
        properties["initiated_by"] = record["initiatedBy"]
    if "target_resources" in properties:
        properties["target_resources"] = _numbered(properties["target_resources"])
    return {
        "@timestamp": outer["time"],
        "azure": {log: {"category": outer["category"], "operation_name": "x", "properties": properties}},
        "event": filled({"action": "x", "outcome": record.get("result")}),
    }


def _numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _numbered(v) for k, v in value.items()}
    return {str(n): _numbered(v) for n, v in enumerate(value)} if isinstance(value, list) else value


def ecs_activity(record: Record) -> Record:
    claims = {
        k.replace("schemas.microsoft.com", "schemas_microsoft_com"): v for k, v in record["identity"]["claims"].items()
    }
    claims = {k.replace("schemas.xmlsoap.org", "schemas_xmlsoap_org"): v for k, v in claims.items()}
    own = {
        "category": record["category"],
        "operation_name": record["operationName"],
        "result_type": record["resultType"],
        "result_signature": record.get("resultSignature"),
        "identity": {"claims": claims},
        "properties": record.get("properties"),
    }
    return {
        "@timestamp": record["time"],
        "azure": {
            "activitylogs": own,
            "correlation_id": record.get("correlationId"),
            "resource": {"id": record["resourceId"]},
            "tenant_id": TENANT,
        },
        "source": {"ip": record.get("callerIpAddress")},
        "event": {"action": "x"},
    }


def ecs_google(record: Record) -> Record:
    payload = snaked({k: v for k, v in record["protoPayload"].items() if k != "requestMetadata"})
    caller = record["protoPayload"].get("requestMetadata") or {}
    return {
        "@timestamp": record["timestamp"],
        "gcp": {"audit": payload},
        "cloud": {"project": {"id": at(record, "resource", "labels", "project_id")}},
        "event": {"id": record["insertId"], "action": "x"},
        "log": {"logger": record["logName"]},
        "source": filled({"ip": caller.get("callerIp")}),
        "user_agent": filled({"original": caller.get("callerSuppliedUserAgent")}),
    }


def ecs_okta(record: Record) -> Record:
    own = snake({k: v for k, v in record.items() if k != "published" and v is not None})
    client = own.get("client")
    if isinstance(client, dict) and "ip_address" in client:
        client["ip"] = client.pop("ip_address")
    return {"@timestamp": record["published"], "okta": own, "event": {"action": record["eventType"]}}


def ecs_github(record: Record) -> Record:
    gone = ("@timestamp", "_document_id", "action", "actor", "actor_ip", "user", "user_agent")
    return {
        "@timestamp": record["@timestamp"],
        "github": {k: v for k, v in record.items() if k not in gone},
        "event": filled({"action": record["action"], "id": record.get("_document_id")}),
        "user": filled({"name": record.get("actor"), "target": filled({"name": record.get("user")})}),
        "source": filled({"ip": record.get("actor_ip")}),
        "user_agent": filled({"original": record.get("user_agent")}),
    }
