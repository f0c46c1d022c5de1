"""Refusals are recorded, and a flood of them is one entry."""

from keywitness.store.engine import Store
from keywitness.web.refusals import MOST, refuse
from tests.web.desk import recorded


def test_a_flood_ends_in_one_entry_that_says_so(store: Store) -> None:
    for _ in range(MOST + 20):
        refuse(store, "default", "tim", "csrf", "/t/default/team", "192.0.2.1")
    found = recorded(store, "web:access:denied")
    assert len(found) == MOST + 1
    assert "many more" in found[0][1]


def test_a_tenant_that_is_not_there_is_told_of_in_the_first(store: Store) -> None:
    refuse(store, "nowhere\0", "tim", "tenant", "/t/nowhere", "192.0.2.1")
    assert len(recorded(store, "web:access:denied")) == 1
