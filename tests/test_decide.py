"""Answers × policy → escalate, review or close."""

from dataclasses import replace
from typing import Any

import pytest

from keywitness.decide import decide
from keywitness.model import Answer, Decision
from keywitness.policy import load_policy
from tests.support import answers, change, party

POLICY = load_policy()
LOOSE = replace(POLICY, settled_by_approval=frozenset())


def decided(privileged: Any = False, policy: Any = POLICY, made: Any = None, **verdicts: Any) -> Decision:
    return decide(made or change(), answers(**verdicts), policy, privileged)


@pytest.mark.parametrize(
    ("verdicts", "action", "reasons"),
    [
        ({}, "close", ()),
        ({"change_request": "no"}, "escalate", ("unauthorised",)),
        ({"change_request": "unknown"}, "review", ()),
        ({"change_request": "unknown", "atypical_actor": "yes"}, "escalate", ("atypical_actor",)),
        ({"change_request": "unknown", "pattern": "yes"}, "escalate", ("pattern",)),
        ({"change_request": "no", "pattern": "yes"}, "escalate", ("unauthorised", "pattern")),
        # An approval settles who does it and how many, ...
        ({"atypical_actor": "yes", "pattern": "yes"}, "close", ()),
        ({"atypical_actor": "unknown"}, "close", ()),
        # ... and never a hostile sign.
        ({"threat_intel": "yes"}, "escalate", ("threat_intel",)),
        ({"suspicious_history": "yes"}, "escalate", ("suspicious_history",)),
        ({"unusual_location": "yes", "off_hours": "yes"}, "escalate", ("unusual_location", "off_hours")),
        ({"unusual_location": "yes", "unusual_client": "yes"}, "escalate", ("unusual_location", "unusual_client")),
        ({"unusual_location": "yes"}, "close", ()),
        ({"off_hours": "yes", "unusual_client": "yes"}, "close", ()),
        ({"unusual_location": "yes", "off_hours": "unknown"}, "close", ()),
        ({"threat_intel": "unknown", "unusual_location": "unknown", "suspicious_history": "unknown"}, "close", ()),
        ({"used_since": "yes", "others_affected": "yes", "identity_known": "unknown"}, "close", ()),
    ],
)
def test_a_core_change(verdicts: dict[str, str], action: str, reasons: tuple[str, ...]) -> None:
    found = decided(**verdicts)
    assert (found.action, found.reasons) == (action, reasons)


OWN = {"actor": "ann", "target": "ann", "credential_type": "user_password", "change": "reset"}


@pytest.mark.parametrize(
    ("made", "verdicts", "action"),
    [
        ({}, {}, "close"),
        ({}, {"atypical_actor": "yes"}, "close"),  # nobody makes a habit of forgetting a password
        ({}, {"unusual_location": "unknown"}, "review"),
        ({}, {"suspicious_history": "unknown"}, "review"),
        ({}, {"unusual_client": "unknown"}, "close"),  # many resets name no client
        ({}, {"unusual_location": "yes"}, "escalate"),
        ({}, {"unusual_client": "yes"}, "escalate"),
        ({}, {"suspicious_history": "yes"}, "escalate"),
        ({}, {"threat_intel": "yes"}, "escalate"),
        ({}, {"pattern": "yes"}, "escalate"),
        ({}, {"change_request": "yes", "unusual_location": "unknown"}, "close"),
        ({"credential_type": "access_key"}, {}, "escalate"),
        ({"target": "bob"}, {}, "escalate"),
        ({"actor": party("ann", "service_principal")}, {}, "escalate"),
    ],
)
def test_a_password_of_ones_own(made: dict[str, Any], verdicts: dict[str, str], action: str) -> None:
    found = decided(made=change(**{**OWN, **made}), **{"change_request": "no", **verdicts})
    assert found.action == action
    if action == "review":
        assert found.missing
        assert "usual" in found.because or "suspicious" in found.because


@pytest.mark.parametrize(
    ("made", "verdicts", "action"),
    [
        ({"scope": "adjacent"}, {"change_request": "no", "atypical_actor": "yes", "pattern": "yes"}, "close"),
        ({"scope": "adjacent"}, {"change_request": "unknown"}, "close"),
        ({"scope": "adjacent"}, {"threat_intel": "yes"}, "escalate"),
        ({"outcome": "failure"}, {"change_request": "no", "atypical_actor": "yes"}, "close"),
        ({"outcome": "failure"}, {"pattern": "yes", "change_request": "no"}, "escalate"),
        ({"outcome": "failure"}, {"suspicious_history": "yes"}, "escalate"),
        ({"outcome": "unknown"}, {"change_request": "no"}, "escalate"),
    ],
)
def test_adjacent_techniques_and_failed_attempts(made: dict[str, Any], verdicts: dict[str, str], action: str) -> None:
    assert decided(made=change(**made), **verdicts).action == action


@pytest.mark.parametrize(
    ("verdicts", "made", "privileged", "priority"),
    [
        ({}, {}, True, "P4"),
        ({"change_request": "unknown"}, {}, True, "P3"),
        ({"change_request": "no"}, {}, False, "P2"),
        ({"change_request": "no"}, {}, True, "P1"),
        ({"change_request": "no", "pattern": "yes"}, {}, False, "P1"),
        ({"change_request": "no", "used_since": Answer("yes", "used", kind="foreign network")}, {}, False, "P1"),
        ({"change_request": "no", "used_since": Answer("yes", "used", kind="known network")}, {}, False, "P2"),
        ({"threat_intel": "yes"}, {"outcome": "failure"}, True, "P3"),
    ],
)
def test_priorities(verdicts: dict[str, Any], made: dict[str, Any], privileged: bool, priority: str) -> None:
    assert decided(privileged, made=change(**made), **verdicts).priority == priority


def test_a_review_names_what_is_missing_once() -> None:
    found = decided(change_request="unknown", atypical_actor="unknown", off_hours="unknown")
    assert found.missing == ("source of change_request", "source of atypical_actor")
    assert "source of change_request" in found.flip
    assert "approved change" in found.because


@pytest.mark.parametrize(
    ("verdicts", "policy", "flip"),
    [
        ({"change_request": "no"}, POLICY, "An approved change for this actor"),
        ({"change_request": "no", "pattern": "yes"}, POLICY, "An approved change for this actor"),
        ({"change_request": "no", "pattern": "yes"}, LOOSE, "Proof that the actor was told"),
        ({"change_request": "unknown", "pattern": "yes"}, POLICY, "Proof that the actor was told"),
        ({"threat_intel": "yes"}, POLICY, "Proof that it is not so that an indicator matches"),
        ({}, POLICY, "An indicator match"),
    ],
)
def test_the_one_fact_that_would_flip_it(verdicts: dict[str, str], policy: Any, flip: str) -> None:
    assert decided(policy=policy, **verdicts).flip.startswith(flip)


def test_no_single_fact_flips_two_independent_signs() -> None:
    assert decided(threat_intel="yes", suspicious_history="yes").flip == ""
    assert decided(threat_intel="yes", change_request="no").flip == ""


def test_a_flip_is_true() -> None:
    """The approval that the flip asks for closes the same change."""
    verdicts = {"atypical_actor": "yes", "pattern": "yes"}
    assert decided(change_request="no", **verdicts).flip.startswith("An approved change")
    assert decided(change_request="yes", **verdicts).action == "close"


def test_an_escalation_shows_what_speaks_against_it() -> None:
    found = decided(change_request=Answer("no", "out of scope", against=("CHG1 agrees on actor",)))
    assert found.against[0] == "CHG1 agrees on actor"
    assert "pattern is no" in found.against
    assert len(found.against) == 4


def test_a_hostile_sign_under_a_ticket_shows_the_ticket() -> None:
    assert decided(threat_intel="yes").against[0] == "change_request is yes"


def test_a_closed_change_shows_what_was_odd() -> None:
    assert decided(off_hours="yes").against == ("off_hours is yes",)


@pytest.mark.parametrize(
    ("made", "verdicts", "because"),
    [
        ({}, {}, "An approved change covers it."),
        ({"outcome": "failure"}, {}, "The attempt failed and nothing was added"),
        ({"scope": "adjacent", "technique": "T1098.004"}, {}, "T1098.004 is not counted"),
        ({}, {"change_request": "no"}, "No approved change covers it."),
        ({}, {"threat_intel": "yes"}, "An indicator matches."),
    ],
)
def test_because_is_a_sentence(made: dict[str, Any], verdicts: dict[str, str], because: str) -> None:
    assert decided(made=change(**made), **verdicts).because.startswith(because)


def test_a_policy_may_count_adjacent_changes_and_fewer_criteria() -> None:
    strict = replace(POLICY, adjacent_criteria=("unauthorised",))
    assert decided(policy=strict, made=change(scope="adjacent"), change_request="no").action == "escalate"
    lenient = replace(POLICY, criteria=("pattern",))
    assert decided(policy=lenient, change_request="no").action == "close"
