"""The score of a run: every row of the answer sheet counts once, and each difference is named."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from keywitness.model import Answer
from keywitness.simulate.score import COLUMNS, merge, score, table

HEADER = (
    "event_id,expect,kind,change_request,off_hours,unusual_location,suspicious_history,atypical_actor,pattern,intel"
)


def sheet(folder: Path, *rows: str) -> Path:
    path = folder / "expected.csv"
    path.write_text("\n".join((f"{HEADER},parent_event", *rows)), encoding="utf-8")
    return path


def finding(event: str, action: str, parent: str | None = None) -> Any:
    answers = {question: Answer("no", "nothing") for question in COLUMNS.values()}
    decision = SimpleNamespace(action=action, because="so")
    change = SimpleNamespace(event_id=event, copies=())
    return SimpleNamespace(change=change, decision=decision, answers=answers, parent_event_id=parent)


def test_rows_count_decisions_and_name_what_is_wrong(tmp_path: Path) -> None:
    rows = ("e1,escalate,h-one,no,,,,,,,", "e2,escalate,h-one,yes,,,,,,no,e1", "e3,any,x-two,,,,,,,,")
    given = [finding("e1", "escalate"), finding("e2", "close"), finding("e3", "review")]
    found = score(sheet(tmp_path, *rows), given)
    one = found["h-one"]
    assert (one.count, one.decided) == (2, {"escalate": 1, "close": 1})
    assert [miss.what for miss in one.misses] == ["decision", "change_request", "parent"]
    assert (one.wrong("decision"), found["x-two"].misses) == (1, [])


def test_what_was_not_found_is_wrong(tmp_path: Path) -> None:
    (row,) = score(sheet(tmp_path, "e1,close,o-one,yes,,,,,,,"), []).values()
    assert row.decided == {"not found": 1}
    assert [miss.found for miss in row.misses] == ["not found"]


def test_runs_add_up_to_one_table(tmp_path: Path) -> None:
    path = sheet(tmp_path, "e1,close,o-one,,,,,,,,")
    total = merge(score(path, [finding("e1", action)]) for action in ("close", "review", "escalate"))
    lines = [line.split() for line in table(total).splitlines()]
    assert lines[1:] == [["o-one", "3", "1", "1", "1", "2", "0"], ["all", "3", "1", "1", "1", "2", "0"]]
