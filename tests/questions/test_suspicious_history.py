"""Signs before a change against the policy's thresholds."""

from typing import Any

import pytest

from keywitness.behaviour.rhythm import Rhythm
from keywitness.behaviour.signs import Sign, Signs
from keywitness.context.identities import Directory
from keywitness.model import Answer
from keywitness.questions.authorisation import authorise
from keywitness.questions.suspicious_history import ask
from tests.support import ago, change, covered, facts, later

RISKS = covered("risk", "entra")


def sign(kind: str, count: int = 1, operations: int = 1) -> Sign:
    return Sign(kind, count, operations, ago(hours=5), ago(hours=2), f"last-{kind}", "iam:ListUsers")


def answer(*signs: Sign, days: float = 100, rhythm: int = 30) -> Answer:
    return ask(facts(coverage=(covered(days=days), RISKS), signs=Signs(signs), rhythm=Rhythm(rhythm, 0, 0)))


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (sign("risk"), "yes"),
        (sign("tampering"), "yes"),
        (sign("failed_sign_in", 7), "no"),
        (sign("failed_sign_in", 8), "yes"),
        (sign("denied", 11), "no"),
        (sign("denied", 12), "yes"),
        (sign("discovery", 500, 9), "no"),
        (sign("discovery", 10, 10), "yes"),
    ],
)
def test_a_sign_counts_from_its_threshold_on(one: Sign, verdict: str) -> None:
    found = answer(one)
    assert found.answer == verdict
    if verdict == "yes":
        assert (found.evidence, found.kind) == ((one.last_event,), one.kind)
        assert "2026-09-15 08:00 UTC" in found.because
    else:
        assert len(found.against) == 1


def test_to_an_actor_without_a_history_every_read_is_new() -> None:
    assert answer(sign("discovery", 50, 50), rhythm=9).answer == "no"


def test_several_signs_are_all_said_and_minor_ones_are_not() -> None:
    found = answer(sign("denied", 20), sign("failed_sign_in", 1), sign("risk", 2))
    assert found.evidence == ("last-denied", "last-risk")
    assert "20 denied calls" in found.because
    assert "2 risk detection" in found.because
    assert "sign-ins" not in found.because


def test_a_log_that_begins_with_the_change_is_unknown() -> None:
    found = answer(days=0.5)
    assert (found.answer, found.missing) == ("unknown", ("earlier cloudtrail logs",))
    assert answer(sign("risk"), days=0.5).answer == "yes"
    assert answer(days=1).answer == "no"


@pytest.mark.parametrize(("days", "said"), [(100, "30 days"), (7, "7 days")])
def test_a_no_says_how_far_back(days: float, said: str) -> None:
    found = answer(days=days)
    assert said in found.because


@pytest.mark.parametrize(
    ("logs", "missing"),
    [
        ((covered("activity", "azure"),), ("risk detections or alerts", "sign-ins")),
        ((covered(),), ("risk detections or alerts",)),
        ((covered("activity", "azure"), RISKS), ("sign-ins",)),
        ((covered(), RISKS), ()),
        ((covered("activity", "azure"), covered("guardduty", "alerts"), covered("signin", "m365")), ()),
    ],
)
def test_without_a_log_of_risks_or_of_sign_ins_nobody_can_say_no(logs: Any, missing: tuple[str, ...]) -> None:
    made = change(provider=logs[0].provider, log=logs[0].log)
    found = ask(facts(change=made, coverage=logs))
    assert (found.answer, found.missing) == ("unknown" if missing else "no", missing)
    assert found.answer == "no" or ", ".join(missing) in found.because


@pytest.mark.parametrize("kind", ["risk", "tampering", "failed_sign_in", "denied", "discovery"])
def test_every_kind_of_sign_has_words(kind: str) -> None:
    assert "{" not in answer(sign(kind, 100, 100)).because


@pytest.mark.parametrize(
    ("before", "ticketed", "scope", "verdict"),
    [
        ({}, False, "adjacent", "yes"),
        ({}, True, "adjacent", "no"),
        ({}, False, "core", "no"),  # its own criteria judge that
        ({"target": "other"}, False, "adjacent", "no"),
        ({"outcome": "failure"}, False, "adjacent", "no"),
        ({"scope": "adjacent"}, False, "adjacent", "no"),
        ({"time": later(minutes=1)}, False, "adjacent", "no"),
    ],
)
def test_what_follows_up_an_uncovered_change_is_suspicious(
    before: dict[str, Any], ticketed: bool, scope: str, verdict: str
) -> None:
    made, earlier = change(scope=scope), change(**{"time": ago(minutes=9)} | before)
    tickets = authorise([made], [], Directory())[0]
    known = facts(change=made, siblings=((earlier, ticketed),), authorisation=tickets, coverage=(covered(), RISKS))
    assert ask(known).answer == verdict


def test_without_tickets_nobody_knows_what_is_uncovered() -> None:
    made, earlier = change(scope="adjacent"), change(time=ago(minutes=9))
    found = ask(facts(change=made, siblings=((earlier, False),), coverage=(covered(), RISKS)))
    assert (found.answer, found.evidence) == ("unknown", (earlier.event_id,))
    assert "change tickets" in found.missing[0]
