"""No "no" without a log in which a yes would have shown."""

from datetime import datetime
from typing import Any

import pytest

from keywitness.behaviour.gaps import LogGap
from keywitness.behaviour.habit import Habit
from keywitness.behaviour.rhythm import Rhythm
from keywitness.behaviour.signs import Sign, Signs
from keywitness.questions import QUESTIONS, Facts
from keywitness.questions.complete import ask
from tests.support import AT, ago, change, covered, facts, later

BY_ID = {question.id: question for question in QUESTIONS}
HERE = "111122223333"


def gap(start: datetime, end: datetime, **given: Any) -> LogGap:
    known = {"provider": "aws", "log": "cloudtrail", "tenant": HERE, "region": None, "why": "1 day without a record"}
    return LogGap(**{**known, "start": start, "end": end, **given})


def about(*gaps: LogGap, **given: Any) -> Facts:
    return facts(
        silences=gaps, **{"coverage": (covered(), covered("risk", "entra")), "rhythm": Rhythm(40, 0, 0), **given}
    )


NEAR = gap(ago(hours=20), ago(hours=2))
SOON = gap(later(hours=2), later(hours=8))


@pytest.mark.parametrize(
    ("question", "silence", "verdict"),
    [
        ("suspicious_history", None, "no"),
        ("suspicious_history", NEAR, "unknown"),
        ("suspicious_history", gap(ago(days=3), ago(days=2)), "no"),
        ("suspicious_history", SOON, "no"),
        ("used_since", NEAR, "no"),
        ("used_since", SOON, "unknown"),
        ("used_since", gap(later(days=4), later(days=4, hours=12)), "no"),  # a twentieth of the ten days
        ("used_since", gap(later(days=4), later(days=6)), "unknown"),
        ("others_affected", NEAR, "unknown"),
        ("others_affected", SOON, "unknown"),
        ("others_affected", gap(later(days=2), later(days=3)), "no"),
    ],
)
def test_a_silent_log_leaves_a_no_open_in_its_window_only(question: str, silence: LogGap | None, verdict: str) -> None:
    found = ask(BY_ID[question], about(*([silence] if silence else [])))
    assert found.answer == verdict
    assert bool(found.missing) is (verdict == "unknown")
    if verdict == "unknown":
        assert found.missing == (f"the aws.cloudtrail log of {silence.span() if silence else ''}",)


@pytest.mark.parametrize(
    "elsewhere",
    [{"tenant": "444455556666"}, {"region": "eu-west-1"}, {"log": "insight"}, {"provider": "gcp"}],
)
def test_the_silence_of_another_log_says_nothing(elsewhere: dict[str, Any]) -> None:
    other = gap(ago(hours=20), later(hours=20), **elsewhere)
    assert {ask(BY_ID[q], about(other)).answer for q in ("suspicious_history", "used_since", "others_affected")} == {
        "no"
    }


def test_the_own_region_counts() -> None:
    made = gap(ago(hours=20), ago(hours=2), region="us-east-1")
    assert ask(BY_ID["suspicious_history"], about(made)).answer == "unknown"


def test_signs_stand_in_the_sign_in_log_too() -> None:
    found = about(
        gap(ago(hours=20), ago(hours=2), provider="entra", log="signin", tenant=None),
        change=change(provider="entra", log="audit", tenant="t"),
        coverage=(covered("audit", "entra"), covered("signin", "entra"), covered("risk", "entra")),
    )
    assert ask(BY_ID["suspicious_history"], found).answer == "unknown"


def test_a_yes_stays_a_yes() -> None:
    seen = Signs((Sign("risk", 1, 1, ago(hours=1), ago(hours=1), "r", "risk"),))
    assert ask(BY_ID["suspicious_history"], about(NEAR, signs=seen)).answer == "yes"


def test_a_first_time_in_a_past_full_of_holes_says_so() -> None:
    found = ask(BY_ID["atypical_actor"], about(gap(ago(days=30), ago(days=20)), habit=Habit({})))
    assert found.answer == "yes"
    assert any("has gaps in the lookback" in text for text in found.against)


def test_an_answer_says_which_logs_and_days_it_rests_on() -> None:
    found = ask(BY_ID["atypical_actor"], about(gap(ago(days=30), ago(days=28))))
    assert found.rests_on == (f"aws.cloudtrail of {HERE}, 2026-06-17 to 2026-09-15, silent on 2 days",)
    after = ask(BY_ID["used_since"], about())
    assert after.rests_on == (f"aws.cloudtrail of {HERE}, 2026-09-15 to 2026-09-25",)
    assert ask(BY_ID["identity_known"], about()).rests_on == ()


def test_logs_that_end_early_leave_open_what_else_was_touched() -> None:
    short = about(coverage=(covered(after=0.5),))
    found = ask(BY_ID["others_affected"], short)
    assert (found.answer, found.missing) == ("unknown", ("the cloudtrail log after 2026-09-15 22:00 UTC",))
    assert AT.hour == 10
