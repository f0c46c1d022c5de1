"""One record of a provider → the changes in it, through the real reader and the shipped catalogue."""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from keywitness.catalogue import Catalogue, Operation, load
from keywitness.detect import detect
from keywitness.errors import Reject
from keywitness.model import CredentialChange, PrincipalId
from keywitness.readers.bulk import batches

Record = dict[str, Any]
AT: Final = "2026-05-04T09:12:00Z"


@cache
def shipped() -> Catalogue:
    return load()


def resolve(ident: str | None, name: str | None, tenant: str | None) -> PrincipalId:
    return PrincipalId((ident or name or f"unknown in {tenant}").lower())


def rows(*records: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The Event rows of a file of JSON lines; nothing may be set aside."""
    text = "\n".join(json.dumps(record) for record in records)
    rejects: list[Reject] = []
    found = [r for b in batches(BytesIO(text.encode()), "x.json", shipped().wanted(), rejects) for r in b.to_pylist()]
    assert not rejects, rejects[0]
    return found


def changes(*records: Mapping[str, Any]) -> list[CredentialChange]:
    return detect(rows(*records), shipped(), resolve)


def only(*records: Mapping[str, Any]) -> CredentialChange:
    """The one change in the records."""
    found = changes(*records)
    assert [c.operation_id for c in found] == [c.operation_id for c in found][:1] != []
    return found[0]


def example(operation: Operation) -> Record:
    """An entry's example as the provider would deliver it: Azure's kept shape is none that Azure writes."""
    record: Record = json.loads(operation.example)
    if operation.provider != "azure":
        return record
    return activity(record["operationName"], record["resourceId"], record["status"], record["properties"])


def activity(operation: str, resource: str, status: str = "Success", properties: Any = None, **fields: Any) -> Record:
    """An Activity Log record as a diagnostic setting exports it."""
    return {
        "time": AT,
        "category": "Administrative",
        "operationName": operation,
        "resourceId": resource,
        "resultType": status,
        "correlationId": "c-1",
        "callerIpAddress": "192.0.2.10",
        "identity": {"claims": {"name": "Dora"}},
        "properties": properties or {},
    } | fields


def trail(event: str, request: Any = None, response: Any = None, **fields: Any) -> Record:
    """A CloudTrail record: lee, an IAM user, calls."""
    service, name = event.split(":")
    return {
        "eventTime": AT,
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userIdentity": user("lee"),
        "requestParameters": request,
        "responseElements": response,
        "eventID": "e-1",
        "recipientAccountId": "111122223333",
    } | fields


def user(name: str, account: str = "111122223333") -> Record:
    arn = f"arn:aws:iam::{account}:user/{name}"
    return {"type": "IAMUser", "arn": arn, "accountId": account, "userName": name, "principalId": f"AIDA{name}"}


def audit(name: str, properties: Any = (), *, kind: str = "Application", **fields: Any) -> Record:
    """A directory audit of Microsoft Graph about one target."""
    target = {"id": "target-1", "type": kind, "displayName": "Billing", "modifiedProperties": list(properties)}
    return {
        "id": "Directory_1",
        "activityDisplayName": name,
        "activityDateTime": AT,
        "result": "success",
        "initiatedBy": {"user": {"id": "dora-1", "userPrincipalName": "dora@contoso.example"}, "app": None},
        "targetResources": [target],
    } | fields


def modified(name: str, old: Any, new: Any) -> Record:
    """A modified property; values that aren't text are doubled up as Microsoft does."""
    old, new = (v if isinstance(v, str) or v is None else json.dumps(v) for v in (old, new))
    return {"displayName": name, "oldValue": old, "newValue": new}


def key(ident: str, name: str = "ci", kind: str = "Password") -> str:
    return f"[KeyIdentifier={ident},KeyType={kind},KeyUsage=Verify,DisplayName={name}]"


def keys(old: list[str], new: list[str]) -> Record:
    return modified("KeyDescription", old, new)


def google(method: str, resource: str = "projects/p", **payload: Any) -> Record:
    """A LogEntry of Cloud Audit Logs. ``operation`` and ``labels`` belong to the entry, all else to its payload."""
    labels = payload.pop("labels", {"project_id": "p"})
    entry = {k: payload.pop(k) for k in ("operation", "insertId", "timestamp") if k in payload}
    body = {
        "serviceName": "iam.googleapis.com",
        "methodName": method,
        "resourceName": resource,
        "authenticationInfo": {"principalEmail": "dora@contoso.example"},
    }
    return {
        "insertId": "i-1",
        "timestamp": AT,
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"labels": labels},
        "protoPayload": body | payload,
    } | entry
