import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.changes import ChangeRequest, load_changes
from keywitness.errors import Reject
from tests.context.conftest import Write

HEADER = "id,kind,status,actor,operation,target,start,end,approver,summary"
ROW = (
    "CHG1,standard,Approved,rosa,CreateAccessKey,ines,2026-09-22T17:21:17Z,2026-09-23T01:21:17Z,board@x.example,for it"
)


def tickets(path: Path) -> tuple[tuple[ChangeRequest, ...], list[Reject]]:
    rejects: list[Reject] = []
    changes = load_changes(path, rejects)
    assert changes is not None
    return changes, rejects


def unavailable(path: Path) -> list[Reject]:
    rejects: list[Reject] = []
    assert load_changes(path, rejects) is None
    return rejects


def test_a_ticket(write: Write) -> None:
    (change,), rejects = tickets(write("changes.csv", f"{HEADER}\n{ROW}\n"))
    assert (change.id, change.kind, change.status, change.actor) == ("CHG1", "standard", "approved", "rosa")
    assert (change.operation, change.target, change.approver) == ("CreateAccessKey", "ines", "board@x.example")
    assert change.start == datetime(2026, 9, 22, 17, 21, 17, tzinfo=UTC)
    assert change.end == datetime(2026, 9, 23, 1, 21, 17, tzinfo=UTC)
    assert (change.created, change.approved_at, change.max_uses) == (None, None, None)
    assert change.source.record == 2
    assert not change.standing
    assert not rejects


def test_optional_columns(write: Write) -> None:
    text = f"{HEADER},created,approved_at,max_uses\n{ROW},2026-09-20,2026-09-21T08:00:00+02:00,2\n"
    (change,), _ = tickets(write("changes.csv", text))
    assert change.created == datetime(2026, 9, 20, tzinfo=UTC)
    assert change.approved_at == datetime(2026, 9, 21, 6, tzinfo=UTC)
    assert change.max_uses == 2


@pytest.mark.parametrize(("kind", "target"), [("standing", "svc-a"), ("standard", "svc-*")])
def test_standing(write: Write, kind: str, target: str) -> None:
    text = f"{HEADER}\n{ROW.replace('standard,', f'{kind},').replace('ines,', f'{target},')}\n"
    (change,), _ = tickets(write("changes.csv", text))
    assert change.standing


def test_servicenow(write: Write) -> None:
    header = "Number,Type,State,Approval,Start date,End date,Requested by,Short description,Configuration item"
    row = 'CHG0030001,Normal,Scheduled,Approved,2026-10-06 12:00:00,2026-10-06 14:00:00,Rosa,"Secret, HR",HR Sync'
    gone = "CHG0030002,Normal,Canceled,Approved,2026-10-06 12:00:00,2026-10-06 14:00:00,Rosa,Secret,HR Sync"
    (change, other), _ = tickets(write("changes.csv", f"{header}\n{row}\n{gone}\n"))
    assert (change.id, change.kind, change.status, change.actor) == ("CHG0030001", "normal", "approved", "Rosa")
    assert (change.operation, change.summary, change.target) == ("Secret, HR", "Secret, HR", "HR Sync")
    assert other.status == "canceled", "an approval doesn't outlive the change"


OBJECT: dict[str, Any] = dict(zip(HEADER.split(","), ROW.split(","), strict=True))


@pytest.mark.parametrize("wrap", ["", "changes", "result"])
def test_json(write: Write, wrap: str) -> None:
    content: Any = [OBJECT, 7, {}, OBJECT | {"id": "CHG2", "max_uses": 3}]
    changes, rejects = tickets(write("changes.json", json.dumps({wrap: content} if wrap else content)))
    assert [(c.id, c.max_uses, c.source.record) for c in changes] == [("CHG1", None, 1), ("CHG2", 3, 4)]
    assert [r.reason[:8] for r in rejects] == ["entry 2:", "entry 3:"]


def test_jira_json(write: Write) -> None:
    fields = {
        "status": {"name": "Approved"},
        "reporter": {"displayName": "Rosa"},
        "summary": "application secret",
        "components": [{"name": "HR Sync"}],
        "start": "2026-10-06T12:00:00.000+0000",
        "end": "2026-10-06T13:00:00.000+0000",
    }
    (change,), _ = tickets(write("changes.json", json.dumps({"issues": [{"key": "SEC-1", "fields": fields}]})))
    assert (change.id, change.status, change.actor) == ("SEC-1", "approved", "Rosa")
    assert (change.operation, change.target) == ("application secret", "HR Sync")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-09-23T01:21:17Z", "2026-09-21T01:21:17Z", "before it starts"),
        ("2026-09-23T01:21:17Z", "soon", "'soon' is not an ISO 8601 time"),
        ("2026-09-22T17:21:17Z", "", "it has no start"),
        ("rosa", " ", "it has no actor"),
        ("CHG1", "", "ticket without an id"),
    ],
)
def test_a_bad_ticket_is_set_aside(write: Write, old: str, new: str, reason: str) -> None:
    text = f"{HEADER}\n{ROW.replace(old, new)}\n{ROW.replace('CHG1', 'CHG9')}\n"
    changes, rejects = tickets(write("changes.csv", text))
    assert [c.id for c in changes] == ["CHG9"]
    assert [(r.source.record, reason in r.reason) for r in rejects] == [(2, True)]
    assert "row 2" in str(rejects[0])


@pytest.mark.parametrize(("column", "value"), [("approved_at", "maybe"), ("created", "?"), ("max_uses", "-1")])
def test_a_limit_that_cannot_be_read_is_not_ignored(write: Write, column: str, value: str) -> None:
    text = f"{HEADER},{column}\n{ROW},{value}\n{ROW.replace('CHG1', 'CHG9')},\n"
    changes, rejects = tickets(write("changes.csv", text))
    assert [c.id for c in changes] == ["CHG9"]
    assert len(rejects) == 1


def test_missing_columns_are_an_unavailable_source(write: Write) -> None:
    (reject,) = unavailable(write("changes.csv", "id,status,owner\nCHG1,approved,rosa\n"))
    assert "no column for actor, operation, target, start, end" in reject.reason
    assert "its columns are id, status, owner" in reject.reason


@pytest.mark.parametrize("text", ["", "\n\n", f"{HEADER}\n{ROW.replace('rosa', '')}\n", f'{HEADER}\n"\n'])
def test_nothing_usable_is_an_unavailable_source(write: Write, text: str) -> None:
    assert unavailable(write("changes.csv", text))


@pytest.mark.parametrize("text", ["", "{}", "7", "[7]", '{"changes": 1}'])
def test_json_without_tickets_is_an_unavailable_source(write: Write, text: str) -> None:
    assert unavailable(write("changes.json", text))


@pytest.mark.parametrize(("name", "text"), [("changes.csv", f"{HEADER}\n\n"), ("changes.json", "[]")])
def test_an_empty_source_is_a_source(write: Write, name: str, text: str) -> None:
    assert tickets(write(name, text)) == ((), [])


def test_one_ticket_may_have_several_targets(write: Write) -> None:
    changes, rejects = tickets(write("changes.csv", f"{HEADER}\n{ROW}\n{ROW.replace(',ines,', ',greta,')}\n{ROW}\n"))
    assert [c.target for c in changes] == ["ines", "greta"]
    assert [r.reason for r in rejects] == ["row 4: ticket CHG1 repeats row 2, and counts once"]


def test_a_ticket_that_contradicts_itself_approves_nothing(write: Write) -> None:
    rejects = unavailable(write("changes.csv", f"{HEADER}\n{ROW}\n{ROW.replace('Approved', 'rejected')}\n"))
    assert len(rejects) == 2
    assert "approved in row 2, rejected in row 3" in rejects[0].reason


def test_hostile_text_stays_data(write: Write) -> None:
    evil = "=cmd|'/c calc'!A1 \x1b[31m<script>"
    (change,), _ = tickets(write("changes.csv", f"{HEADER}\n{ROW.replace('for it', evil)}\n"))
    assert change.summary == evil


LINE = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=80)


@settings(deadline=None)  # files and first imports take their time
@given(st.lists(LINE, max_size=4), st.lists(LINE.map(lambda line: line.replace('"', "'")), max_size=4))
def test_a_ticket_survives_its_neighbours(before: list[str], after: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "changes.csv")
        path.write_text("\n".join([HEADER, *before, ROW, *after]), encoding="utf-8")
        changes = load_changes(path, [])
    assert changes is not None
    assert "CHG1" in [change.id for change in changes]


@settings(deadline=None)  # files and first imports take their time
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"{HEADER}\n{text}".encode("utf-8", "replace")))
def test_no_content_raises(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("changes.csv", "changes.json"):
            path = Path(folder, name)
            path.write_bytes(content)
            load_changes(path, [])


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda s: st.lists(s, max_size=3))


@settings(deadline=None)  # files and first imports take their time
@given(st.lists(st.dictionaries(st.sampled_from([*OBJECT, "fields", "max_uses"]), JSON), max_size=3))
def test_no_objects_raise(content: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "changes.json")
        path.write_text(json.dumps([*content, OBJECT]), encoding="utf-8")
        changes = load_changes(path, [])
    assert changes is None or all(change.start <= change.end for change in changes)


def test_a_ticket_without_an_end_or_whose_text_names_the_target_is_kept(write: Write) -> None:
    hasty = ROW.replace("ines", "").replace("2026-09-23T01:21:17Z", "")
    rejects: list[Reject] = []
    (found,) = load_changes(write("changes.csv", f"{HEADER}\n{hasty}\n"), rejects) or ()
    assert (found.target, found.end) == ("", found.start)
    assert not rejects
