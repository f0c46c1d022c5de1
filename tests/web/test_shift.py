"""The shift in numbers, and its handover."""

import pytest

from keywitness.store.engine import Store
from tests.store.conftest import Watch
from tests.web.desk import at_desk


def test_the_numbers_are_those_of_the_store(store: Store, watch: Watch) -> None:
    tim = at_desk(store, "tim")
    watch.pass_(minutes=10)
    tim.act("KW-EXTRA100", "take")
    watch.pass_(minutes=20)
    tim.act("KW-EXTRA100", "close", reason="benign_positive")
    text = tim.get("shift?period=day").text
    assert "10 minutes" in text
    assert "30 minutes" in text
    assert "benign positive" in text
    assert "2026-09-01" in text


@pytest.mark.parametrize("period", ["shift", "day", "week", "month", "nonsense", "%00"])
def test_any_period_is_shown(store: Store, period: str) -> None:
    assert at_desk(store, "vera").get(f"shift?period={period}").status_code == 200


def test_the_handover_is_a_file(store: Store) -> None:
    answer = at_desk(store, "vera").get("shift/handover?period=day")
    assert answer.headers["content-disposition"] == 'attachment; filename="handover-24-hours.md"'
    assert "Shift handover of default" in answer.text
