"""What the records work out themselves."""

from keywitness.store import casefile, writing
from keywitness.store.engine import Store
from keywitness.store.rows import find
from tests.store.made import desk, judged, look, put

CASE = "KW-AAAAAAAA"


def test_the_analysts_last_word_counts_and_triages_stays_beside_it(store: Store) -> None:
    put(store, judged(1, CASE), judged(2, CASE))
    for to, reason in (("no", "on call"), ("unknown", "the rota is from last year")):
        with desk(store) as there:
            file = casefile.open_file(there, CASE)
            first = file.findings[0]
            writing.overturn(there, CASE, file.case.version, first.finding_id, "off_hours", to, reason)
    with look(store) as there:
        file = casefile.open_file(there, CASE)
    verdict, overturn = file.answer(file.findings[0], "off_hours")
    assert overturn is not None
    assert (verdict, overturn.reason, overturn.was) == ("unknown", "the rota is from last year", "no")
    assert file.answer(file.findings[1], "off_hours") == ("yes", None)
    assert file.answer(file.findings[1], "no_such_question") == ("unknown", None)
    assert file.findings[0].finding.answers["off_hours"].answer == "yes"


def test_an_open_case_past_its_time_is_late(store: Store) -> None:
    put(store, judged(1, CASE))
    with look(store) as there:
        case = find(there, CASE)
    assert not case.late(case.due_at)
    assert case.late(case.due_at.replace(year=2027))
