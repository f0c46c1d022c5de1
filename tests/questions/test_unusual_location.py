"""Countries, networks and travel against what the actor did before."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keywitness.behaviour.address import Address, Seen
from keywitness.behaviour.devices import Devices, SignedIn
from keywitness.behaviour.networks import Networks
from keywitness.behaviour.places import Places
from keywitness.behaviour.previous import Previous
from keywitness.behaviour.rhythm import Rhythm
from keywitness.context.calendar import load_organisation
from keywitness.context.geo import Place
from keywitness.context.identities import Directory, Identity
from keywitness.context.ranges import SAYS, Kind
from keywitness.model import Answer, PrincipalId, Verdict
from keywitness.questions import unusual_location
from keywitness.questions.authorisation import Authorisation
from keywitness.questions.unusual_location import ask, describe
from tests.support import BERLIN, GEO, PARIS, SYDNEY, ago, change, covered, facts

HERE = "203.0.113.1"
KNOWN = Places({"DE": 30}, {3320: 30}, 0)
OFFICE = Address({}, frozenset({"bob", "cyd", "dan"}))


def answer(place: Place | None = SYDNEY, days: int = 30, **given: Any) -> Answer:
    made = change(**{"source_ip": HERE, "event_id": "own", **given.pop("made", {})})
    known = {"places": {HERE: place}, "coverage": (covered(),), "rhythm": Rhythm(days, 0, 0)}
    known["geo"] = given.pop("geo", GEO)
    seen = given.pop("seen", KNOWN)
    found = facts(change=made, place=place, **known, **given)
    return ask(replace(found, behaviour=replace(found.behaviour, places=seen)))


def test_a_new_country_is_unusual_and_says_how_often_and_since_when() -> None:
    found = answer()
    assert (found.answer, found.evidence) == ("yes", ("own",))
    assert "first time from Sydney, AU (AS1221 Telstra): 0 of 30 active days in the 90 days" in found.because
    assert "usual: DE (30 d)" in found.because


def test_a_new_network_in_the_usual_country_is_unusual_and_the_country_speaks_against_it() -> None:
    found = answer(Place("DE", asn=6805, network="Telefonica"))
    assert found.answer == "yes"
    assert "AS6805" in found.because
    assert found.against == ("the country DE is usual (30 days)",)


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        (BERLIN, KNOWN),
        (Place("DE"), KNOWN),  # a database of countries alone
        (Place(asn=3320), KNOWN),
        (BERLIN, Places({"DE": 30}, {}, 0)),
        (SYDNEY, replace(KNOWN, same_address=2)),
    ],
)
def test_the_usual_is_not_unusual(place: Place, seen: Places) -> None:
    assert answer(place, seen=seen).answer == "no"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"made": {"source_ip": None}}, "a source address in the record"),
        ({"place": None, "made": {"source_ip": "8.8.8.8"}}, "a place for 8.8.8.8"),
        ({"place": None, "made": {"source_ip": "10.1.2.3"}}, "the public address behind it"),
        ({"days": 4}, "a longer history"),
        ({"seen": Places({}, {}, 0)}, "earlier records with an address"),
        ({"seen": Places({"DE": 3}, {}, 0), "place": Place(asn=1221)}, "earlier records with an address"),
        ({"place": Place(latitude=1.0, longitude=1.0)}, "earlier records with an address"),
    ],
)
def test_what_cant_be_compared_is_unknown(given: dict[str, Any], missing: str) -> None:
    found = answer(**given)
    assert found.answer == "unknown"
    assert missing in found.missing[0]


def test_five_active_days_are_enough_to_compare() -> None:
    assert answer(days=5).answer == "yes"


@pytest.mark.parametrize(("place", "days"), [(BERLIN, 29), (Place("DE"), 30), (Place(asn=3320), 29)])
def test_the_usual_says_on_how_many_days(place: Place, days: int) -> None:
    assert f"is usual: {days} of 30 active days" in answer(place, seen=Places({"DE": 30}, {3320: 29}, 0)).because


def test_one_day_is_told_as_one_day_and_speaks_against_itself() -> None:
    found = answer(BERLIN, seen=Places({"DE": 1}, {3320: 1}, 0))
    assert (found.answer, "usual" in found.because) == ("no", False)
    assert "was used before, on 1 of 30 active days" in found.because
    assert found.against == ("one day is no habit: whoever was there then may be who is here now",)


def test_one_database_of_two_is_a_database() -> None:
    found = answer(None, made={"source_ip": "8.8.8.8"}, geo=replace(GEO, has_asn=False))
    assert found.missing == ("a place for 8.8.8.8",)


def test_without_a_database_a_new_address_is_unknown() -> None:
    found = ask(facts(change=change(source_ip=HERE), rhythm=Rhythm(30, 0, 0)))
    assert (found.answer, found.missing) == ("unknown", ("an address database (city.mmdb, asn.mmdb)",))


def test_the_clouds_own_service_is_not_a_place() -> None:
    assert answer(made={"source_ip": None, "source_service": "cloudformation.amazonaws.com"}).answer == "no"


def test_an_office_of_several_others_is_no_sign() -> None:
    assert answer(address=OFFICE).answer == "no"
    assert answer(address=Address({}, frozenset({"bob", "cyd", "ann"}))).answer == "yes"  # ann herself is no colleague
    assert answer(address=OFFICE).against == ("3 other identities used this address before",)


def travel(hours: float, place: Place = SYDNEY, seen: Places = KNOWN) -> Answer:
    found = facts(
        change=change(source_ip=HERE, event_id="own"),
        place=place,
        places={HERE: place, "192.0.2.1": BERLIN},
        previous=Previous(ago(hours=hours), "192.0.2.1", "before"),
        rhythm=Rhythm(30, 0, 0),
        coverage=(covered(),),
    )
    return ask(replace(found, behaviour=replace(found.behaviour, places=seen)))


def test_travel_that_no_airliner_makes_is_impossible() -> None:
    found = travel(hours=2)
    assert found.because.startswith("impossible travel: 16,0")
    assert "in 2.0 hours" in found.because
    assert found.evidence == ("own", "before")


@pytest.mark.parametrize(
    ("hours", "place", "seen"),
    [
        (20, SYDNEY, KNOWN),  # a day's flight: unusual, and possible
        (0, replace(BERLIN, latitude=53.5), KNOWN),  # 110 km: databases are no better
        (2, SYDNEY, replace(KNOWN, same_address=1)),
        (2, SYDNEY, Places({"DE": 30}, {1221: 1}, 0)),  # a network of its own elsewhere, as of a VPN
        (2, replace(SYDNEY, latitude=None), KNOWN),
    ],
)
def test_other_travel_is_possible(hours: float, place: Place, seen: Places) -> None:
    assert "impossible" not in travel(hours, place, seen).because


@pytest.mark.parametrize("place", [SYDNEY, None])
def test_travel_from_or_to_nowhere_known_is_no_travel(place: Place | None) -> None:
    unplaced = Previous(ago(hours=1), "198.51.100.99", "before")
    assert "impossible" not in answer(place, previous=unplaced).because


def test_travel_within_the_same_second_divides_by_nothing() -> None:
    assert "impossible travel" in travel(hours=0, place=PARIS).because


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (BERLIN, "Berlin, DE (AS3320 Deutsche Telekom)"),
        (Place("DE"), "DE"),
        (Place(asn=3320), "an unknown country (AS3320)"),
        (Place("DE", network="Telekom"), "DE (Telekom)"),
    ],
)
def test_a_place_in_words(place: Place, said: str) -> None:
    assert describe(place) == said


def test_strangers_at_the_address_are_no_office() -> None:
    assert answer(address=Address({"x": Seen(1, "e", "x")}, frozenset())).answer == "yes"


def people(*names: str) -> Directory:
    return Directory(
        True, {PrincipalId(n): Identity(n, kind="service" if n.startswith("svc") else "human") for n in names}
    )


@pytest.mark.parametrize(
    ("others", "verdict"),
    [
        ({"bob": 9, "cyd": 2, "dan": 5}, "no"),
        ({"bob": 9, "cyd": 2}, "yes"),
        ({"bob": 9, "cyd": 2, "dan": 1}, "yes"),  # one day is a visit
        ({"bob": 9, "cyd": 2, "svc1": 50, "svc2": 50}, "yes"),  # machines are no colleagues
        ({"bob": 9, "cyd": 2, "stranger": 50}, "yes"),
    ],
)
def test_a_network_that_colleagues_share_is_an_office(others: dict[str, int], verdict: str) -> None:
    found = answer(networks=Networks(others), directory=people("bob", "cyd", "dan", "svc1", "svc2"))
    assert found.answer == verdict
    assert any("first time from" in text for text in (found.because if verdict == "yes" else found.against[0],))
    assert "bob" in found.because + str(found.against)


@pytest.mark.parametrize("networks", [["203.0.113.0/24"], ["as1221"], ["2001:db8::/32", "AS1221"]])
def test_the_organisations_own_network_is_known_even_after_travel(networks: list[str], tmp_path: Path) -> None:
    (tmp_path / "org.toml").write_text(f"[organisation]\nnetworks = {json.dumps(networks)}\n")
    organisation = load_organisation(tmp_path / "org.toml", [])
    there = Previous(ago(hours=1), "192.0.2.1", "e")
    found = answer(organisation=organisation, previous=there)
    assert found.answer == "no"
    assert "the organisation's own network" in found.because


@pytest.mark.parametrize(
    ("kind", "before", "verdict"),
    [("service", 14618, "no"), ("service", 8075, "yes"), ("human", 14618, "yes")],
)
def test_automation_moves_within_its_cloud(kind: str, before: int, verdict: str) -> None:
    place = Place("IE", asn=16509, network="Amazon")
    found = answer(place, seen=Places({"US": 30}, {before: 30}, 0), actor=Identity("ci", kind=kind))
    assert found.answer == verdict


@pytest.mark.parametrize(
    ("kind", "verdict", "said"),
    [("tor", "no", True), ("tor", "yes", True), ("cloud", "yes", True), ("cloud", "no", False), (None, "yes", False)],
)
def test_the_kind_of_network_is_said_and_changes_nothing(
    kind: Kind | None, verdict: Verdict, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unusual_location, "network_kind", lambda *_: kind)
    monkeypatch.setattr(unusual_location, "_usual", lambda _: Answer(verdict, "so it is"))
    found = ask(facts(change=change(source_ip="192.0.2.1")))
    tail = f"; 192.0.2.1 is {SAYS[kind]}" if said and kind else ""
    assert (found.answer, found.because) == (verdict, f"so it is{tail}")


@pytest.mark.parametrize(
    ("kind", "state", "verdict"),
    [
        ("approved", "compliant", "no"),
        ("none found", "compliant", "yes"),  # a place of one's own without a reason to be at work there
        ("approved", "unmanaged", "yes"),
    ],
)
def test_ones_own_device_and_a_ticket_make_a_journey(kind: Any, state: str, verdict: str) -> None:
    sign_in = SignedIn("laptop", ago(hours=5), "signin", state)
    found = answer(
        devices=Devices({"laptop": 20}, (), {}, (sign_in,)), authorisation=Authorisation(kind, None, None, 1)
    )
    assert found.answer == verdict
    if state == "compliant":
        assert any("its own device laptop, which the directory calls compliant" in text for text in told(found))


def told(answer: Answer) -> tuple[str, ...]:
    return (answer.because, *answer.against)
