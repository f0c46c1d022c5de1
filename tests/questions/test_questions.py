"""What holds for every question."""

from collections.abc import Callable
from dataclasses import fields

import pytest

from keywitness.behaviour import Behaviour
from keywitness.model import Answer
from keywitness.questions import QUESTIONS, Facts, Question
from tests.support import change, facts

ASK = {question.id: question.ask for question in QUESTIONS}


@pytest.mark.parametrize("ask", [pytest.param(ask, id=name) for name, ask in ASK.items() if name != "pattern"])
def test_who_knows_nothing_says_unknown_and_what_is_missing(ask: Callable[[Facts], Answer]) -> None:
    answer = ask(facts())
    assert answer.answer == "unknown"
    assert answer.missing
    assert answer.because


def test_a_pattern_needs_no_source_but_the_changes_themselves() -> None:
    assert ASK["pattern"](facts()).answer == "no"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_a_question_is_a_sentence_that_rests_on_known_families(question: Question) -> None:
    assert question.text.endswith("?")
    assert set(question.uses) <= {field.name for field in fields(Behaviour)}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_hostile_names_break_no_question(ask: Callable[[Facts], Answer]) -> None:
    hostile = change("{0}%s\x1b[2J", "';--", user_agent="{change}" * 50, source_ip="203.0.113.1")
    assert ask(facts(change=hostile)).because
