"""Saved views."""

import pytest

from keywitness.store import NotFoundError, RefusedError, record, views
from keywitness.store.engine import Store
from tests.store.made import desk, look


def test_a_view_is_ones_own_unless_it_is_shared(store: Store) -> None:
    with desk(store, "jo") as there:
        views.save(there, "late P1", {"priorities": ["P1"], "late": True})
        views.save(there, "mine", {"assignee": "jo"}, shared=True)
        views.save(there, "late P1", {"priorities": ["P1", "P2"]})
    with look(store, "jo") as there:
        assert [(v.name, v.filters) for v in views.views(there)] == [
            ("late P1", {"priorities": ["P1", "P2"]}),
            ("mine", {"assignee": "jo"}),
        ]
    with desk(store, "max") as there:
        assert [v.name for v in views.views(there)] == ["mine"]
        with pytest.raises(NotFoundError):
            views.forget(there, "mine")
    with desk(store, "jo") as there:
        views.forget(there, "mine")
        assert [v.name for v in views.views(there)] == ["late P1"]


def test_a_view_of_another_tenant_is_not_there(store: Store) -> None:
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    with desk(store) as there:
        views.save(there, "mine", {}, shared=True)
    with look(store, tenant="acme") as there:
        assert views.views(there) == ()


def test_a_view_needs_a_name_and_an_end(store: Store) -> None:
    with desk(store) as there:
        for name, filters in ((" ", {}), ("x", {"text": "y" * 5_000})):
            with pytest.raises(RefusedError):
                views.save(there, name, filters)
