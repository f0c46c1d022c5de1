"""Records of Microsoft 365's Unified Audit Log, as the Management Activity API delivers them."""

import json
from datetime import UTC, datetime
from typing import Final

from keywitness.simulate import entra
from keywitness.simulate.company import EDGE, Application, Person
from keywitness.simulate.ids import digits, guid
from keywitness.simulate.stage import Record, Stage

DIRECTORY: Final = ("8", "AzureActiveDirectory")  # record type, workload
LOGON: Final = ("15", "AzureActiveDirectory")
FILES: Final = ("6", "SharePoint")


def record(stage: Stage, person: Person, when: datetime, ip: str, operation: str, kind: tuple[str, str]) -> Record:
    """Log one record; what an operation has beside the common fields is the caller's to add."""
    return stage.log(
        "m365",
        {
            "CreationTime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "Id": guid(stage.rng),
            "Operation": operation,
            "OrganizationId": stage.company.tenant,
            "RecordType": int(kind[0]),
            "ResultStatus": "Success",
            "UserKey": person.object_id,
            "UserType": 0,
            "Version": 1,
            "Workload": kind[1],
            "ClientIP": ip,
            "UserId": person.email,
            "ObjectId": "",
            "Actor": _actor(stage, person),
        },
    )


def _actor(stage: Stage, person: Person) -> list[Record]:
    ids = (person.email, 5), (digits(stage.rng, 16), 3), (f"User_{person.object_id}", 2), (person.object_id, 2)
    return [{"ID": ident, "Type": kind} for ident, kind in (*ids, ("User", 2))]


def secret_added(
    stage: Stage, person: Person, when: datetime, ip: str, app: Application, old: list[entra.Key], new: list[entra.Key]
) -> str:
    """The same change as Entra's audit log has, under an id of its own. Returns that id."""
    made = record(stage, person, when, ip, entra.SECRETS, DIRECTORY)
    values = [json.dumps([str(key) for key in keys], indent=2).replace("\n", "\r\n") for keys in (new, old)]
    ids = ((f"Application_{app.object_id}", 2), (app.object_id, 2), ("Application", 2), (app.name, 1))
    made |= {
        "ObjectId": f"Application_{app.object_id}",
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [{"Name": "additionalDetails", "Value": json.dumps({"User-Agent": EDGE})}],
        "ModifiedProperties": [
            {"Name": "KeyDescription", "NewValue": values[0], "OldValue": values[1]},
            {"Name": "Included Updated Properties", "NewValue": "KeyDescription", "OldValue": ""},
        ],
        "Target": [{"ID": ident, "Type": kind} for ident, kind in ids],
    }
    return str(made["Id"])


def password_reset(stage: Stage, person: Person, when: datetime, ip: str, other: Person) -> str:
    """``person`` sets a new password for another. Returns the record's id."""
    made = record(stage, person, when, ip, "Reset user password.", DIRECTORY)
    ids = ((f"User_{other.object_id}", 2), (other.object_id, 2), ("User", 2), (other.email, 5))
    made |= {"ObjectId": other.email, "Target": [{"ID": ident, "Type": kind} for ident, kind in ids]}
    made["ModifiedProperties"] = []
    return str(made["Id"])
