"""Tiny records of each provider, and short ways to read them."""

import gzip
import json
from io import BytesIO
from typing import Any

import pyarrow as pa

from keywitness.errors import Reject
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.bulk import batches

Record = dict[str, Any]
ALL = Wanted(frozenset(), ".*")
NOTHING = Wanted(frozenset())

TENANT = "11111111-2222-3333-4444-555555555555"
SUBSCRIPTION = "abcdef99-8888-7777-6666-555555555555"
RESOURCE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/data"


def aws(**fields: Any) -> Record:
    return {
        "eventVersion": "1.09",
        "eventTime": "2026-03-02T10:00:00Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.15",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/team/mia",
            "accountId": "111122223333",
            "accessKeyId": "AKIAEXAMPLE",
            "userName": "mia",
        },
        "requestParameters": {"userName": "deploy"},
        "responseElements": {"accessKey": {"userName": "deploy", "accessKeyId": "AKIANEW", "status": "Active"}},
        "eventID": "e-1",
        "readOnly": False,
        "recipientAccountId": "111122223333",
    } | fields


def entra_audit(**fields: Any) -> Record:
    return {
        "id": "Directory_1",
        "category": "ApplicationManagement",
        "correlationId": "c-1",
        "result": "success",
        "resultReason": "",
        "activityDisplayName": "Update application \u2013 Certificates and secrets management ",
        "activityDateTime": "2026-03-02T10:00:00.1234567Z",
        "loggedByService": "Core Directory",
        "initiatedBy": {
            "app": None,
            "user": {"id": "oid-mia", "userPrincipalName": "mia@corp.example", "ipAddress": "192.0.2.10"},
        },
        "targetResources": [
            {
                "id": "app-1",
                "displayName": "Payroll",
                "type": "Application",
                "modifiedProperties": [
                    {"displayName": "KeyDescription", "oldValue": "[]", "newValue": '["[KeyIdentifier=k1,KeyType=x]"]'}
                ],
            }
        ],
        "additionalDetails": [{"key": "User-Agent", "value": "Mozilla/5.0"}],
    } | fields


def entra_sign_in(**fields: Any) -> Record:
    return {
        "id": "s-1",
        "createdDateTime": "2026-03-02T09:00:00Z",
        "userId": "oid-mia",
        "userPrincipalName": "mia@corp.example",
        "appId": "app-portal",
        "appDisplayName": "Azure Portal",
        "ipAddress": "192.0.2.10",
        "isInteractive": True,
        "status": {"errorCode": 0, "failureReason": "Other."},
        "deviceDetail": {"deviceId": "d-1", "displayName": "LAPTOP"},
        "riskLevelDuringSignIn": "none",
        "riskLevelAggregated": "hidden",
    } | fields


def entra_risk(**fields: Any) -> Record:
    return {
        "id": "r-1",
        "riskEventType": "anonymizedIPAddress",
        "riskLevel": "high",
        "riskState": "atRisk",
        "ipAddress": "192.0.2.66",
        "activityDateTime": "2026-03-02T08:00:00Z",
        "detectedDateTime": "2026-03-02T08:05:00Z",
        "userId": "oid-mia",
        "userPrincipalName": "mia@corp.example",
    } | fields


def monitor(properties: Any, category: str = "AuditLogs", **fields: Any) -> Record:
    """What Azure Monitor puts around an Entra record."""
    return {
        "time": "2026-03-02T10:00:01Z",
        "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
        "operationName": "as logged",
        "category": category,
        "tenantId": TENANT,
        "callerIpAddress": "192.0.2.99",
        "properties": properties,
    } | fields


def azure(**fields: Any) -> Record:
    return {
        "time": "2026-03-02T10:00:00.5Z",
        "resourceId": RESOURCE.upper(),
        "operationName": "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION",
        "category": "Administrative",
        "resultType": "Success",
        "resultSignature": "Succeeded.",
        "callerIpAddress": "192.0.2.10",
        "correlationId": "c-9",
        "identity": {"authorization": {"scope": "x"}, "claims": claims()},
        "location": "westeurope",
        "tenantId": TENANT,
        "properties": {"eventCategory": "Administrative", "eventDataId": "ed-1"},
    } | fields


def claims(**fields: Any) -> Record:
    return {
        "http://schemas.microsoft.com/identity/claims/objectidentifier": "oid-mia",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "mia@corp.example",
        "appid": "app-portal",
        "name": "Mia",
        "ipaddr": "192.0.2.11",
        "uti": "token-1",
        "http://schemas.microsoft.com/claims/authnmethodsreferences": "pwd,mfa",
    } | fields


def gcp(entry: Record | None = None, **payload: Any) -> Record:
    return {
        "insertId": "i-1",
        "logName": "projects/data-prod/logs/cloudaudit.googleapis.com%2Factivity",
        "timestamp": "2026-03-02T10:00:00.123456789Z",
        "resource": {"type": "service_account", "labels": {"project_id": "data-prod", "email_id": "etl@data.example"}},
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "methodName": "google.iam.admin.v1.CreateServiceAccountKey",
            "serviceName": "iam.googleapis.com",
            "resourceName": "projects/-/serviceAccounts/1234",
            "authenticationInfo": {"principalEmail": "mia@corp.example"},
            "authorizationInfo": [{"granted": True, "permission": "iam.serviceAccountKeys.create"}],
            "requestMetadata": {"callerIp": "192.0.2.10", "callerSuppliedUserAgent": "gcloud/489"},
            "status": {},
        }
        | payload,
    } | (entry or {})


def ask(reader: Reader, record: Record, wanted: Wanted = ALL) -> Row:
    return reader.row(json.dumps(record).encode(), wanted)


def read(data: bytes, wanted: Wanted = ALL) -> tuple[list[Record], list[Reject]]:
    """The rows of one file as mappings, and what was set aside."""
    rejects: list[Reject] = []
    found = list(batches(BytesIO(data), "x.json", wanted, rejects))
    return pa.Table.from_batches(found).to_pylist() if found else [], rejects


def lines(*records: Any) -> bytes:
    return b"".join(json.dumps(r).encode() + b"\n" for r in records)


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
