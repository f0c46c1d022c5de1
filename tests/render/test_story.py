from dataclasses import replace

from keywitness.model import Answer, Case, Decision, Finding
from keywitness.render import story
from tests.render.parts import event, moment
from tests.render.sample import burst, stolen_key, unsettled, upload


def answered(case: Case, number: int, **answers: Answer) -> Case:
    """The case with other answers in one finding."""
    changed = replace(case.findings[number], answers={**case.findings[number].answers, **answers})
    return Case(case.case_id, tuple(changed if n == number else f for n, f in enumerate(case.findings)))


def test_a_lone_change_is_told_in_its_own_sentence() -> None:
    assert story.headline(upload()) == upload().findings[0].sentence


def test_several_changes_are_told_in_one_sentence() -> None:
    assert story.headline(burst()) == (
        "ci-deployer made 6 credential changes on 6 principals within 4 minutes, from 2026-08-21 10:12:45 UTC"
        " (Fri 12:12 CEST) from 20.79.14.203 in Frankfurt am Main, DE (AS8075 Microsoft);"
        " 1 of them failed, 2 of the new credentials have been used."
    )
    assert "from 2 addresses; 1 of the new credentials has been used." in story.headline(stolen_key())


def test_the_lead_has_the_worst_decision() -> None:
    case = burst()
    calm = replace(case.findings[0], decision=Decision("close", (), "P4", "covered"))
    assert story.lead(Case(case.case_id, (calm, *case.findings[1:]))) is case.findings[1]


def test_many_names_are_counted() -> None:
    assert story.names(()) == ""
    assert story.names(("dora",)) == "dora"
    assert story.names(("dora", "dora", "lena")) == "dora and lena"
    assert story.names("abcde") == "a, b and 3 more"
    assert story.title(burst()) == "ci-deployer → payroll-api, hr-portal and 4 more"


def test_the_runbooks_reasons_are_shown_lit_or_not() -> None:
    assert [(chip.ident, chip.state) for chip in story.chips(stolen_key())][:4] == [
        ("unauthorised", "lit"),
        ("atypical_actor", "lit"),
        ("pattern", "unlit"),
        ("threat_intel", "lit"),
    ]
    assert [chip.state for chip in story.chips(unsettled())] == ["open", "open", "unlit"]


def test_a_criterion_that_holds_and_did_not_count_is_not_called_no() -> None:
    case = answered(unsettled(), 0, pattern=Answer("yes", "3 changes"))
    assert story.chips(case)[2].state == "settled"


def test_unknown_questions_are_counted_for_the_whole_case() -> None:
    assert story.not_evaluable(unsettled()) == ("change_request", "atypical_actor", "identity_known")
    assert story.not_evaluable(stolen_key()) == ()


def test_equal_answers_are_told_once_and_different_ones_apart() -> None:
    told = [row for row in story.rows(burst()) if row.ident in ("pattern", "used_since")]
    assert [(row.ident, row.verdict, row.share) for row in told] == [
        ("pattern", "yes", ""),
        ("used_since", "yes", "2 of 6 changes"),
        ("used_since", "no", "4 of 6 changes"),
    ]
    assert told[0].evidence == tuple(event(30 + n) for n in range(6))


def test_other_sentences_of_the_same_answer_are_kept_with_their_events() -> None:
    case = answered(burst(), 3, off_hours=Answer("no", "another hour"))
    row = next(row for row in story.rows(case) if row.ident == "off_hours")
    assert row.others == (("another hour", (event(33),)),)
    assert row.share == ""


def test_what_speaks_against_comes_from_findings_that_were_decided_alike() -> None:
    case = stolen_key()
    other = replace(case.findings[1], decision=Decision("close", (), "P4", "covered", ("an indicator matches",)))
    assert story.against(Case(case.case_id, (case.findings[0], other))) == case.findings[0].decision.against
    assert story.missing(unsettled()) == unsettled().findings[0].decision.missing


def test_what_differs_in_numbers_only_is_said_once() -> None:
    told = [
        replace(f, decision=replace(f.decision, against=(f"Monday 13:{n}, within hours", "the ticket agrees")))
        for n, f in enumerate(burst().findings, 29)
    ]
    assert story.against(Case(burst().case_id, tuple(told))) == ("Monday 13:29, within hours", "the ticket agrees")


def test_the_timeline_is_in_order_without_doubles() -> None:
    told = story.timeline(stolen_key())
    assert len(told) == 7
    assert [entry.time for entry in told] == sorted(entry.time for entry in told)
    twice = stolen_key().findings[0]
    assert story.timeline(Case(twice.case_id, (twice, twice))) == twice.timeline


def test_a_thinned_timeline_keeps_changes_and_uses() -> None:
    entries = (*(moment(n, "read", n, "activity") for n in range(9)), moment(60, "key made", 90, "change"))
    kept, left_out = story.thinned(entries, 3)
    assert [entry.what for entry in kept] == ["read", "read", "key made"]
    assert left_out == 7
    assert story.thinned(entries, 10) == (entries, 0)


def with_steps(finding: Finding, *steps: str) -> Finding:
    return replace(finding, containment=steps)


def test_the_first_steps_of_all_come_before_the_second_ones() -> None:
    one, two, *_ = burst().findings
    case = Case(burst().case_id, (with_steps(one, "disable a", "delete a"), with_steps(two, "disable b"), one, one))
    assert [c.text for c in story.commands(case)][:2] == ["disable a", "disable b"]
    assert [c.text for c in story.commands(case)][-1] == "delete a"
    assert len(story.commands(case)) == 4


def test_a_command_that_cannot_be_shown_is_not_called_exact() -> None:
    case = Case(burst().case_id, (with_steps(burst().findings[0], "disable 'a\u200bb'", "disable c"),))
    assert [command.exact for command in story.commands(case)] == [False, True]


def test_a_parent_is_a_number_within_the_case_and_an_id_outside() -> None:
    case = stolen_key()
    assert [story.parent(finding, case) for finding in case.findings] == ["", "#1"]
    assert story.parent(case.findings[1], burst()) == event(1)
