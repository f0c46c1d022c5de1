"""A case's age and clock in few words."""

from datetime import timedelta

import pytest

from keywitness.store.engine import Store
from keywitness.store.rows import find
from keywitness.web import ages
from tests.store.conftest import Watch
from tests.store.made import look


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=49), "2 d"),
    ],
)
def test_one_unit_is_enough(length: timedelta, text: str) -> None:
    assert ages.short(length) == text


def test_the_clock_says_what_is_left_and_what_is_over(store: Store, watch: Watch) -> None:
    with look(store) as desk:
        case = find(desk, "KW-EXTRA100")
    assert (ages.left(case, case.reported_at), ages.clock(case)) == (
        "60 min left".replace("60 min", "1 h"),
        "to take up",
    )
    assert ages.left(case, case.due_at + timedelta(minutes=5)) == "5 min over"
    assert ages.age(case, watch.now + timedelta(minutes=3)) == "3 min"
