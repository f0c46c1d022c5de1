"""Indicators against a change and the uses of its credential."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from keywitness.behaviour.usage import Usage, Use
from keywitness.context.intel import Indicator, index
from keywitness.context.latest import Gap
from keywitness.model import Answer
from keywitness.questions import threat_intel
from keywitness.questions.threat_intel import ask
from tests.support import SYDNEY, ago, change, facts, later

HOSTILE = "203.0.113.1"
TOR = Indicator("i-tor", "ipv4-addr", HOSTILE, 85, "northwind", "Tor exit", tlp="amber")


def answer(*known: Indicator, uses: tuple[Use, ...] = (), **made: Any) -> Answer:
    made_by = change(**{"source_ip": HOSTILE, **made})
    return ask(
        facts(
            change=made_by,
            indicators=index(known),
            place=SYDNEY,
            places={HOSTILE: SYDNEY},
            usage=Usage(uses),
        )
    )


def use(address: str, kind: str = "key") -> Use:
    return Use(address, "svc", kind, 1, 1, later(hours=1), later(hours=1), "u1", "sts:GetCallerIdentity", 1)


def test_a_hit_says_what_it_is_who_says_so_and_how_sure() -> None:
    found = answer(TOR)
    assert (found.answer, found.evidence) == ("yes", ("i-tor",))
    assert found.because == "203.0.113.1: Tor exit (northwind, confidence 85, TLP:AMBER)"


@pytest.mark.parametrize(
    ("indicator", "made"),
    [
        (Indicator("i", "cidr", "203.0.113.0/24"), {}),
        (Indicator("i", "asn", "1221"), {}),
        (Indicator("i", "user-agent", "evil/1.0"), {"user_agent": "EVIL/1.0"}),
        (Indicator("i", "credential", "AKIA1"), {"credential_ids": ("AKIA0", "AKIA1")}),
        (Indicator("i", "domain-name", "evil.example"), {"source_service": "evil.example"}),
    ],
)
def test_everything_an_indicator_may_name(indicator: Indicator, made: dict[str, Any]) -> None:
    assert answer(indicator, **made).evidence == ("i",)


def test_no_hit_is_no_and_no_indicators_at_all_is_unknown() -> None:
    assert answer(Indicator("i", "ipv4-addr", "192.0.2.9")).answer == "no"
    assert answer().answer == "no"
    assert ask(facts()).missing == ("threat intelligence (indicators.csv, STIX, MISP, TAXII)",)


def test_a_use_of_the_credential_from_a_known_address_counts() -> None:
    found = answer(TOR, uses=(use(HOSTILE), use(HOSTILE)), source_ip="192.0.2.1")
    assert (found.answer, found.kind, found.evidence) == ("yes", "use", ("i-tor",))
    assert answer(TOR, uses=(use(HOSTILE, "sign-in"),), source_ip="192.0.2.1").answer == "no"


def test_an_expired_indicator_is_counter_evidence() -> None:
    found = answer(Indicator("i", "ipv4-addr", HOSTILE, valid_until=ago(days=1)))
    assert found.answer == "no"
    assert found.against[0].startswith("an expired indicator matches: 203.0.113.1")


@pytest.mark.parametrize(("confidence", "verdict"), [(49, "no"), (50, "yes"), (None, "yes"), (0, "no")])
def test_an_indicator_nobody_trusts_is_shown_and_does_not_count(confidence: int | None, verdict: str) -> None:
    weak = Indicator("i", "ipv4-addr", HOSTILE, confidence, description="scanner")
    for found in (answer(weak), answer(weak, uses=(use(HOSTILE),), source_ip="192.0.2.1")):
        assert found.answer == verdict
        assert any("scanner" in text for text in (found.because, *found.against))


def test_a_weak_indicator_beside_a_strong_one_is_left_out() -> None:
    assert answer(TOR, Indicator("weak", "asn", "1221", 10)).evidence == ("i-tor",)


def with_gap(*known: Indicator, since: datetime | None = None, uses: tuple[Use, ...] = ()) -> Answer:
    indicators = index(known, (), (Gap("TAXII ours", since),))
    return ask(facts(change=change(source_ip=HOSTILE), indicators=indicators, usage=Usage(uses)))


def test_a_source_that_can_not_be_read_is_named_and_never_a_no() -> None:
    found = with_gap()
    assert (found.answer, found.missing) == ("unknown", ("the indicators of TAXII ours",))
    assert with_gap(TOR).answer == "yes"


def test_a_copy_answers_for_what_happened_before_it() -> None:
    assert with_gap(since=later(minutes=1)).answer == "no"
    assert with_gap(since=ago(days=2)).answer == "unknown"
    assert with_gap(since=later(minutes=1), uses=(use("192.0.2.9"),)).answer == "unknown", "it was used later"


@pytest.fixture
def tor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hostile address is a Tor exit."""
    monkeypatch.setattr(threat_intel, "network_kind", lambda address, _: "tor" if address == HOSTILE else "cloud")
    monkeypatch.setattr(threat_intel, "listed_on", lambda: date(2026, 10, 5))


@pytest.mark.usefixtures("tor")
def test_a_tor_exit_is_a_match_by_itself() -> None:
    found = ask(facts(change=change(source_ip=HOSTILE, event_id="e9")))
    assert (found.answer, found.kind, found.evidence) == ("yes", "tor", ("e9",))
    assert found.because == "203.0.113.1 is a Tor exit (list of 2026-10-05)"
    assert answer(TOR).because.endswith("TLP:AMBER); 203.0.113.1 is a Tor exit (list of 2026-10-05)")


@pytest.mark.usefixtures("tor")
def test_a_use_by_way_of_tor_counts_and_one_from_a_cloud_does_not() -> None:
    found = answer(uses=(use("192.0.2.7"), use(HOSTILE)), source_ip="192.0.2.1")
    assert (found.answer, found.evidence) == ("yes", ("u1",))
    assert found.because.startswith("the credential was used from 203.0.113.1, a Tor exit")
    assert answer(uses=(use("192.0.2.7"),), source_ip="192.0.2.1").answer == "no"


@pytest.mark.usefixtures("tor")
def test_a_policy_may_leave_tor_out_and_still_shows_it() -> None:
    known = facts(change=change(source_ip=HOSTILE), indicators=index(()))
    found = ask(replace(known, thresholds={**known.thresholds, "tor_is_indicator": 0}))
    assert (found.answer, found.against[-1].endswith("which this policy doesn't count")) == ("no", True)
