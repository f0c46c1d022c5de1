"""The answers in five rows and what came after, told by the loudest."""

from dataclasses import replace

from keywitness.model import Answer
from keywitness.store import casefile
from keywitness.store.engine import Store
from keywitness.store.summary import case_of
from keywitness.web.answers import GROUPS, concerned, groups
from tests.store.made import look


def test_every_answer_has_a_row_and_the_loudest_tells_it(store: Store) -> None:
    with look(store) as desk:
        file = casefile.open_file(desk, "KW-4F7QZ2AB")
    case = case_of("KW-4F7QZ2AB", [stored.finding for stored in file.findings])
    made = groups(case, file)
    assert [group.name for group in made] == [name for name, _ in GROUPS]
    shown = {told.row.ident for group in made for told in group.answers}
    assert shown == {ident for finding in case.findings for ident in finding.answers}
    assert made[0].loudest.tone == "alarm"
    assert not any(group.overturned for group in made)
    assert made[0].evidence == len({e for told in made[0].answers for e in told.row.evidence})


def test_a_question_that_the_page_does_not_know_is_shown_all_the_same(store: Store) -> None:
    with look(store) as desk:
        file = casefile.open_file(desk, "KW-EXTRA100")
    finding = file.findings[0].finding
    strange = replace(finding, answers={**finding.answers, "brand_new": Answer("yes", "it is new")})
    stored = replace(file.findings[0], finding=strange)
    made = groups(case_of("KW-EXTRA100", [strange]), replace(file, findings=(stored,)))
    assert (made[-1].name, made[-1].answers[0].row.because) == ("Other", "it is new")


def test_an_answer_concerns_the_changes_that_got_it(store: Store) -> None:
    with look(store) as desk:
        file = casefile.open_file(desk, "KW-EXTRA100")
    assert len(concerned(file, "change_request", "no")) == 1
    assert concerned(file, "change_request", "yes") == []
