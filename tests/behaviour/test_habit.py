"""Who made this kind of change before, and how often."""

from pathlib import Path
from typing import Any

from keywitness.behaviour.habit import FAMILY, Doer, Habit
from tests.support import AT, ago, ask_family, change, lake, later


def habit(tmp_path: Path, *history: Any, of: Any = None) -> Habit:
    found: Habit = ask_family(FAMILY, lake([], tmp_path), of or change(), history=history)[0]
    return found


def test_count_days_and_last_by_principal(tmp_path: Path) -> None:
    found = habit(
        tmp_path,
        change(time=ago(days=9)),
        change(time=ago(days=5, hours=1)),
        change(time=ago(days=5), target="other"),
        change("bob", time=ago(days=40)),
    )
    assert found == Habit({"ann": Doer(3, 2, ago(days=5)), "bob": Doer(1, 1, ago(days=40))})


def test_another_kind_of_change_is_no_habit(tmp_path: Path) -> None:
    others: list[dict[str, Any]] = [
        {"credential_type": "ssh_public_key"},
        {"outcome": "failure"},
        {"outcome": "unknown"},
        {"change": "removed"},
        {"target": "ann"},  # a key for oneself is another kind of change
    ]
    assert habit(tmp_path, *(change(**{"time": ago(days=9)} | past) for past in others)) == Habit({})


def test_rotating_ones_own_key_is_a_habit_of_its_own(tmp_path: Path) -> None:
    own = change(target="ann")
    assert set(habit(tmp_path, change(time=ago(days=9), target="ann"), of=own).doers) == {"ann"}


def test_the_lookback_is_whole_days_and_ends_a_day_before(tmp_path: Path) -> None:
    edges = {
        AT: False,
        ago(hours=23): False,
        ago(days=1): False,
        ago(days=3): True,
        ago(days=90): True,
        ago(days=92): False,
        later(days=2): False,
    }
    found = habit(tmp_path, *(change(f"a{i}", time=when) for i, when in enumerate(edges)))
    assert [f"a{i}" in found.doers for i in range(len(edges))] == list(edges.values())
