from datetime import UTC, datetime, timedelta, timezone

import pytest

from keywitness.model import Verdict
from keywitness.questions import QUESTIONS
from keywitness.render import words
from tests.render.parts import BERLIN, NIGHT


def test_every_question_has_a_label_in_the_order_of_the_runbook() -> None:
    assert list(words.QUESTIONS) == [question.id for question in QUESTIONS]


def test_unknown_ids_are_spelled_out() -> None:
    assert words.question("new_thing") == "New thing?"
    assert words.reason("impossible_travel") == "Impossible travel"
    assert words.meaning("impossible_travel") == ""


@pytest.mark.parametrize(
    ("question", "verdict", "tone"),
    [
        ("change_request", "yes", "calm"),
        ("change_request", "no", "alarm"),
        ("off_hours", "yes", "alarm"),
        ("off_hours", "no", "calm"),
        ("identity_known", "no", "alarm"),
        ("pattern", "unknown", "open"),
    ],
)
def test_the_tone_is_what_the_answer_says_of_the_change(question: str, verdict: Verdict, tone: words.Tone) -> None:
    assert words.tone(question, verdict) == tone


def test_times_are_told_in_utc_and_in_the_actors_zone() -> None:
    assert words.utc(NIGHT.astimezone(BERLIN)) == "2026-08-20 03:12:45 UTC"
    assert words.local(NIGHT, BERLIN) == "Thu 05:12 CEST"
    assert words.local(NIGHT, timezone(timedelta(hours=-6))) == "Wed 21:12 -06:00"
    assert words.local(NIGHT, UTC) == words.local(NIGHT, None) == ""
    assert words.both(NIGHT, BERLIN) == "2026-08-20 03:12:45 UTC (Thu 05:12 CEST)"


def test_iso_times_have_microseconds_only_when_there_are_any() -> None:
    assert words.iso(NIGHT.astimezone(BERLIN)) == "2026-08-20T03:12:45Z"
    assert words.iso(datetime(2026, 1, 2, 3, 4, 5, 60, UTC)) == "2026-01-02T03:04:05.000060Z"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), "0 seconds"),
        (timedelta(seconds=-3), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=235), "4 minutes"),
        (timedelta(hours=5, minutes=10), "5 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_spans_are_told_in_one_unit(length: timedelta, said: str) -> None:
    assert words.span(length) == said
