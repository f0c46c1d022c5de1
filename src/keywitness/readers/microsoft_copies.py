"""Microsoft's records as rows of Sentinel, Log Analytics and Defender's hunting tables → the shapes of their own APIs.

Sentinel's ``TenantId`` is the workspace and is left out. What doesn't come back: a row of a sign-in table without
its ``Type`` column doesn't say that it is a managed identity's; the hunting tables have no credential key, no result
text and no resource; OfficeActivity has no record type numbers and of a principal only its name.
"""

from typing import Any, Final

from keywitness.readers.columns import Record, camel, filled, flag_of, parsed

_DROPPED: Final = frozenset({"TenantId", "SourceSystem", "Type", "TimeGenerated", "TableName", "MG", "AADTenantId"})
_RENAMED: Final = {"AADOperationType": "operationType", "ResourceIdentity": "resourceId", "LocationDetails": "location"}
_OFFICE: Final = {
    "OfficeId": "Id",
    "OfficeWorkload": "Workload",
    "OfficeObjectId": "ObjectId",
    "AADTarget": "Target",
    "OfficeTenantId": "OrganizationId",
    "Client_IPAddress": "ClientIPAddress",
}


def entra(record: Record) -> list[Any] | None:
    """AuditLogs, the sign-in tables and the risk tables, as the Azure Monitor record that they were made of."""
    if "TimeGenerated" not in record and "CreatedDateTime" not in record and "ActivityDateTime" not in record:
        return None
    category = _category(record)
    if category is None:
        return None
    properties = {
        _RENAMED.get(key) or camel(key): parsed(value)
        for key, value in record.items()
        if key not in _DROPPED and value is not None and not key.startswith("_")
    }
    if "isInteractive" in properties:
        properties["isInteractive"] = flag_of(properties["isInteractive"])
    outer = filled(
        time=record.get("TimeGenerated"),
        tenantId=record.get("AADTenantId"),
        operationName=record.get("OperationName"),
        resultType=record.get("ResultType"),
        resultDescription=record.get("ResultDescription"),
        correlationId=record.get("CorrelationId"),
    )
    return [outer | {"category": category, "properties": properties}]


def _category(record: Record) -> str | None:
    """The diagnostic category: by the table's name, else by the columns that only one kind has."""
    table = str(record.get("Type") or "").removeprefix("AAD")
    if "TargetResources" in record or "ActivityDisplayName" in record:
        return "AuditLogs"
    if "RiskEventType" in record or "RiskLastUpdatedDateTime" in record:
        return table if table.lower().endswith(("riskevents", "principals", "users")) else "UserRiskEvents"
    if "ResultType" not in record or not {"AppId", "AppDisplayName"} & record.keys():
        return None
    if table.lower().endswith("signinlogs"):
        return table
    if record.get("ServicePrincipalId") and not record.get("UserId"):
        return "ServicePrincipalSignInLogs"
    return "NonInteractiveUserSignInLogs" if flag_of(record.get("IsInteractive")) is False else "SignInLogs"


def office(record: Record) -> list[Any] | None:
    """OfficeActivity: the Unified Audit Log's own names, but for a few."""
    if "OfficeWorkload" not in record or "Operation" not in record:
        return None
    fields = {_OFFICE.get(k, k): v for k, v in record.items() if k not in _DROPPED and v not in (None, "")}
    return [fields | filled(CreationTime=record.get("TimeGenerated"))]


def hunting_sign_in(record: Record) -> list[Any] | None:
    """AADSignInEventsBeta (now EntraIdSignInEvents) of Defender's advanced hunting."""
    if not {"AccountObjectId", "ApplicationId", "ErrorCode", "LogonType"} <= record.keys():
        return None
    device = filled(
        deviceId=record.get("AadDeviceId") or record.get("EntraIdDeviceId"),
        displayName=record.get("DeviceName"),
        isCompliant=_number_flag(record.get("IsCompliant")),
        isManaged=_number_flag(record.get("IsManaged")),
        trustType=record.get("DeviceTrustType"),
    )
    kinds = record.get("LogonType")
    return [
        filled(
            id=record.get("RequestId") or record.get("ReportId"),
            createdDateTime=record.get("Timestamp"),
            correlationId=record.get("CorrelationId"),
            userId=record.get("AccountObjectId"),
            userPrincipalName=record.get("AccountUpn"),
            userDisplayName=record.get("AccountDisplayName"),
            appId=record.get("ApplicationId"),
            appDisplayName=record.get("Application"),
            ipAddress=record.get("IPAddress"),
            userAgent=record.get("UserAgent"),
            sessionId=record.get("SessionId"),
            isInteractive="nonInteractiveUser" not in kinds if isinstance(kinds, str | list) else None,
            status={"errorCode": record.get("ErrorCode")},
            deviceDetail=device or None,
        )
    ]


def _number_flag(value: Any) -> Any:
    """0 and 1, also as text, as a boolean; anything else as it is."""
    return {"0": False, "1": True}.get(str(value), value)
