"""What a suppression closes, and what it never hides."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from keywitness.context.suppressions import Suppression
from keywitness.decide import decide
from keywitness.model import Answer, CredentialChange, Decision
from keywitness.policy import load_policy
from keywitness.suppress import forbidden, matches, suppress
from tests.support import AT, answers, change, context

POLICY = load_policy()
NOBODY = context().directory
FOREIGN = Answer("yes", "used from afar", kind="foreign network")


def suppression(**given: Any) -> Suppression:
    scope = {"actor": "ann", "target": "", "operation": "", "address": ""}
    days = {"created": date(2026, 9, 1), "expires": date(2026, 10, 1)}
    return Suppression(
        **{"id": "SUP-1", "owner": "jo", "reason": "the migration", "case": "KW-1", **scope, **days, **given}
    )


def judged(made: CredentialChange | None = None, by: Suppression | None = None, **verdicts: str | Answer) -> Decision:
    said = answers(change_request="no", **verdicts)
    made = made or change()
    return suppress(decide(made, said, POLICY, False), made, said, POLICY, [by or suppression()], NOBODY)


def test_it_closes_names_itself_and_says_what_it_hid() -> None:
    decision = judged()
    assert (decision.action, decision.reasons, decision.priority) == ("close", ("suppressed",), "P4")
    assert decision.suppressed_by == "SUP-1"
    assert decision.because == "Suppressed by SUP-1 of jo until 2026-10-01: the migration"
    assert decision.against[0] == "without the suppression: escalate, P2. No approved change covers it."


def test_a_review_is_closed_too_and_a_close_is_left_alone() -> None:
    said = answers(change_request="unknown")
    review = decide(change(), said, POLICY, False)
    assert review.action == "review"
    assert suppress(review, change(), said, POLICY, [suppression()], NOBODY).action == "close"
    closed = decide(change(), answers(), POLICY, False)
    assert suppress(closed, change(), answers(), POLICY, [suppression()], NOBODY) == closed


@pytest.mark.parametrize(
    "verdicts",
    [
        {"threat_intel": "yes"},
        {"unusual_location": "yes", "off_hours": "yes"},
        {"unusual_location": "yes", "unusual_client": "yes"},
        {"suspicious_history": "yes"},
        {"used_since": FOREIGN},
    ],
    ids=lambda v: "+".join(v),
)
def test_it_never_hides_hostile_signs(verdicts: dict[str, str | Answer]) -> None:
    decision = judged(None, None, **verdicts)
    assert decision.action == "escalate"
    assert decision.suppressed_by is None


def test_an_indicator_is_never_hidden_whatever_the_policy_calls_hostile() -> None:
    said = answers(change_request="no", threat_intel="yes")
    policy = replace(POLICY, hostile=())
    assert forbidden(decide(change(), said, policy, False), said, policy) == "an indicator matches"


def test_a_policy_may_let_it_hide_foreign_use() -> None:
    said = answers(change_request="no", used_since=FOREIGN)
    policy = replace(POLICY, also_hides=("foreign_use",))
    assert not forbidden(decide(change(), said, policy, False), said, policy)


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({}, True),
        ({"actor": "bob"}, False),
        ({"actor": "an"}, False),
        ({"target": "svc"}, True),
        ({"target": "s*"}, True),
        ({"target": "x*"}, False),
        ({"operation": "IAM:createaccesskey"}, True),
        ({"operation": "iam:CreateLoginProfile"}, False),
        ({"address": "192.0.2.0/24"}, True),
        ({"address": "198.51.100.1"}, False),
        ({"expires": date(2026, 9, 14)}, False),
        ({"expires": date(2026, 9, 15)}, True),
    ],
)
def test_all_of_its_scope_must_fit(scope: dict[str, Any], fits: bool) -> None:
    made = change(source_ip="192.0.2.7", time=AT)
    assert matches(suppression(**scope), made, NOBODY) is fits
