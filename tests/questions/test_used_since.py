"""Uses of the new credential, and how far the absence of any may be trusted."""

from dataclasses import replace
from typing import Any

import pytest

from keywitness.behaviour.places import Places
from keywitness.behaviour.usage import Usage, Use
from keywitness.model import Answer
from keywitness.questions import used_since
from keywitness.questions.issued import Issued
from keywitness.questions.used_since import ask
from tests.support import BERLIN, SYDNEY, change, covered, facts, later, operation

MAKER, ELSEWHERE = "192.0.2.1", "203.0.113.1"


def use(address: str | None = ELSEWHERE, kind: str = "key", hours: float = 1, succeeded: int = 3) -> Use:
    at = later(hours=hours)
    return Use(address, "svc", kind, 4, succeeded, at, at, f"u-{kind}-{hours}", "sts:GetCallerIdentity", 2)


def answer(*uses: Use, log: str = "cloudtrail", coverage: Any = (), seen: Places | None = None, **made: Any) -> Answer:
    made_by = change(**{"source_ip": MAKER, "credential_ids": ("AKIA1",), **made})
    found = facts(
        change=made_by,
        operation=operation(use_log=log),
        coverage=coverage,
        usage=Usage(uses),
        place=BERLIN,
        places={MAKER: BERLIN, ELSEWHERE: SYDNEY},
    )
    return ask(replace(found, behaviour=replace(found.behaviour, places=seen or Places({"DE": 9}, {3320: 9}, 9))))


def test_a_use_says_when_from_where_for_what_and_how_often() -> None:
    found = answer(use(), use(MAKER, hours=5))
    assert (found.answer, found.evidence) == ("yes", ("u-key-1", "u-key-5"))
    assert found.because == (
        "first used 60 minutes later, at 2026-09-15 11:00 UTC, from 203.0.113.1 in Sydney, AU (AS1221 Telstra)"
        " for sts:GetCallerIdentity; 8 call(s) in all, 2 failed; another network than its creator"
    )


@pytest.mark.parametrize(
    ("uses", "seen", "kind"),
    [
        ((use(ELSEWHERE),), Places({}, {3320: 9}, 0), "foreign network"),
        ((use(MAKER), use(ELSEWHERE)), Places({}, {3320: 9}, 0), "foreign network"),
        ((use(MAKER),), Places({}, {3320: 9}, 0), "known network"),
        ((use(ELSEWHERE),), Places({}, {3320: 9, 1221: 1}, 0), "known network"),
        ((use(ELSEWHERE, succeeded=0),), Places({}, {3320: 9}, 0), "known network"),
        ((use(ELSEWHERE),), Places({}, {}, 0), "known network"),  # nothing is known, so nothing is foreign
        ((use("198.51.100.77"),), Places({}, {3320: 9}, 0), "known network"),
        ((use(None),), Places({}, {3320: 9}, 0), "known network"),
    ],
)
def test_foreign_is_a_network_that_the_actor_never_used(uses: Any, seen: Places, kind: str) -> None:
    assert answer(*uses, seen=seen).kind == kind


@pytest.mark.parametrize(
    ("address", "said"),
    [(MAKER, "the same address"), ("198.51.100.77", "another address"), (ELSEWHERE, "another network")],
)
def test_a_use_is_compared_with_the_creators_address(address: str, said: str) -> None:
    assert f"{said} " in answer(use(address)).because


def test_a_use_by_a_cloud_service_has_no_network() -> None:
    assert answer(use(None)).because.endswith(
        "from a cloud service for sts:GetCallerIdentity; 4 call(s) in all, 1 failed"
    )


def test_nobody_signs_in_with_a_key() -> None:
    signed_in = use(kind="sign-in")
    assert answer(signed_in, coverage=(covered(),)).answer == "no"
    assert answer(signed_in, credential_ids=(), credential_type="console_password").answer == "yes"
    assert answer(signed_in, log="sp-signin", credential_type="app_credential").because.startswith("the target signed")


def test_a_signed_call_counts_before_a_sign_in() -> None:
    assert answer(use(kind="sign-in"), use(hours=9), log="sp-signin").evidence == ("u-key-9",)


@pytest.mark.parametrize(
    ("coverage", "log", "verdict", "said"),
    [
        ((covered(after=2),), "cloudtrail", "no", "not used in the 2 days of aws.cloudtrail log"),
        ((covered(after=1),), "cloudtrail", "no", "not used in the 24 hours"),
        ((covered(after=0.9),), "cloudtrail", "unknown", "ends 21 hours after the change"),
        ((covered(after=0.01),), "cloudtrail", "unknown", "ends 14 minutes after the change"),
        ((covered("signin", "entra"),), "cloudtrail", "unknown", "no aws.cloudtrail log was given"),
        ((covered("signin", "entra", after=2),), "entra.signin", "no", "of entra.signin log"),
        ((covered(),), "", "unknown", "no log shows the use of an access key"),
    ],
)
def test_no_use_is_no_only_as_far_as_its_log_reaches(coverage: Any, log: str, verdict: str, said: str) -> None:
    found = answer(coverage=coverage, log=log)
    assert found.answer == verdict
    assert said in found.because
    assert bool(found.missing) is (verdict == "unknown")


def test_another_accounts_log_shows_no_use_here() -> None:
    assert answer(coverage=(replace(covered(), tenant="999999999999"),)).answer == "unknown"


def test_a_failed_attempt_left_nothing_to_use() -> None:
    assert answer(use(), outcome="failure").answer == "no"


def test_the_kind_of_network_of_the_first_use_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_since, "network_kind", lambda *_: "tor")
    assert (
        "from 203.0.113.1 in Sydney, AU (AS1221 Telstra), a Tor exit, for sts:GetCallerIdentity"
        in answer(use()).because
    )


def test_sessions_issued_with_it_are_told_and_their_network_counts() -> None:
    session = Issued(change(target="Admin", change="issued", time=later(hours=1)), (use("198.51.100.1"),))
    known = facts(
        change=change(source_ip=MAKER, credential_ids=("AKIA1",)),
        usage=Usage((use(MAKER),)),
        issued=(session,),
        place=BERLIN,
        places={MAKER: BERLIN, "198.51.100.1": SYDNEY},
    )
    known = replace(known, behaviour=replace(known.behaviour, places=Places({"DE": 9}, {3320: 9}, 9)))
    found = ask(known)
    assert (found.kind, found.evidence) == ("foreign network", ("u-key-1", "u-key-1"))
    assert found.because.endswith("they made 4 calls from 198.51.100.1, the first sts:GetCallerIdentity")
    assert ask(replace(known, issued=())).kind == "known network"
