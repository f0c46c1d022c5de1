"""What else was touched: by the hand, the session, the credential, from the address."""

from typing import Any

import pytest

from keywitness.behaviour.acts import Act, Acts
from keywitness.behaviour.address import Address, Seen
from keywitness.model import Answer
from keywitness.questions.issued import Issued
from keywitness.questions.others_affected import ask
from tests.support import ago, change, covered, facts, operation


def act(**given: Any) -> Act:
    values: dict[str, Any] = {
        "operation": "iam:AttachUserPolicy",
        "class_": "management",
        "outcome": "success",
        "target": "svc",
        "source_ip": None,
        "same_session": True,
        "count": 1,
        "first": ago(hours=1),
        "first_event": "a1",
    }
    return Act(**values | given)


def answer(*acts: Act, days: float = 30, **given: Any) -> Answer:
    return ask(facts(coverage=(covered(days=days),), acts=Acts(acts, 0), **given))


def test_without_the_log_of_its_use_nobody_knows_what_the_credential_touched() -> None:
    use = operation(use_log="entra.sp-signin")
    assert answer(operation=use).missing == ("the entra.sp-signin log",)
    assert answer(operation=use, change=change(outcome="failure")).answer == "no"  # made nothing that could be used
    both = (covered(days=30), covered("sp-signin", "entra"))
    assert ask(facts(coverage=both, operation=use)).answer == "no"


def other(target: str = "other") -> Any:
    return change(target=target, event_id=f"c-{target}")


@pytest.mark.parametrize(
    ("given", "said", "evidence"),
    [
        ({"siblings": ((other(), False),)}, "1 uncovered change on other", ("c-other",)),
        ({"children": (other(), other("x"))}, "2 further credentials made with it, for other, x", ("c-other", "c-x")),
        ({"address": Address({"bob": Seen(2, "b1", "Bob")}, frozenset())}, "1 other identity at this address", ("b1",)),
    ],
)
def test_each_way_to_be_affected(given: dict[str, Any], said: str, evidence: tuple[str, ...]) -> None:
    found = answer(**given)
    assert (found.answer, found.evidence) == ("yes", evidence)
    assert said in found.because


def test_writes_of_the_same_session_count() -> None:
    found = answer(act(), act(operation="iam:CreateUser", first_event="a2"))
    assert found.evidence == ("a1", "a2")
    assert "2 other writing operations in the same session, last iam:CreateUser" in found.because


@pytest.mark.parametrize(
    "given",
    [
        {"siblings": ((other(), True),)},  # covered
        {"siblings": ((other("svc"), False),)},  # the same target
        {"address": Address({"ann": Seen(2, "b1", "Ann")}, frozenset())},
        {"address": Address({"bob": Seen(2, "b1", "Bob")}, frozenset({"cyd"}))},  # an address that was in use before
    ],
)
def test_what_is_no_sign(given: dict[str, Any]) -> None:
    found = answer(**given)
    assert found.answer == "no"
    assert "24 hours" in found.because


@pytest.mark.parametrize("given", [{"same_session": False}, {"outcome": "failure"}, {"target": None}])
def test_acts_that_touch_nothing_else(given: dict[str, Any]) -> None:
    assert answer(act(**given)).answer == "no"


def test_several_ways_are_all_said_and_evidence_once() -> None:
    found = answer(act(first_event="c-other"), siblings=((other(), False),), children=(other(),))
    assert found.because.count(";") == 2
    assert found.evidence == ("c-other",)


def test_without_logs_around_the_change_it_is_unknown() -> None:
    found = answer(days=0.5)
    assert (found.answer, found.missing) == ("unknown", ("cloudtrail logs around the change",))


def test_sessions_issued_with_it() -> None:
    sessions = tuple(Issued(change(target=name, change="issued"), ()) for name in ("Admin", "Reader"))
    found = ask(facts(issued=sessions))
    assert found.answer == "yes"
    assert found.because.startswith(
        "2 sessions were issued with it (Admin, Reader), first at 2026-09-15 10:00 UTC; no log"
    )
    assert found.evidence == tuple(session.change.event_id for session in sessions)
