"""What the actor did within a day of the change."""

from pathlib import Path
from typing import Any

from keywitness.behaviour.acts import FAMILY, MOST, Act, Acts
from tests.support import AT, ago, ask_family, change, event, lake, later

WRITE: dict[str, Any] = {"read_only": False, "operation": "iam:AttachUserPolicy", "target_id": "svc"}


def acts(rows: list[dict[str, Any]], tmp_path: Path) -> Acts:
    found: Acts = ask_family(FAMILY, lake(rows, tmp_path), change(event_id="own", session_id="S1"))[0]
    return found


def test_the_same_act_is_counted_and_the_session_told_apart(tmp_path: Path) -> None:
    rows = [
        event(time=ago(hours=2), event_id="a1", session_id="S1", **WRITE),
        event(time=ago(hours=1), session_id="S1", **WRITE),
        event(time=later(hours=1), event_id="a3", session_id="S2", source_ip="192.0.2.1", **WRITE),
    ]
    first = Act("iam:AttachUserPolicy", "management", "success", "svc", None, True, 2, ago(hours=2), "a1")
    second = Act("iam:AttachUserPolicy", "management", "success", "svc", "192.0.2.1", False, 1, later(hours=1), "a3")
    assert acts(rows, tmp_path) == Acts((first, second), 0)


def test_writes_failures_and_risks_are_shown(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], bool]] = [
        ({"read_only": False}, True),
        ({"read_only": None}, True),
        ({"read_only": True}, False),
        ({"read_only": True, "outcome": "failure"}, True),
        ({"read_only": False, "class_": "data"}, False),
        ({"read_only": None, "class_": "risk"}, True),
        ({"read_only": False, "event_id": "own"}, False),
        ({"read_only": False, "actor_id": "bob"}, False),
        ({"read_only": False, "time": ago(hours=25)}, False),
        ({"read_only": False, "time": later(hours=25)}, False),
    ]
    rows = [event(**{"time": AT, "operation": f"case {i}"} | columns) for i, (columns, _) in enumerate(cases)]
    shown = {act.operation for act in acts(rows, tmp_path).acts}
    assert shown == {f"case {i}" for i, (_, expected) in enumerate(cases) if expected}


def test_what_is_not_shown_is_counted(tmp_path: Path) -> None:
    rows = [event(time=ago(minutes=i), read_only=False, target_id=f"t{i}") for i in range(MOST + 3)]
    found = acts(rows, tmp_path)
    assert (len(found.acts), found.more) == (MOST, 3)
