"""Small real rows, changes and facts for tests. What a test doesn't say means that nothing is known."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from keywitness.behaviour import Behaviour, Family
from keywitness.behaviour.account import Account
from keywitness.behaviour.acts import Acts
from keywitness.behaviour.address import Address
from keywitness.behaviour.cadence import Cadence
from keywitness.behaviour.clients import Clients
from keywitness.behaviour.clock import Clock
from keywitness.behaviour.devices import Devices
from keywitness.behaviour.habit import Habit
from keywitness.behaviour.measure import prepare
from keywitness.behaviour.networks import Networks
from keywitness.behaviour.peers import Peers
from keywitness.behaviour.places import Places
from keywitness.behaviour.rhythm import Rhythm
from keywitness.behaviour.rotation import Rotation
from keywitness.behaviour.signs import Signs
from keywitness.behaviour.usage import Usage
from keywitness.catalogue import Operation
from keywitness.context import Context
from keywitness.context.calendar import Organisation, moment
from keywitness.context.changes import ChangeRequest
from keywitness.context.geo import Geo, Place
from keywitness.context.identities import Directory
from keywitness.errors import Source
from keywitness.event import SCHEMA
from keywitness.lake import Lake
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.loose import Loose
from keywitness.model import Answer, Coverage, CredentialChange, EventId, Party, PrincipalId
from keywitness.policy import load_policy
from keywitness.questions import QUESTIONS, Facts

AT: Final = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
"""The time of the change under test: a Tuesday morning."""

BERLIN: Final = Place("DE", "Berlin", 52.5, 13.4, 3320, "Deutsche Telekom")
PARIS: Final = Place("FR", "Paris", 48.9, 2.4, 3215, "Orange")
SYDNEY: Final = Place("AU", "Sydney", -33.9, 151.2, 1221, "Telstra")
WHERE: Final[Mapping[str, Place]] = {
    "192.0.2.1": BERLIN,
    "192.0.2.2": Place("DE", "Berlin", 52.5, 13.4, 6805, "Telefonica"),
    "198.51.100.1": PARIS,
    "203.0.113.1": SYDNEY,
}
GEO: Final = Geo(True, True, {}, WHERE.get)

_numbers: Final = count(1)


def ago(**span: float) -> datetime:
    """A moment that long before the change under test."""
    return AT - timedelta(**span)


def later(**span: float) -> datetime:
    return AT + timedelta(**span)


def event(**columns: Any) -> dict[str, Any]:
    """A row of the Event table: a successful read by ann, with an id of its own. ``class_`` is the column class."""
    number = next(_numbers)
    row: dict[str, Any] = dict.fromkeys(SCHEMA.names) | {
        "event_id": f"e{number:05d}",
        "time": ago(days=30),
        "provider": "aws",
        "log": "cloudtrail",
        "operation": "s3:ListBuckets",
        "class": "management",
        "read_only": True,
        "outcome": "success",
        "actor_id": "ann",
        "actor_name": "ann",
        "actor_type": "user",
        "file": "log.json",
        "record": number,
    }
    given = {"class" if name == "class_" else name: value for name, value in columns.items()}
    assert given.keys() <= row.keys(), f"no such column: {given.keys() - row.keys()}"
    return row | given


def parquet(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows), SCHEMA), path)
    return path


def loose(*parts: Path) -> Loose:
    """A lake of these Parquet files in the embedded engine."""
    return Loose(DuckDB(), parts)


def lake(rows: Sequence[Mapping[str, Any]], folder: Path) -> Loose:
    """A lake of one Parquet file with these rows."""
    return loose(parquet(rows, folder / f"part-{next(_numbers)}.parquet"))


def ask_family(
    family: Family,
    on: Lake,
    *findings: CredentialChange,
    history: Sequence[CredentialChange] = (),
) -> list[Any]:
    """What one family found for each finding."""
    rows = on.engine.rows(family.query(prepare(on, findings, history, GEO, Directory().resolve)))
    return [family.collect([row for row in rows if row["change"] == i]) for i in range(len(findings))]


def party(name: str | None, kind: str | None = "user") -> Party:
    return Party(name, name, kind)


def change(actor: str | Party = "ann", target: str | Party = "svc", **given: Any) -> CredentialChange:
    """Ann makes an access key for svc. Principals are what a run without a directory makes of the parties."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "event_id": EventId(f"c{number:05d}"),
        "time": AT,
        "provider": "aws",
        "log": "cloudtrail",
        "tenant": "111122223333",
        "region": "us-east-1",
        "operation": "iam:CreateAccessKey",
        "operation_id": "aws.iam.create-access-key",
        "credential_type": "access_key",
        "change": "created",
        "scope": "core",
        "technique": "T1098.001",
        "outcome": "success",
        "error": None,
        "actor": actor if isinstance(actor, Party) else party(actor),
        "target": target if isinstance(target, Party) else party(target),
        "credential_ids": (),
        "credential_used": None,
        "session_id": None,
        "source_ip": None,
        "source_service": None,
        "user_agent": None,
        "mfa": None,
        "containment": "aws.iam.disable-access-key",
        "source": Source("log.json", number),
        "raw": {},
    }
    values |= given
    for role in ("actor", "target"):
        who = values[role]
        values.setdefault(f"{role}_principal", Directory().resolve(who.id, who.name, None))
    return CredentialChange(**values)


def ticket(**given: Any) -> ChangeRequest:
    """An approved ticket for ann to make an access key for svc within two hours of :data:`AT`."""
    values: dict[str, Any] = {
        "id": "CHG1",
        "kind": "normal",
        "status": "approved",
        "actor": "ann",
        "operation": "CreateAccessKey",
        "target": "svc",
        "start": ago(hours=2),
        "end": later(hours=2),
        "approver": "boss",
        "summary": "",
        "created": ago(days=3),
        "approved_at": ago(days=2),
        "max_uses": None,
        "source": Source("changes.csv", 2),
    }
    return ChangeRequest(**values | given)


def operation(**given: Any) -> Operation:
    values: dict[str, Any] = {
        "id": "aws.iam.create-access-key",
        "provider": "aws",
        "events": ("iam:CreateAccessKey",),
        "credential_type": "access_key",
        "change": "created",
        "scope": "core",
        "technique": "T1098.001",
        "reference": "",
        "rests_on": "log",
        "use_log": "cloudtrail",
    }
    return Operation(**values | given)


def behaviour(**given: Any) -> Behaviour:
    """A principal of whom no log knows anything."""
    values: dict[str, Any] = {
        "rhythm": Rhythm(0, 0, 0),
        "places": Places({}, {}, 0),
        "clients": Clients({}),
        "previous": None,
        "signs": Signs(()),
        "habit": Habit({}),
        "usage": Usage(()),
        "address": Address({}, frozenset()),
        "networks": Networks({}),
        "devices": Devices({}, ()),
        "cadence": Cadence(()),
        "clock": Clock((0,) * 24, 0),
        "peers": Peers({}),
        "rotation": Rotation((), ()),
        "account": Account({}, {}),
        "acts": Acts((), 0),
    }
    return Behaviour(**values | given)


def context(**given: Any) -> Context:
    """No context folder at all."""
    values: dict[str, Any] = {
        "organisation": Organisation(),
        "changes": None,
        "directory": Directory(),
        "indicators": None,
        "geo": Geo(),
        "rejects": (),
        "files": {},
    }
    return Context(**values | given)


def facts(**given: Any) -> Facts:
    """Facts of a run that knows nothing but the change. Names of behaviour and context families may be given too."""
    known = {field.name for field in fields(Facts)}
    parts = {name: given.pop(name) for name in list(given) if name not in known}
    seen = {name: parts.pop(name) for name in list(parts) if name in Behaviour.__slots__}
    where = given.setdefault("context", context(**parts))
    what = given.setdefault("change", change())
    values: dict[str, Any] = {
        "operation": operation(),
        "behaviour": behaviour(**seen),
        "moment": moment(what.time, where.organisation, given.get("actor")),
        "place": None,
        "actor": None,
        "target": None,
        "authorisation": None,
        "siblings": (),
        "lifecycle": (),
        "parent": None,
        "children": (),
        "coverage": (),
        "places": {},
        "thresholds": load_policy().thresholds,
    }
    return Facts(**values | given)


def covered(log: str = "cloudtrail", provider: str = "aws", days: float = 100, after: float = 10) -> Coverage:
    """A log from ``days`` before the change under test to ``after`` days after it."""
    return Coverage(provider, log, "111122223333", ago(days=days), later(days=after), 1_000, int(days + after), ())


def answers(**verdicts: str | Answer) -> dict[str, Answer]:
    """An answer to every question: "no" where not given, and a change request that doesn't speak against."""
    given = {"change_request": "yes"} | verdicts
    return {q.id: _answer(q.id, given.get(q.id, "no")) for q in QUESTIONS}


def _answer(question: str, said: str | Answer) -> Answer:
    if isinstance(said, Answer):
        return said
    assert said in ("yes", "no", "unknown")
    missing = (f"source of {question}",) if said == "unknown" else ()
    return Answer(said, f"{question} is {said}", missing=missing)  # type: ignore[arg-type]


def principal(name: str) -> PrincipalId:
    return PrincipalId(name)
