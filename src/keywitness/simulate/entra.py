"""Entra ID records: audit logs as Azure Monitor exports them, sign-ins and risk detections as Graph does."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from keywitness.simulate.company import EDGE, Application, Person, locate
from keywitness.simulate.ids import guid, hex_id, suffix
from keywitness.simulate.stage import Record, Stage

SECRETS: Final = "Update application \u2013 Certificates and secrets management "  # en dash, trailing space: as logged
_PORTAL: Final = ("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c")
_MANAGEMENT: Final = ("Windows Azure Service Management API", "797f4846-ba00-4fd7-ba43-dac1f8f63013")


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of KeyDescription."""

    id: str
    name: str
    kind: str = "Password"

    def __str__(self) -> str:
        return f"[KeyIdentifier={self.id},KeyType={self.kind},KeyUsage=Verify,DisplayName={self.name}]"


def ticks(when: datetime, fraction: str) -> str:
    """Entra's times have seven digits after the second."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{fraction}Z"


def by_user(person: Person, ip: str) -> Record:
    who: Record = {
        "id": person.object_id,
        "displayName": None,
        "userPrincipalName": person.email,
        "ipAddress": ip,
        "roles": [],
    }
    return {"user": who, "app": None}


def by_app(name: str, principal_id: str, app_id: str | None = None) -> Record:
    who = {"appId": app_id, "displayName": name, "servicePrincipalId": principal_id, "servicePrincipalName": None}
    return {"app": who, "user": None}


def keys_changed(old: list[Key], new: list[Key]) -> list[Record]:
    """The two modified properties of an added, renewed or removed secret or certificate."""
    values = [json.dumps([str(k) for k in keys], separators=(",", ":")) for keys in (old, new)]
    return [
        {"displayName": "KeyDescription", "oldValue": values[0], "newValue": values[1]},
        {"displayName": "Included Updated Properties", "oldValue": None, "newValue": '"KeyDescription"'},
    ]


def trust_added(stage: Stage, name: str, issuer: str, subject: str) -> list[Record]:
    """The two modified properties of an application's first federated identity credential."""
    credential = {
        "Id": guid(stage.rng),
        "Name": name,
        "Issuer": issuer,
        "Subject": subject,
        "Audiences": ["api://AzureADTokenExchange"],
    }
    value = json.dumps([credential], separators=(",", ":"))
    included = '"FederatedIdentityCredentials"'
    return [
        {"displayName": "FederatedIdentityCredentials", "oldValue": "[]", "newValue": value},
        {"displayName": "Included Updated Properties", "oldValue": None, "newValue": included},
    ]


def audit(
    stage: Stage,
    when: datetime,
    operation: str,
    initiated_by: Record,
    ip: str,
    app: Application,
    changed: list[Record],
    *,
    principal: bool = False,
    agent: str = EDGE,
) -> str:
    """Log one directory change to an application (or its service principal). Returns the event id."""
    correlation, fraction = guid(stage.rng), f"{stage.rng.randrange(10**7):07d}"
    at, event_id = ticks(when, fraction), f"Directory_{correlation}_{suffix(stage.rng)}"
    properties = {
        "id": event_id,
        "category": "ApplicationManagement",
        "correlationId": correlation,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": operation,
        "activityDateTime": at,
        "loggedByService": "Core Directory",
        "operationType": "Update",
        "initiatedBy": initiated_by,
        "targetResources": [_target(app, principal, changed)],
        "additionalDetails": [{"key": "User-Agent", "value": agent}, {"key": "AppId", "value": app.app_id}],
    }
    stage.log("entra/audit", _envelope(stage.company.tenant, ip, properties))
    return event_id


def user_audit(
    stage: Stage, when: datetime, operation: str, initiated_by: Record, ip: str, person: Person, reason: str = ""
) -> str:
    """Log one change to a person's account. Returns the event id."""
    correlation, fraction = guid(stage.rng), f"{stage.rng.randrange(10**7):07d}"
    event_id = f"Directory_{correlation}_{suffix(stage.rng)}"
    target = {"id": person.object_id, "displayName": None, "type": "User", "userPrincipalName": person.email}
    properties: Record = {
        "id": event_id,
        "category": "UserManagement",
        "correlationId": correlation,
        "result": "success",
        "resultReason": reason,
        "activityDisplayName": operation,
        "activityDateTime": ticks(when, fraction),
        "loggedByService": "Authentication Methods" if reason else "Core Directory",
        "operationType": "Update",
        "initiatedBy": initiated_by,
        "targetResources": [target | {"groupType": None, "modifiedProperties": []}],
        "additionalDetails": [],
    }
    stage.log("entra/audit", _envelope(stage.company.tenant, ip, properties))
    return event_id


def _target(app: Application, principal: bool, changed: list[Record]) -> Record:
    return {
        "id": app.principal_id if principal else app.object_id,
        "displayName": app.name,
        "type": "ServicePrincipal" if principal else "Application",
        "userPrincipalName": None,
        "groupType": None,
        "modifiedProperties": changed,
        "administrativeUnits": [],
    }


def _envelope(tenant: str, ip: str, properties: Record) -> Record:
    """What Azure Monitor puts around a directory audit event."""
    actor = properties["initiatedBy"]["user"] or properties["initiatedBy"]["app"]
    return {
        "time": properties["activityDateTime"],
        "resourceId": f"/tenants/{tenant}/providers/Microsoft.aadiam",
        "operationName": properties["activityDisplayName"],
        "operationVersion": "1.0",
        "category": "AuditLogs",
        "tenantId": tenant,
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": ip,
        "correlationId": properties["correlationId"],
        "identity": actor["displayName"] or actor["userPrincipalName"],
        "Level": 4,
        "properties": properties,
    }


def _second(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _location(ip: str) -> Record:
    network = locate(ip)
    point = {"altitude": None, "latitude": network.latitude, "longitude": network.longitude}
    return {"city": network.city, "state": "", "countryOrRegion": network.country, "geoCoordinates": point}


def _device(person: Person, known: bool) -> Record:
    return {
        "deviceId": person.device_id if known else "",
        "displayName": f"AF-{person.name.upper()}" if known else "",
        "operatingSystem": "Windows10" if known else "Linux",
        "browser": "Edge 128.0.0" if known else "Firefox 115.0",
        "isCompliant": known,
        "isManaged": known,
        "trustType": "Azure AD joined" if known else "",
    }


def sign_in(
    stage: Stage, person: Person, when: datetime, ip: str, *, error: int = 0, risk: str = "none", known: bool = True
) -> Record:
    """An interactive sign-in. ``error`` is Entra's code (50126: wrong password), ``known`` the person's own device."""
    risky = risk != "none"
    reason = "Invalid username or password." if error else "Other."
    return stage.log(
        "entra/signIns",
        {
            "id": guid(stage.rng),
            "createdDateTime": _second(when),
            "userDisplayName": person.name.title(),
            "userPrincipalName": person.email,
            "userId": person.object_id,
            "appId": _PORTAL[1],
            "appDisplayName": _PORTAL[0],
            "ipAddress": ip,
            "clientAppUsed": "Browser",
            "correlationId": guid(stage.rng),
            "conditionalAccessStatus": "failure" if error else "success",
            "isInteractive": True,
            "riskDetail": "none",
            "riskLevelAggregated": risk,
            "riskLevelDuringSignIn": risk,
            "riskState": "atRisk" if risky else "none",
            "riskEventTypes_v2": ["anonymizedIPAddress"] if risky else [],
            "resourceDisplayName": _MANAGEMENT[0],
            "resourceId": _MANAGEMENT[1],
            "status": {"errorCode": error, "failureReason": reason, "additionalDetails": None},
            "deviceDetail": _device(person, known),
            "location": _location(ip),
        },
    )


def principal_sign_in(
    stage: Stage, app: Application, when: datetime, ip: str, key_id: str, *, certificate: bool = False
) -> Record:
    """A service principal's sign-in with one of its secrets, or with a certificate."""
    return stage.log(
        "entra/servicePrincipalSignIns",
        {
            "id": guid(stage.rng),
            "createdDateTime": _second(when),
            "appId": app.app_id,
            "appDisplayName": app.name,
            "ipAddress": ip,
            "signInEventTypes": ["servicePrincipal"],
            "servicePrincipalId": app.principal_id,
            "servicePrincipalName": app.name,
            "servicePrincipalCredentialKeyId": key_id,
            "servicePrincipalCredentialThumbprint": hex_id(stage.rng, 40).upper() if certificate else "",
            "clientCredentialType": "clientAssertion" if certificate else "clientSecret",
            "correlationId": guid(stage.rng),
            "isInteractive": False,
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": "00000003-0000-0000-c000-000000000000",
            "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": None},
            "location": _location(ip),
        },
    )


def risk_detection(stage: Stage, person: Person, sign_in_record: Record, when: datetime, ip: str) -> None:
    """Identity Protection's verdict on a sign-in, a few minutes after it."""
    stage.log(
        "entra/riskDetections",
        {
            "id": hex_id(stage.rng, 64),
            "requestId": sign_in_record["id"],
            "correlationId": sign_in_record["correlationId"],
            "riskEventType": "anonymizedIPAddress",
            "riskState": "atRisk",
            "riskLevel": "high",
            "riskDetail": "none",
            "source": "IdentityProtection",
            "detectionTimingType": "realtime",
            "activity": "signin",
            "tokenIssuerType": "AzureAD",
            "ipAddress": ip,
            "activityDateTime": _second(when),
            "detectedDateTime": _second(when + timedelta(minutes=2)),
            "lastUpdatedDateTime": _second(when + timedelta(minutes=3)),
            "userId": person.object_id,
            "userDisplayName": person.name.title(),
            "userPrincipalName": person.email,
            "additionalInfo": "[]",
            "location": _location(ip),
        },
    )
