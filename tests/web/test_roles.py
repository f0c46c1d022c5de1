"""Each role may what the one before may, and only some may decide, contain and manage."""

from itertools import pairwise

import pytest

from keywitness.store.people import ALL_ROLES
from keywitness.web.roles import NAMES, RIGHTS, may, right_to_move


def test_rights_only_grow_and_every_role_has_a_name() -> None:
    for lower, higher in pairwise(ALL_ROLES):
        assert RIGHTS[lower] < RIGHTS[higher]
    assert set(NAMES) == set(ALL_ROLES)
    assert not may("viewer", "work")


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("new", "escalated", "work"),
        ("escalated", "triage", "decide"),
        ("closed", "triage", "decide"),
        ("escalated", "contained", "contain"),
    ],
)
def test_a_move_takes_a_right(old: str, new: str, right: str) -> None:
    assert right_to_move(old, new) == right
