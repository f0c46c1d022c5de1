"""Create, use, take away: at an interval."""

from pathlib import Path
from typing import Any

import pytest

from keywitness.behaviour.rotation import FAMILY, Rotation
from tests.support import AT, ago, ask_family, change, lake


def rotation(*days: float, removed: int = 0) -> Rotation:
    return Rotation(tuple(ago(days=d) for d in days), tuple(ago(days=d - 1) for d in days[:removed]), AT)


@pytest.mark.parametrize(
    ("days", "cadence"),
    [
        ((90, 60, 30), (30, 0)),
        ((92, 61, 29), (31, 2)),
        ((270, 180, 90), (90, 0)),
        ((60, 30), None),  # two runs are no habit
        ((90, 60, 10), None),  # the change is early
        ((90, 60, 30, 29.9), None),  # a second one on one day
        ((0.3, 0.2, 0.1), None),  # a burst
        ((), None),
    ],
)
def test_a_rotation_is_regular_and_the_change_is_its_next_run(days: tuple[float, ...], cadence: Any) -> None:
    assert rotation(*days).cadence(3) == cadence


def test_nothing_before_is_no_rotation() -> None:
    assert Rotation((), ()).cadence(0) is None


@pytest.mark.parametrize(("removed", "kept"), [(0, 2), (1, 1), (2, 0), (3, 0)])
def test_all_but_the_last_should_be_gone(removed: int, kept: int) -> None:
    assert rotation(90, 60, 30, removed=removed).kept() == kept


def test_the_same_hand_target_and_kind_for_thirteen_months(tmp_path: Path) -> None:
    past: list[dict[str, Any]] = [
        {"time": ago(days=30)},
        {"time": ago(days=390)},
        {"time": ago(days=400)},
        {"time": ago(days=20), "target": "other"},
        {"time": ago(days=20), "actor": "bob"},
        {"time": ago(days=20), "credential_type": "ssh_public_key"},
        {"time": ago(days=20), "outcome": "failure"},
        {"time": ago(days=29), "change": "removed", "actor": "bob"},  # whoever cleans up
        {"time": ago(days=28), "change": "disabled"},
    ]
    history = [change(**given) for given in past]
    (found,) = ask_family(FAMILY, lake([], tmp_path), change(), history=history)
    assert found == Rotation((ago(days=390), ago(days=30)), (ago(days=29), ago(days=28)), AT)
