"""Findings go in and come out as they were, the printed line to the byte."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from keywitness.model import EventId
from keywitness.render.json import lines
from keywitness.store import NotFoundError, StoreError, findings
from keywitness.store.engine import Store
from keywitness.store.load import load
from keywitness.store.proof import prove
from keywitness.store.tables import FINDINGS
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report
from tests.store.made import TENANT, judged, look, put


def test_the_printed_line_is_kept_to_the_byte(store: Store) -> None:
    list(load(store, TENANT, report().cases))
    with look(store) as there:
        kept = there.connection.execute(sa.select(FINDINGS.c.json).order_by(FINDINGS.c.at, FINDINGS.c.event_id))
        assert kept.scalars().all() == list(lines(report()))


def test_the_whole_finding_comes_back_with_record_and_timeline(store: Store) -> None:
    case = report().cases[0]
    list(load(store, TENANT, [case]))
    with look(store) as there:
        back = [stored.finding for stored in findings.of_case(there, case.case_id)]
    assert back == list(case.findings)
    assert [f.change.raw for f in back] == [f.change.raw for f in case.findings]
    assert back[0].local_time.utcoffset() == case.findings[0].local_time.utcoffset()


def test_hostile_findings_are_kept_on_both_databases(store: Store) -> None:
    for name in TEXTS:
        list(load(store, TENANT, poisoned(name).cases))
    with look(store) as there:
        rows = there.connection.execute(sa.select(FINDINGS.c.case_id, FINDINGS.c.json)).all()
        assert len(rows) == sum(len(poisoned(name).findings) for name in TEXTS)
        assert all(json.loads(row.json) for row in rows)
        assert all(findings.of_case(there, row.case_id) for row in rows[::20])
        assert prove(there) is None


def test_changes_under_one_event_id_are_told_apart_and_keep_their_ids() -> None:
    one, other = judged(1), judged(1, target="svc-mail")
    again = [ident for ident, _ in findings.identify([replace(one, sentence="now known better"), other])]
    assert [ident for ident, _ in findings.identify([one, other])] == again
    assert len(set(again)) == 2
    (alone,) = findings.identify([replace(one, change=replace(one.change, event_id=EventId("\ud800")))])
    assert alone[0].isalnum()


def test_what_was_damaged_in_the_database_is_an_error_that_names_it(store: Store) -> None:
    put(store, judged(1))
    with store.across(writes=True) as connection:
        connection.execute(sa.update(FINDINGS).values(whole=b"nonsense"))
    with look(store) as there, pytest.raises(StoreError, match="changed in the database"):
        findings.of_case(there, "KW-AAAAAAAA")
    with look(store) as there, pytest.raises(NotFoundError, match="no such change"):
        findings.one(there, "KW-AAAAAAAA", "0" * 24)
