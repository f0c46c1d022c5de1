"""Two cases that turn out to be one."""

from keywitness.store import casefile, cases, queue, record, writing
from keywitness.store.engine import Store
from keywitness.store.proof import prove
from keywitness.store.queue import Filters
from keywitness.store.rows import find, find_exactly
from tests.store.made import desk, judged, look, put

ONE, OTHER, BOTH = "KW-ONEONEON", "KW-OTHEROTH", "KW-BOTHBOTH"


def apart(store: Store) -> None:
    put(store, judged(5, ONE), judged(900, OTHER, actor="max", target="svc-mail"))


def together(store: Store) -> None:
    others = judged(900, BOTH, actor="max", target="svc-mail")
    (loaded,) = put(store, judged(1, BOTH), judged(5, BOTH), others)
    assert loaded.outcome in ("merged", "reopened")


def test_the_one_that_is_worked_on_takes_in_the_other_with_all_that_was_written(store: Store) -> None:
    apart(store)
    with desk(store) as there:
        cases.move(there, OTHER, 1, "triage")
        writing.note(there, ONE, "first note")
        writing.attach(there, ONE, "a.txt", "text/plain", b"proof")
    together(store)
    with look(store) as there:
        file = casefile.open_file(there, ONE)
        assert (file.case.case_id, file.case.status, file.case.findings) == (OTHER, "triage", 3)
        assert ([n.text for n in file.notes], [a.name for a in file.attachments]) == (["first note"], ["a.txt"])
        assert file.aliases == (BOTH, ONE)
        gone = find_exactly(there, ONE)
        assert (gone.status, gone.close_reason, gone.merged_into, gone.findings) == ("closed", "duplicate", OTHER, 0)
        assert record.entries(there, ONE)[0].action == "triage:case:merged"
        assert [c.case_id for c in queue.page(there, Filters(text="svc-mail")).cases] == [OTHER]
        assert prove(there) is None


def test_an_open_case_takes_in_a_closed_one(store: Store) -> None:
    apart(store)
    with desk(store) as there:
        cases.close(there, ONE, 1, "false_positive")
    together(store)
    with look(store) as there:
        assert find(there, ONE).case_id == OTHER
        assert find_exactly(there, ONE).close_reason == "false_positive"


def test_two_closed_cases_that_become_one_open_again_when_something_is_new(store: Store) -> None:
    apart(store)
    with desk(store) as there:
        cases.close(there, ONE, 1, "false_positive")
        cases.close(there, OTHER, 1, "benign_positive")
    together(store)
    with look(store) as there:
        assert find(there, BOTH).status == "new"


def test_a_merge_of_merges_leads_to_the_last(store: Store) -> None:
    apart(store)
    together(store)
    put(store, judged(3000, "KW-THIRDTHI", actor="eve", target="svc-pay"))
    with desk(store) as there:
        third = find(there, "KW-THIRDTHI")
        cases.move(there, third.case_id, third.version, "escalated")
    put(store, judged(1, BOTH), judged(3000, BOTH, actor="eve", target="svc-pay"))
    with look(store) as there:
        assert {find(there, ident).case_id for ident in (ONE, OTHER, BOTH)} == {"KW-THIRDTHI"}
        assert find(there, ONE).findings == 4
        assert prove(there) is None
