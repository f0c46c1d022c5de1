"""Escalated cases of the past that share something with a change, and what they weigh."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from keywitness.context.cases import Cases, Earlier, Verdict
from keywitness.model import Answer, Party, PrincipalId
from keywitness.questions.suspicious_history import ask
from tests.support import AT, ago, change, covered, facts

HARMLESS = Verdict("harmless", "false positive", "mo", "2026-03-03")
CONFIRMED = Verdict("confirmed", "true positive", "mo", "2026-03-03")


def cases(verdict: Verdict | None = None, days: float = 1.5, **given: Any) -> Cases:
    made: dict[str, Any] = {
        "event_id": "then",
        "time": ago(days=days),
        "case_id": "KW-OLD",
        "decision": "escalate",
        "actor": PrincipalId("ann"),
        "target": PrincipalId("db"),
        "credentials": ("AKIAOLD",),
        "session": "s-1",
        "key": "AKIAANN",
    } | given
    earlier = Earlier(**made)
    keys = (earlier.actor, earlier.target, *earlier.credentials, earlier.session, earlier.key)
    verdicts = {"KW-OLD": verdict} if verdict else {}
    index = {key: ("KW-OLD",) for key in keys if key}
    return Cases((), MappingProxyType({"KW-OLD": (earlier,)}), verdicts, index)


def answer(known: Cases, siblings: Any = (), **made: Any) -> Answer:
    what = change(**{"event_id": "own"} | made)
    return ask(facts(change=what, cases=known, siblings=siblings, coverage=(covered(), covered("risk", "entra"))))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({}, "the actor ann was in the escalated case KW-OLD 1 day before"),
        ({"actor": "db"}, "the actor db was in"),  # was its target: its credential is in a stranger's hand
        ({"actor": "bob", "session_id": "s-1"}, "the session was in"),
        ({"actor": "bob", "credential_used": "AKIAOLD"}, "the key AKIAOLD that signed it was in"),
    ],
)
def test_the_same_hand_in_an_escalated_case_is_suspicious(made: dict[str, Any], said: str) -> None:
    found = answer(cases(), **made)
    assert (found.answer, found.kind) == ("yes", "earlier case")
    assert found.because.startswith(said)
    assert found.evidence == ("KW-OLD", "then")


@pytest.mark.parametrize(
    ("known", "made", "verdict"),
    [
        (cases(days=2.5), {}, "no"),  # a week halves it
        (cases(CONFIRMED, days=13), {}, "yes"),
        (cases(CONFIRMED, days=15), {}, "no"),
        (cases(), {"actor": "bob", "target": "db"}, "no"),  # who cleans up after it renews its credentials
        (cases(event_id="own", time=AT), {}, "no"),  # the very change, judged by an earlier run
        (cases(days=-1), {}, "no"),
        (cases(), {"actor": "bob"}, "no"),
        (cases(actor=PrincipalId("unknown")), {"actor": Party(None, None, None)}, "no"),
        (cases(actor=PrincipalId("sync")), {"actor": Party("sync", "sync", "cloud_service")}, "no"),
    ],
)
def test_how_much_it_weighs(known: Cases, made: dict[str, Any], verdict: str) -> None:
    assert answer(known, **made).answer == verdict


def test_what_faded_or_is_about_the_target_alone_is_still_said() -> None:
    assert answer(cases(days=20)).against == ("the actor ann was in the escalated case KW-OLD 20 days before",)
    found = answer(cases(), actor="bob", target="db")
    assert found.against == ("the target db was in the escalated case KW-OLD 1 day before",)


def test_what_an_analyst_found_harmless_speaks_against() -> None:
    found = answer(cases(HARMLESS))
    assert (found.answer, found.against) == ("no", ())
    assert "which ended as false positive by mo" in found.evidence[0]


def test_what_this_run_sees_itself_is_left_to_the_pattern() -> None:
    seen = change(event_id="then", time=AT - timedelta(hours=2))
    assert answer(cases(days=0.1), siblings=((seen, False),)).answer == "no"
