"""A row and the record change together."""

import json

import pytest

from keywitness.store import ConflictError, NotFoundError, record, rows
from keywitness.store.engine import Store
from keywitness.store.tables import CASES
from tests.store.made import TENANT, desk, judged, look, put


def test_a_row_comes_back_as_it_was_written(store: Store) -> None:
    put(store, judged(1))
    with look(store) as there:
        case = rows.find(there, "KW-AAAAAAAA")
        stored = dict(there.connection.execute(CASES.select()).one()._mapping)
    assert rows.to_row(case, TENANT) == stored
    assert case.reasons == ("unauthorised", "pattern")


def test_each_change_says_in_the_record_what_the_case_is_now(store: Store) -> None:
    put(store, judged(1))
    with desk(store) as there:
        case = rows.find(there, "KW-AAAAAAAA")
        rows.change(there, case, case.version, "desk:case:assigned", {"to": "max"}, assignee="max")
    with look(store) as there:
        body = json.loads(record.entries(there)[0].body)
    assert body["case"] == {
        "status": "new",
        "decision": "escalate",
        "priority": "P2",
        "assignee": "max",
        "close_reason": None,
        "verdict_id": None,
        "merged_into": None,
    }


def test_a_change_that_comes_too_late_records_nothing(store: Store) -> None:
    put(store, judged(1))
    with look(store) as there:
        case = rows.find(there, "KW-AAAAAAAA")
    with pytest.raises(ConflictError), desk(store) as there:
        rows.change(there, case, case.version - 1, "desk:case:assigned", {}, assignee="max")
    with look(store) as there:
        assert rows.find(there, "KW-AAAAAAAA") == case
        assert len(record.entries(there)) == 1


def test_escalated_comes_first_then_priority() -> None:
    order = [rows.rank(d, p) for d in ("escalate", "review", "close") for p in ("P1", "P2", "P3", "P4")]
    assert order == sorted(set(order))


def test_an_id_that_nothing_has_is_not_found(store: Store) -> None:
    with look(store) as there, pytest.raises(NotFoundError, match="no case KW-X"):
        rows.find(there, "KW-X")
