"""Azure Activity Log rows as diagnostic settings export them: two rows a call, Start and Success."""

from datetime import UTC, datetime, timedelta
from typing import Final

from keywitness.simulate.company import Person
from keywitness.simulate.ids import guid
from keywitness.simulate.stage import Record, Stage

_CLAIMS: Final = "http://schemas.microsoft.com/identity/claims/"
_SOAP: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"


def _claims(stage: Stage, person: Person, ip: str) -> Record:
    return {
        "aud": "https://management.azure.com/",
        "appid": "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
        "appidacr": "2",
        "ipaddr": ip,
        "name": person.name.title(),
        f"{_CLAIMS}objectidentifier": person.object_id,
        f"{_CLAIMS}tenantid": stage.company.tenant,
        f"{_SOAP}upn": person.email,
    }


def call(stage: Stage, person: Person, when: datetime, ip: str, action: str, resource: str) -> str:
    """Log one management call on ``resource`` (below the subscription). Returns the id of its Success row."""
    correlation = guid(stage.rng)
    scope = f"/subscriptions/{stage.company.subscription}/resourceGroups/{resource}"
    evidence = {"role": "Contributor", "principalId": person.object_id, "principalType": "User"}
    event_id = ""
    for seconds, result, signature in ((0, "Start", "Started."), (1, "Success", "Succeeded.")):
        event_id = guid(stage.rng)
        at = when + timedelta(seconds=seconds, microseconds=stage.rng.randrange(900_000))
        row = {
            "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z"),
            "resourceId": scope.upper(),
            "operationName": action.upper(),
            "category": "Administrative",
            "resultType": result,
            "resultSignature": signature,
            "durationMs": 1000 * seconds,
            "callerIpAddress": ip,
            "correlationId": correlation,
            "identity": {
                "authorization": {"scope": scope, "action": action, "evidence": evidence},
                "claims": _claims(stage, person, ip),
            },
            "level": "Information",
            "location": "canadacentral",
            "tenantId": stage.company.tenant,
            "properties": {"eventCategory": "Administrative", "eventDataId": event_id, "entity": scope},
        }
        stage.log("azure", row)
    return event_id
