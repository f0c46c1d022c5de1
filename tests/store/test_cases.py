"""What people do to a case, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from keywitness.store import ConflictError, Desk, NotFoundError, RefusedError, cases, record
from keywitness.store.engine import Store
from keywitness.store.records import CaseRow
from keywitness.store.rows import find
from tests.store.conftest import Watch
from tests.store.made import desk, judged, look, put

CASE = "KW-AAAAAAAA"


@pytest.fixture
def case(store: Store) -> CaseRow:
    put(store, judged(1, CASE))
    return now(store)


def now(store: Store) -> CaseRow:
    with look(store) as there:
        return find(there, CASE)


def do(store: Store, act: Callable[..., CaseRow], *given: Any, who: str = "jo", **named: Any) -> CaseRow:
    """Do it at the case's present version."""
    version = now(store).version
    with desk(store, who) as there:
        return act(there, CASE, version, *given, **named)


def test_a_case_is_worked_from_new_to_closed(store: Store, case: CaseRow, watch: Watch) -> None:
    assert (case.status, case.assignee, case.due_at) == ("new", None, watch.now + timedelta(hours=1))
    watch.pass_(minutes=10)
    taken = do(store, cases.move, "triage")
    assert (taken.status, taken.assignee, taken.acknowledged_after) == ("triage", "jo", 600)
    assert taken.due_at == case.reported_at + timedelta(days=1)
    watch.pass_(minutes=5)
    assert do(store, cases.move, "escalated").escalated_at == watch.now
    assert do(store, cases.move, "contained", who="max").contained_at == watch.now
    closed = do(store, cases.close, "true_positive", "key deleted")
    assert (closed.status, closed.close_reason, closed.verdict_id) == ("closed", "true_positive", 2)
    assert closed.resolved_after == 900
    assert not closed.late(watch.now + timedelta(days=99))
    with look(store) as there:
        said = [(e.who, e.action) for e in record.entries(there, CASE)]
    assert said == [
        ("jo", "desk:case:closed"),
        ("max", "desk:case:moved"),
        ("jo", "desk:case:moved"),
        ("jo", "desk:case:moved"),
        ("keywitness", "triage:case:opened"),
    ]


@pytest.mark.usefixtures("case")
def test_a_case_that_was_closed_too_early_is_opened_again(store: Store, watch: Watch) -> None:
    do(store, cases.close, "false_positive")
    watch.pass_(days=2)
    with pytest.raises(RefusedError, match="only with a reason"):
        do(store, cases.move, "triage")
    opened = do(store, cases.move, "triage", "the ticket is forged")
    assert (opened.status, opened.reopens, opened.close_reason, opened.verdict_id) == ("triage", 1, None, None)
    assert opened.due_at == watch.now + timedelta(days=1)


@pytest.mark.parametrize(
    ("act", "given", "says"),
    [
        (cases.move, ("contained",), "is new and can't become contained"),
        (cases.move, ("closed",), "closed with a reason"),
        (cases.move, ("asleep",), "no status"),
        (cases.close, ("bored",), "no reason to close"),
        (cases.close, ("automated_closure",), "only triage closes"),
        (cases.close, ("duplicate",), "must name the case"),
        (cases.prioritise, ("P0", "because"), "no priority"),
        (cases.prioritise, ("P1", " "), "needs a reason"),
        (cases.pause, ("lunch",), "stops no clock"),
        (cases.resume, (), "is running"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_and_leaves_nothing(
    store: Store, case: CaseRow, act: Callable[..., CaseRow], given: tuple[Any, ...], says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        do(store, act, *given)
    assert now(store) == case
    with look(store) as there:
        assert len(record.entries(there)) == 1


@pytest.mark.usefixtures("case")
def test_a_duplicate_names_another_case(store: Store) -> None:
    put(store, judged(2000, "KW-BBBBBBBB", actor="max"))
    with pytest.raises(RefusedError, match="duplicate of itself"):
        do(store, cases.close, "duplicate", duplicate_of=CASE)
    with pytest.raises(NotFoundError, match="KW-NOWHERE"):
        do(store, cases.close, "duplicate", duplicate_of="KW-NOWHERE")
    assert do(store, cases.close, "duplicate", duplicate_of="KW-BBBBBBBB").verdict_id == 10


def test_two_analysts_cannot_overwrite_each_other(store: Store, case: CaseRow) -> None:
    with desk(store, "max") as there:
        cases.assign(there, CASE, case.version, "max")
    acts: list[Callable[[Desk], object]] = [
        lambda there: cases.assign(there, CASE, case.version, "jo"),
        lambda there: cases.move(there, CASE, case.version, "triage"),
        lambda there: cases.close(there, CASE, case.version, "false_positive"),
        lambda there: cases.prioritise(there, CASE, case.version, "P1", "because"),
        lambda there: cases.pause(there, CASE, case.version, "waiting for the owner"),
    ]
    for act in acts:
        with pytest.raises(ConflictError, match="changed by somebody else") as raised, desk(store, "jo") as there:
            act(there)
        assert raised.value.version == case.version + 1
    assert (now(store).assignee, now(store).status) == ("max", "new")


def test_a_paused_clock_stands_still(store: Store, case: CaseRow, watch: Watch) -> None:
    do(store, cases.pause, "waiting for the owner")
    watch.pass_(hours=5)
    assert not now(store).late(watch.now)
    with pytest.raises(RefusedError, match="stands still already"):
        do(store, cases.pause, "waiting for the owner")
    resumed = do(store, cases.resume)
    assert (resumed.due_at, resumed.paused_seconds) == (case.due_at + timedelta(hours=5), 5 * 3600)
    watch.pass_(minutes=61)
    assert now(store).late(watch.now)
    assert do(store, cases.move, "triage").acknowledged_after == 61 * 60


def test_a_move_ends_a_pause(store: Store, case: CaseRow, watch: Watch) -> None:
    do(store, cases.pause, "waiting for the actor")
    watch.pass_(hours=1)
    moved = do(store, cases.move, "escalated")
    assert (moved.paused_at, moved.pause_reason, moved.paused_seconds) == (None, "", 3600)
    assert moved.acknowledged_after == 0
    assert case.paused_seconds == 0


def test_a_priority_set_by_a_person_moves_the_clock(store: Store, case: CaseRow) -> None:
    raised = do(store, cases.prioritise, "P1", "it is the payroll")
    assert (raised.priority, raised.priority_by) == ("P1", "jo")
    assert raised.due_at == case.reported_at + timedelta(minutes=15)


@pytest.mark.usefixtures("case")
def test_a_closed_case_is_given_to_nobody(store: Store) -> None:
    do(store, cases.close, "false_positive")
    with pytest.raises(RefusedError, match="is closed"):
        do(store, cases.assign, "max")


@pytest.mark.usefixtures("case")
def test_another_tenants_case_is_not_there(store: Store) -> None:
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    acts: list[Callable[[Desk], object]] = [
        lambda there: cases.assign(there, CASE, 1, "eve"),
        lambda there: cases.move(there, CASE, 1, "triage"),
    ]
    for act in acts:
        with pytest.raises(NotFoundError, match="no case KW-AAAAAAAA"), desk(store, tenant="acme") as there:
            act(there)
