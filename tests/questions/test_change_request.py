"""What the answer says of the best ticket."""

from typing import Any

import pytest

from keywitness.context.identities import Directory
from keywitness.model import Answer
from keywitness.questions.authorisation import authorise
from keywitness.questions.change_request import ask
from tests.support import ago, change, facts, later, ticket

MADE = change()


def answer(known: Directory = Directory(True), **given: Any) -> Answer:  # noqa: B008  frozen
    found = authorise([MADE], [ticket(**given)], known)[0]
    return ask(facts(change=MADE, authorisation=found, directory=known))


def test_an_approved_change_is_named_with_its_approver() -> None:
    found = answer()
    assert (found.answer, found.kind, found.evidence) == ("yes", "approved", ("CHG1",))
    assert "CHG1" in found.because
    assert "boss" in found.because


def test_no_source_is_unknown_and_an_empty_source_is_no() -> None:
    assert ask(facts()).kind == "source unavailable"
    empty = ask(facts(authorisation=authorise([MADE], [], Directory())[0]))
    assert (empty.answer, empty.kind) == ("no", "none found")
    assert "none of 0 " in empty.because


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"actor": "bob"}, "it names the actor 'bob'"),
        ({"target": "other"}, "it names the target 'other'"),
        ({"operation": "DeleteAccessKey"}, "it is for 'DeleteAccessKey'"),
        ({"start": later(hours=2), "end": later(hours=3)}, "its window is 2026-09-15 12:00 to 2026-09-15 13:00 UTC"),
        ({"status": "draft"}, "its state is 'draft'"),
        ({"approver": "ann"}, "approver ann"),
        ({"approved_at": later(hours=1)}, "approved only at 2026-09-15 11:00 UTC"),
        ({"max_uses": 0}, "it allows 0 changes"),
    ],
)
def test_a_no_says_which_test_failed(given: dict[str, Any], said: str) -> None:
    found = answer(**given)
    assert found.answer == "no"
    assert found.evidence == ("CHG1",)
    assert "CHG1" in found.because
    assert said in found.because


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"actor": "bob"}, "unknown"),
        ({"actor": "bob", "target": "other"}, "no"),  # nothing points to this change
        ({"actor": "bob", "status": "draft"}, "no"),
        ({"operation": "DeleteAccessKey"}, "no"),
    ],
)
def test_without_a_directory_another_name_may_be_the_same_person(given: dict[str, Any], verdict: str) -> None:
    found = answer(Directory(), **given)
    assert found.answer == verdict
    if verdict == "unknown":
        assert found.missing == ("identities (identities.csv)",)


def test_what_agrees_is_counter_evidence() -> None:
    assert answer(actor="bob").against == ("CHG1 agrees on target, action, window, approval",)


def test_a_used_up_ticket_names_the_change_that_used_it() -> None:
    first = change(time=ago(minutes=5), event_id="first")
    found = authorise([first, MADE], [ticket()], Directory())[1]
    assert "used up by first" in ask(facts(change=MADE, authorisation=found)).because
