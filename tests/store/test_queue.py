"""The queue: order, filters, pages without gaps, counts."""

from datetime import timedelta
from typing import Any

import pytest

from keywitness.errors import UsageError
from keywitness.store import cases, queue, record
from keywitness.store.engine import Store
from keywitness.store.queue import Filters, Order
from tests.render.poison import TEXTS
from tests.store.conftest import Watch
from tests.store.made import desk, judged, look, put


def fill(store: Store) -> None:
    """Five open cases and a closed one, each of another actor."""
    alone: dict[str, Any] = {"session_id": None, "credential_used": None}
    put(
        store,
        judged(1, "KW-1", "review", actor="ann", **alone),
        judged(2000, "KW-2", actor="bob", **alone),
        judged(4000, "KW-3", actor="cyd", priority="P1", **alone),
        judged(6000, "KW-4", actor="dan", reasons=("unauthorised", "threat_intel"), source_ip="192.0.2.7", **alone),
        judged(8000, "KW-5", actor="eve", priority="P3", provider="entra", **alone),
        judged(9000, "KW-6", "close", actor="fay", **alone),
    )


def ids(store: Store, filters: Filters = queue.EVERYTHING_OPEN, order: Order = "urgency") -> list[str]:
    with look(store) as there:
        return [case.case_id for case in queue.page(there, filters, order).cases]


def test_the_most_urgent_comes_first(store: Store) -> None:
    fill(store)
    assert ids(store) == ["KW-3", "KW-2", "KW-4", "KW-5", "KW-1"]
    assert ids(store, order="newest") == ["KW-5", "KW-4", "KW-3", "KW-2", "KW-1"]
    assert ids(store, order="due") == ["KW-3", "KW-2", "KW-4", "KW-1", "KW-5"]


FOUND: tuple[tuple[Filters, str], ...] = (
    (Filters(open=None), "KW-3 KW-2 KW-4 KW-5 KW-1 KW-6"),
    (Filters(open=False), "KW-6"),
    (Filters(decisions=("review",)), "KW-1"),
    (Filters(priorities=("P2", "P1")), "KW-3 KW-2 KW-4"),
    (Filters(decisions=("escalate",), priorities=("P3",)), "KW-5"),
    (Filters(reason="threat_intel"), "KW-4"),
    (Filters(reason="threat"), ""),
    (Filters(provider="entra"), "KW-5"),
    (Filters(campaign="cyd"), "KW-3"),
    (Filters(used=False), ""),
    (Filters(text="192.0.2"), "KW-4"),
    (Filters(text="AKIAIOSFODNN7EX02000"), "KW-2"),
    (Filters(text="arn:aws:iam::418273645091:USER/bob"), "KW-2"),
    (Filters(text="bob"), "KW-2"),
    (Filters(text="kw-3"), "KW-3"),
    (Filters(text="%"), ""),
    (Filters(text="' OR 1=1 --"), ""),
    (Filters(statuses=("triage",)), ""),
    (Filters(assignee=""), "KW-3 KW-2 KW-4 KW-5 KW-1"),
    (Filters(decisions=("nonsense",)), ""),
    (Filters(close_reason="automated_closure", open=None), "KW-6"),
)


def test_filters_find_what_they_say(store: Store) -> None:
    fill(store)
    for filters, found in FOUND:
        assert ids(store, filters) == found.split(), filters


def test_hostile_filters_find_nothing_and_break_nothing(store: Store) -> None:
    fill(store)
    for text in (*filter(None, TEXTS.values()), "\0"):
        for filters in (Filters(text=text), Filters(reason=text), Filters(assignee=text), Filters(statuses=(text,))):
            assert ids(store, filters) == []


def test_mine_late_and_since(store: Store, watch: Watch) -> None:
    fill(store)
    with desk(store, "max") as there:
        cases.move(there, "KW-2", 1, "triage")
        cases.pause(there, "KW-3", 1, "waiting for the owner")
    assert ids(store, Filters(assignee="max")) == ["KW-2"]
    assert ids(store, Filters(statuses=("triage",))) == ["KW-2"]
    watch.pass_(minutes=70)
    assert ids(store, Filters(late=True)) == ["KW-4"]
    assert ids(store, Filters(late=False)) == ["KW-3", "KW-2", "KW-5", "KW-1"]
    with look(store) as there:
        newest = queue.page(there, order="newest").cases[0].last_at
    assert ids(store, Filters(since=newest)) == ["KW-5"]
    assert "KW-5" not in ids(store, Filters(until=newest))


@pytest.mark.parametrize("order", list(queue.ORDERS))
def test_pages_follow_each_other_without_a_gap(store: Store, order: Order) -> None:
    put(store, *(judged(n, f"KW-{n:03}", actor=f"u{n}", session_id=None) for n in range(23)))
    seen: list[str] = []
    after: str | None = None
    with look(store) as there:
        while True:
            page = queue.page(there, order=order, after=after, size=5)
            seen += [case.case_id for case in page.cases]
            after = page.after
            if after is None:
                break
        assert seen == [case.case_id for case in queue.page(there, order=order, size=99).cases]
    assert len(set(seen)) == 23


def test_a_forged_key_is_refused(store: Store) -> None:
    with look(store) as there:
        for key in ("", "nonsense", "bnVsbA", "WyJkdWUiXQ", "\0", "W10", "WyJ1cmdlbmN5IiwxLCJ4IiwieSJd"):
            with pytest.raises(UsageError, match="page's key"):
                queue.page(there, after=key)


def test_counts_are_those_of_the_open_cases(store: Store, watch: Watch) -> None:
    fill(store)
    watch.now += timedelta(minutes=16)
    with look(store) as there:
        found = queue.counts(there)
        assert (found.total, found.late) == (5, 1)
        assert found.decision == {"escalate": 4, "review": 1}
        assert found.priority == {"P1": 1, "P2": 2, "P3": 2}
        assert (found.status, found.assignee) == ({"new": 5}, {"": 5})
        assert queue.counts(there, open_only=False).status == {"new": 5, "closed": 1}
        assert queue.campaigns(there, 2) == (("ann", 1), ("bob", 1))


def test_a_tenant_sees_its_own_queue_only(store: Store) -> None:
    fill(store)
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    with look(store, tenant="acme") as there:
        assert queue.page(there, Filters(open=None)).cases == ()
        assert queue.page(there, Filters(text="bob")).cases == ()
        assert queue.counts(there).total == 0
        assert queue.campaigns(there) == ()


def test_a_start_that_very_many_cases_have_is_found_in_the_queues_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keywitness.store.terms._FEW", 2)
    fill(store)
    assert ids(store, Filters(text="arn:aws:iam")) == ["KW-3", "KW-2", "KW-4", "KW-5", "KW-1"]
    assert ids(store, Filters(text="arn:aws:iam", reason="threat_intel")) == ["KW-4"]
