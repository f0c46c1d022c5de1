"""Shifts on call, as people export them."""

from datetime import timedelta
from pathlib import Path

import pytest

from keywitness.context.identities import Directory
from keywitness.context.oncall import load_oncall, on_call
from keywitness.errors import Reject
from tests.support import AT, party, principal


def written(text: str, folder: Path) -> Path:
    path = folder / "oncall.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("late", "name", "found"),
    [(0, "ann", True), (8, "ann", True), (9, "ann", False), (-1, "ann", False), (0, "bob", False)],
)
def test_a_shift_has_a_start_an_end_and_one_person(late: int, name: str, found: bool, tmp_path: Path) -> None:
    shifts = load_oncall(written("identity,start,end\nAnn,2026-09-15T10:00Z,2026-09-15T18:00:00Z\n", tmp_path), [])
    shift = on_call(shifts or (), AT + timedelta(hours=late), principal(name), party(name), Directory())
    assert (shift is not None) is found


def test_a_date_is_its_whole_day(tmp_path: Path) -> None:
    (shift,) = load_oncall(written("identity;start;end\nann;2026-09-14;2026-09-15\n", tmp_path), []) or ()
    assert shift.end.isoformat() == "2026-09-15T23:59:59.999999+00:00"


@pytest.mark.parametrize(
    "row", ["ann,soon,2026-09-15", "ann,2026-09-16,2026-09-15", ",2026-09-14,2026-09-15", "*,2026-09-14,2026-09-15"]
)
def test_a_row_that_cannot_be_used_costs_no_other(row: str, tmp_path: Path) -> None:
    rejects: list[Reject] = []
    shifts = load_oncall(written(f"identity,start,end\n{row}\nbob,2026-09-14,2026-09-15\n", tmp_path), rejects)
    assert [shift.identity for shift in shifts or ()] == ["bob"]
    assert "row 2" in str(rejects[0])


def test_no_file_is_no_source_and_neither_is_one_without_its_columns(tmp_path: Path) -> None:
    rejects: list[Reject] = []
    assert load_oncall(None, rejects) is None
    assert load_oncall(written("who,from,to\n", tmp_path), rejects) is None
    assert "identity, start, end" in str(rejects[0])
