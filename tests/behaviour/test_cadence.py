"""Jobs that run once a week or a month."""

from pathlib import Path

import pytest

from keywitness.behaviour.cadence import FAMILY, Cadence
from tests.support import ago, ask_family, change, event, lake


def test_days_with_activity_at_the_hour(tmp_path: Path) -> None:
    weekly = [event(time=ago(days=d, minutes=9)) for d in (7, 14, 21)]
    other_hours = [event(time=ago(days=d, hours=5)) for d in (8, 9)]
    (found,) = ask_family(FAMILY, lake(weekly + other_hours, tmp_path), change())
    assert found == Cadence((7, 14, 21))


@pytest.mark.parametrize(
    ("days", "interval"),
    [
        ((7, 14, 21), 7),
        ((7, 14), None),  # two runs are chance
        ((3, 6, 9, 12), 3),
        ((2, 3, 4, 5), None),  # each day is a rhythm
        ((7, 14, 28), None),  # one run is missing
        ((1, 8, 15, 22), None),  # the change is not the next run
        ((30, 61, 91), 30),
        ((28, 59, 89), 30),
        ((40, 80, 120), None),
        ((), None),
    ],
)
def test_a_cadence_is_regular_and_the_change_its_next_run(days: tuple[int, ...], interval: int | None) -> None:
    assert Cadence(days).interval(3) == interval
