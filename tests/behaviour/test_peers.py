"""Alike by what they do, before the change."""

from pathlib import Path
from typing import Any

import pytest

from keywitness.behaviour.peers import FAMILY, MOST, Peers
from tests.support import ago, ask_family, change, event, lake


def doing(who: str, *operations: str, **when: float) -> list[dict[str, Any]]:
    return [event(actor_id=who, actor_name=who, operation=op, time=ago(**when or {"days": 9})) for op in operations]


def peers(rows: list[dict[str, Any]], folder: Path) -> Peers:
    found: Peers = ask_family(FAMILY, lake(rows, folder), change())[0]
    return found


def test_similarity_is_what_both_do_of_what_either_does(tmp_path: Path) -> None:
    rows = doing("ann", "a", "b", "c", "d") + doing("bob", "a", "b", "c") + doing("cyd", "a", "b", "c", "x", "y", "z")
    found = peers(rows, tmp_path)
    assert found.alike == {"bob": 0.75, "cyd": pytest.approx(3 / 7)}


def test_few_common_calls_make_nobody_alike(tmp_path: Path) -> None:
    assert peers(doing("ann", "a", "b") + doing("bob", "a", "b"), tmp_path) == Peers({})
    many = doing("ann", "a", "b", "c") + doing("bob", "a", "b", "c", *"defghijkl")
    assert peers(many, tmp_path) == Peers({})


def test_the_last_day_teaches_nothing(tmp_path: Path) -> None:
    rows = doing("ann", "a", "b", "c") + doing("bob", "a", "b") + doing("bob", "c", hours=3)
    assert peers(rows, tmp_path) == Peers({})


def test_the_most_alike_are_told(tmp_path: Path) -> None:
    crowd = [row for i in range(MOST + 5) for row in doing(f"x{i:02}", "a", "b", "c")]
    assert len(peers(doing("ann", "a", "b", "c") + crowd, tmp_path).alike) == MOST
