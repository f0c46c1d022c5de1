"""The time zone that working hours suggest."""

from pathlib import Path

import pytest

from keywitness.behaviour.clock import FAMILY, Clock
from tests.support import ago, ask_family, change, event, lake


def working(first: int, last: int, days: int = 30) -> Clock:
    """Active every day from one UTC hour to another."""
    hours = {h % 24 for h in range(first, last if last > first else last + 24)}
    return Clock(tuple(days if h in hours else 0 for h in range(24)), days)


def offset(clock: Clock, days: float = 15, contrast: float = 0.8) -> float | None:
    found = clock.zone(days, contrast)
    moved = found.zone.utcoffset(None) if found else None
    return moved.total_seconds() / 3_600 if moved is not None else None


@pytest.mark.parametrize("zone", [-10, -7, -5, 0, 1, 2, 5, 8, 9, 11])
@pytest.mark.parametrize(("start", "end"), [(8, 18), (9, 17), (9, 19), (7, 20)])
def test_an_offset_is_right_within_an_hour(zone: int, start: int, end: int) -> None:
    found = offset(working((start - zone) % 24, (end - zone) % 24))
    assert found is not None
    assert abs(found - zone) <= 1


def test_too_few_days_and_no_night_are_no_zone() -> None:
    assert offset(working(8, 18, days=14)) is None
    assert offset(Clock((20,) * 24, 30)) is None
    assert offset(Clock((0,) * 24, 0), days=0) is None
    shifts = Clock(tuple(20 if h < 16 else 8 for h in range(24)), 40)
    assert offset(shifts) is None


def test_it_says_how_sure_it_is() -> None:
    found = working(6, 16).zone(15, 0.8)
    assert found is not None
    assert found.said() == "UTC+02:00, inferred from 30 days of activity (100% less at night)"


def test_hours_are_days_with_activity_in_them(tmp_path: Path) -> None:
    rows = [event(time=ago(days=d)) for d in (3, 3, 4)] + [event(time=ago(days=4, hours=2))]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change())
    assert (found.hours[10], found.hours[8], sum(found.hours), found.days) == (2, 1, 3, 2)
