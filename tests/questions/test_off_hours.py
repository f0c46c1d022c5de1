"""Business hours for people, a rhythm of their own for machines and night workers."""

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from keywitness.behaviour.cadence import Cadence
from keywitness.behaviour.clock import Clock
from keywitness.behaviour.rhythm import Rhythm
from keywitness.context.calendar import Organisation, moment
from keywitness.context.identities import Directory, Identity
from keywitness.context.oncall import Shift
from keywitness.model import Answer
from keywitness.questions.off_hours import ask, is_machine
from tests.support import AT, change, covered, facts, party

ANN = Identity("ann", kind="human", timezone=ZoneInfo("Europe/Berlin"))
NIGHT = AT.replace(hour=1)
WORLD = Organisation(zoned=True)
SERVICE = Identity("ci", kind="service")


def answer(time: Any = AT, actor: Identity | None = ANN, rhythm: Rhythm | None = None, **given: Any) -> Answer:
    organisation = Organisation()
    made = change(time=time, **given)
    return ask(
        facts(
            change=made,
            actor=actor,
            moment=moment(time, organisation, actor),
            coverage=(covered(),),
            rhythm=rhythm or Rhythm(0, 0, 0),
        )
    )


@pytest.mark.parametrize(
    ("time", "rhythm", "verdict"),
    [
        (AT, None, "no"),  # Tuesday noon in Berlin, and nothing else need be known
        (NIGHT, None, "yes"),
        (NIGHT, Rhythm(40, 0, 0), "yes"),
        (NIGHT, Rhythm(40, 9, 0), "yes"),
        (NIGHT, Rhythm(40, 10, 0), "no"),  # a quarter of the days: works at night
        (NIGHT, Rhythm(9, 9, 1), "yes"),  # nine days are no rhythm
        (NIGHT, Rhythm(10, 9, 1), "no"),
        (NIGHT, Rhythm(35, 4, 4), "no"),  # four of five Tuesdays
        (NIGHT, Rhythm(21, 3, 3), "no"),
        (NIGHT, Rhythm(14, 2, 2), "yes"),  # two Tuesdays are chance
    ],
)
def test_a_person(time: Any, rhythm: Rhythm | None, verdict: str) -> None:
    assert answer(time, rhythm=rhythm).answer == verdict


def test_a_no_says_whose_time_zone_it_is() -> None:
    assert answer().because == "Tuesday 12:00, within 08:00-18:00 in the actor's own time zone"


def test_a_yes_says_the_local_hour_the_days_and_the_lookback() -> None:
    found = answer(NIGHT, rhythm=Rhythm(40, 2, 0))
    assert "Tuesday 03:00" in found.because
    assert "on 2 of 40 active days" in found.because
    assert "the 90 days of logs" in found.because
    assert found.against


@pytest.mark.parametrize(
    ("rhythm", "verdict"),
    [
        (Rhythm(9, 9, 1), "unknown"),
        (Rhythm(10, 0, 0), "yes"),
        (Rhythm(40, 3, 0), "yes"),
        (Rhythm(40, 4, 0), "no"),
        (Rhythm(0, 0, 0), "unknown"),
    ],
)
@pytest.mark.parametrize("time", [AT, NIGHT])
def test_a_machine_is_judged_by_its_rhythm_alone(time: Any, rhythm: Rhythm, verdict: str) -> None:
    found = answer(time, SERVICE, rhythm)
    assert found.answer == verdict
    assert bool(found.missing) is (verdict == "unknown")


def test_a_person_whose_zone_nobody_knows_is_judged_by_rhythm() -> None:
    assert answer(NIGHT, None).answer == "unknown"
    assert answer(NIGHT, None, Rhythm(40, 0, 0)).answer == "yes"


@pytest.mark.parametrize(
    ("actor", "given", "machine"),
    [
        (ANN, {"actor": party("ci", "role")}, False),
        (SERVICE, {}, True),
        (None, {}, False),
        (None, {"actor": party("ci", "role")}, True),
        (None, {"actor": party("app", "service_principal")}, True),
        (None, {"actor": party("arn:aws:iam::1:role/sso/ann@example.com", "role")}, False),
        (None, {"actor": party("build@core.iam.gserviceaccount.com", "service_account")}, True),
    ],
)
def test_who_is_a_machine(actor: Identity | None, given: dict[str, Any], machine: bool) -> None:
    given = {"actor_principal": "x", **given} if given else {}
    assert is_machine(facts(change=change(**given), actor=actor)) is machine


@pytest.mark.parametrize(("shift", "verdict"), [(("ann", -1), "no"), (("bob", -1), "yes"), (("ann", 1), "yes")])
def test_who_is_on_call_works_at_night(shift: tuple[str, int], verdict: str) -> None:
    who, start = shift
    begins = NIGHT + timedelta(hours=start)
    known = {"actor": ANN, "moment": moment(NIGHT, Organisation(), ANN), "coverage": (covered(),)}
    found = ask(facts(change=change(time=NIGHT), oncall=(Shift(who, begins, begins + timedelta(hours=8)),), **known))
    assert found.answer == verdict
    if verdict == "no":
        assert found.because == "on call from 2026-09-15 00:00 to 2026-09-15 08:00 UTC"
        assert found.against == ("outside business hours: Tuesday 03:00, outside 08:00-18:00",)


@pytest.mark.parametrize(("time", "verdict"), [(AT, "no"), (NIGHT, "yes")])
def test_a_zone_read_off_usual_hours_is_said(time: Any, verdict: str) -> None:
    seen = Clock(tuple(30 if 6 <= hour < 16 else 0 for hour in range(24)), 30)
    zone = seen.zone(15, 0.8)
    assert zone is not None
    when = moment(time, Organisation(), None, zone.zone)
    assert when.zone_from == "inferred"
    found = ask(facts(change=change(time=time), moment=when, clock=seen, rhythm=Rhythm(30, 0, 0)))
    assert found.answer == verdict
    assert "UTC+02:00, inferred from 30 days of activity" in found.because + str(found.against)


def test_a_known_zone_needs_no_inference() -> None:
    assert moment(AT, Organisation(), ANN, UTC).zone_from == "identity"


def test_a_weekly_job_is_on_time() -> None:
    known = {"actor": SERVICE, "rhythm": Rhythm(5, 0, 0), "coverage": (covered(),)}
    found = ask(facts(cadence=Cadence((7, 14, 21)), **known))
    assert found.answer == "no"
    assert found.because == "it runs every 7 days around 10:00: 3 times before, the last 7 days ago"
    assert ask(facts(cadence=Cadence((6, 13, 20)), **known)).answer == "unknown"


@pytest.mark.parametrize(
    ("directory", "rhythm", "verdict"),
    [
        (Directory(), Rhythm(40, 4, 0), "unknown"),
        (Directory(), Rhythm(40, 20, 0), "no"),
        (Directory(True), Rhythm(40, 4, 0), "no"),  # known to live in no other zone
    ],
)
def test_the_organisations_clock_is_not_everybodys(directory: Directory, rhythm: Rhythm, verdict: str) -> None:
    found = ask(facts(change=change(time=AT), organisation=WORLD, directory=directory, rhythm=rhythm))
    assert found.answer == verdict
    assert found.answer == "no" or found.missing == ("the actor's time zone (identities.csv)",)
