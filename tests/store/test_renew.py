"""Triage comes back with more: facts are added, nothing that people did is lost."""

from dataclasses import replace

import pytest

from keywitness.store import casefile, cases, record, writing
from keywitness.store.engine import Store
from keywitness.store.records import CaseFile, CaseRow
from keywitness.store.rows import find
from tests.store.conftest import Watch
from tests.store.made import DECISIONS, desk, judged, look, put

CASE = "KW-AAAAAAAA"


def case(store: Store, ident: str = CASE) -> CaseRow:
    with look(store) as there:
        return find(there, ident)


def file(store: Store) -> CaseFile:
    with look(store) as there:
        return casefile.open_file(there, CASE)


def test_new_facts_join_an_open_case_and_keep_what_people_wrote(store: Store, watch: Watch) -> None:
    put(store, judged(5, CASE))
    with desk(store) as there:
        taken = cases.move(there, CASE, 1, "triage")
        writing.note(there, CASE, "asked Dora")
        first = casefile.open_file(there, CASE).findings[0].finding_id
        writing.overturn(there, CASE, taken.version, first, "off_hours", "no", "on call")
    watch.pass_(hours=1)
    again = replace(judged(5, CASE), sentence="dora created a key, and it has been used.")
    (loaded,) = put(store, again, judged(6, CASE, priority="P1"))
    assert (loaded.outcome, loaded.case_id) == ("updated", CASE)
    assert "1 new change; 1 change judged anew" in loaded.why
    now = file(store)
    assert (now.case.status, now.case.assignee, now.case.priority) == ("triage", "jo", "P1")
    assert (now.case.findings, now.case.facts_at, len(now.notes), len(now.overturns)) == (2, watch.now, 1, 1)
    assert now.findings[0].finding.sentence == again.sentence
    assert now.answer(now.findings[0], "off_hours")[0] == "no"
    assert now.record[0].action == "triage:case:updated"


def test_older_logs_give_the_case_another_id_that_leads_to_it(store: Store) -> None:
    put(store, judged(5, "KW-FIVEFIVE"))
    (loaded,) = put(store, judged(2, "KW-TWOTWOTW"), judged(5, "KW-TWOTWOTW"))
    assert (loaded.case_id, loaded.outcome) == ("KW-FIVEFIVE", "updated")
    assert case(store, "KW-TWOTWOTW").case_id == "KW-FIVEFIVE"
    assert [f.outcome for f in put(store, judged(2, "KW-TWOTWOTW"), judged(5, "KW-TWOTWOTW"))] == ["unchanged"]
    with look(store) as there:
        assert casefile.open_file(there, "KW-TWOTWOTW").aliases == ("KW-TWOTWOTW",)


def test_a_child_of_a_known_credential_joins_its_case_without_the_parent(store: Store) -> None:
    put(store, judged(1, CASE))
    (loaded,) = put(store, judged(4000, "KW-CHILDCHI", actor="svc-backup", parent=1))
    assert loaded.case_id == CASE
    assert case(store).findings == 2


@pytest.mark.parametrize("reason", ["false_positive", "benign_positive", "true_positive"])
def test_a_closed_case_opens_again_for_new_hostile_facts_and_says_so(store: Store, watch: Watch, reason: str) -> None:
    put(store, judged(5, CASE))
    with desk(store) as there:
        cases.close(there, CASE, 1, reason)
    watch.pass_(days=1)
    assert [f.outcome for f in put(store, judged(5, CASE))] == ["unchanged"]
    (loaded,) = put(store, judged(5, CASE), judged(6, CASE))
    assert loaded.outcome == "reopened"
    assert "1 new change; escalate: dora created an access key" in loaded.why
    now = case(store)
    assert (now.status, now.reopens, now.close_reason, now.acknowledged_at) == ("new", 1, None, None)
    assert now.clock_from == watch.now
    with look(store) as there:
        newest = record.entries(there, CASE, limit=1)[0]
    assert newest.action == "triage:case:reopened"
    assert "1 new change" in newest.body


def test_a_closed_case_stays_closed_for_what_is_harmless(store: Store) -> None:
    put(store, judged(5, CASE, "close"))
    (loaded,) = put(store, judged(5, CASE, "close"), judged(6, CASE, "close"))
    assert loaded.outcome == "updated"
    assert (case(store).status, case(store).findings) == ("closed", 2)


@pytest.mark.parametrize(("action", "outcome"), [("escalate", "reopened"), ("review", "reopened")])
def test_what_triage_closed_opens_when_it_looks_worse(store: Store, action: str, outcome: str) -> None:
    put(store, judged(5, CASE, "close"))
    worse = replace(judged(5, CASE, "close"), decision=DECISIONS[action])
    assert [f.outcome for f in put(store, worse)] == [outcome]
    assert (case(store).status, case(store).decision) == ("new", action)


def test_a_further_reason_opens_a_closed_case(store: Store) -> None:
    put(store, judged(5, CASE))
    with desk(store) as there:
        cases.close(there, CASE, 1, "false_positive")
    fewer = judged(5, CASE, reasons=("unauthorised",))
    assert [f.outcome for f in put(store, fewer)] == ["updated"]
    assert [f.outcome for f in put(store, judged(5, CASE, reasons=("unauthorised", "threat_intel")))] == ["reopened"]


def test_a_late_ticket_closes_a_case_that_nobody_touched(store: Store) -> None:
    put(store, judged(5, CASE))
    assert [f.outcome for f in put(store, judged(5, CASE, "close"))] == ["closed"]
    assert (case(store).close_reason, case(store).decision) == ("automated_closure", "close")


@pytest.mark.parametrize("touch", ["note", "assign", "triage"])
def test_a_late_ticket_does_not_close_a_case_that_somebody_has(store: Store, touch: str) -> None:
    put(store, judged(5, CASE))
    with desk(store) as there:
        if touch == "note":
            writing.note(there, CASE, "asked Dora")
        elif touch == "assign":
            cases.assign(there, CASE, 1, "max")
        else:
            cases.move(there, CASE, 1, "triage")
    assert [f.outcome for f in put(store, judged(5, CASE, "close"))] == ["updated"]
    assert (case(store).is_open, case(store).decision) == (True, "close")


def test_a_persons_priority_stays_until_something_worse_comes(store: Store) -> None:
    put(store, judged(5, CASE))
    with desk(store) as there:
        cases.prioritise(there, CASE, 1, "P3", "a test account")
    put(store, replace(judged(5, CASE), sentence="dora did it again."))
    assert (case(store).priority, case(store).priority_by) == ("P3", "jo")
    put(store, judged(5, CASE), judged(6, CASE, priority="P1"))
    assert (case(store).priority, case(store).priority_by) == ("P1", "")


def test_findings_that_a_run_does_not_hold_stay(store: Store) -> None:
    put(store, judged(5, CASE), judged(6, CASE))
    assert [f.outcome for f in put(store, judged(6, CASE))] == ["unchanged"]
    assert case(store).findings == 2
