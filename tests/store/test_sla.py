"""Clocks: targets, pauses and business hours."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keywitness.errors import UsageError
from keywitness.store.sla import Rules, counted_pause, due, load_rules, took

FRIDAY = datetime(2026, 9, 4, 17, 30, tzinfo=UTC)
NONE = timedelta()


def rules(tmp_path: Path, text: str) -> Rules:
    (tmp_path / "sla.toml").write_text(text)
    return load_rules(tmp_path / "sla.toml")


@pytest.mark.parametrize(("priority", "minutes"), [("P1", 15), ("P2", 60), ("P3", 240), ("P4", 1440)])
def test_the_shipped_targets_are_those_of_the_triage_guide(priority: str, minutes: int) -> None:
    assert due(load_rules(), priority, False, FRIDAY, NONE) == FRIDAY + timedelta(minutes=minutes)


def test_a_case_that_was_taken_up_has_the_clock_to_its_closing() -> None:
    assert due(load_rules(), "P1", True, FRIDAY, timedelta(hours=1)) == FRIDAY + timedelta(hours=9)


def test_business_hours_end_on_friday_and_go_on_on_monday(tmp_path: Path) -> None:
    week = rules(tmp_path, '[business_hours]\npriorities = ["P3"]\ntimezone = "Europe/Berlin"\n')
    at_noon = FRIDAY.replace(hour=12, minute=0)  # 14:00 in Berlin
    assert due(week, "P3", False, at_noon, NONE) == at_noon + timedelta(hours=4)
    late = FRIDAY.replace(hour=15, minute=0)  # 17:00 in Berlin: one hour is left
    assert due(week, "P3", False, late, NONE) == datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
    assert due(week, "P1", False, late, NONE) == late + timedelta(minutes=15)


def test_the_clock_change_of_autumn_costs_no_working_hour(tmp_path: Path) -> None:
    week = rules(tmp_path, '[business_hours]\npriorities = ["P3"]\ntimezone = "Europe/Berlin"\n')
    friday = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # 17:00 CEST; on Monday it is CET
    assert due(week, "P3", False, friday, NONE) == datetime(2026, 10, 26, 10, 0, tzinfo=UTC)


def test_a_pause_counts_up_to_the_longest() -> None:
    known = load_rules()
    assert counted_pause(known, FRIDAY, FRIDAY + timedelta(hours=2)) == timedelta(hours=2)
    assert counted_pause(known, FRIDAY, FRIDAY + timedelta(days=30)) == known.longest_pause
    assert counted_pause(known, FRIDAY, FRIDAY - timedelta(days=1)) == NONE


def test_what_took_long_is_told_without_the_pauses() -> None:
    assert took(FRIDAY, FRIDAY + timedelta(minutes=10), timedelta(minutes=4)) == 360
    assert took(FRIDAY, FRIDAY, timedelta(minutes=4)) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[acknowledge]\nP1 = 0", "no number of minutes"),
        ("[acknowledge]\nP1 = true", "no number of minutes"),
        ("[acknowledge]\nP9 = 1", "nothing that can be set"),
        ("[lunch]\nat = 12", "nothing that can be set"),
        ("acknowledge = 3", "can't be read"),
        ('[business_hours]\ntimezone = "Mars/Base"', "no time zone"),
        ('[business_hours]\nstart = "19:00"', "must start before they end"),
        ("[business_hours]\ndays = []", "must start before they end"),
        ("[acknowledge", "can't be read"),
    ],
)
def test_a_file_that_cannot_be_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as raised:
        rules(tmp_path, text)
    assert "sla.toml" in str(raised.value)
