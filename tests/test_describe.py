"""The sentence that comes first."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from keywitness.context.calendar import Organisation, moment
from keywitness.context.geo import Place
from keywitness.context.identities import Identity
from keywitness.describe import sentence
from keywitness.model import ADDING, Answer
from tests.support import AT, BERLIN, change, party

UNKNOWN = Answer("unknown", "no cloudtrail log was given")
ANN = Identity("ann", timezone=ZoneInfo("Europe/Berlin"))


def said(used: Answer = UNKNOWN, place: Place | None = None, who: Identity | None = None, **made: Any) -> str:
    made_by = change(**made)
    return sentence(made_by, moment(made_by.time, Organisation(), who), place, used)


def test_who_did_what_to_whom_when_from_where() -> None:
    found = said(
        Answer("yes", "first used 9 minutes later"),
        BERLIN,
        ANN,
        source_ip="192.0.2.1",
        credential_ids=("AKIA1", "AKIA2"),
    )
    assert found == (
        "ann created an access key (AKIA1, AKIA2) for svc on Tue 2026-09-15 12:00:00 local time (10:00:00 UTC),"
        " from 192.0.2.1 in Berlin, DE (AS3320 Deutsche Telekom). It has been used: first used 9 minutes later."
    )


@pytest.mark.parametrize(
    ("used", "end"),
    [
        (UNKNOWN, "Whether it has been used is unknown: no cloudtrail log was given."),
        (Answer("no", "not used in the 6 days after it"), "It has not been used: not used in the 6 days after it."),
    ],
)
def test_use_is_told_apart_from_not_knowing(used: Answer, end: str) -> None:
    assert said(used).endswith(end)


def test_a_failed_attempt_names_its_error_and_speaks_of_no_use() -> None:
    found = said(outcome="failure", error="AccessDenied")
    assert found.startswith("ann tried and failed (AccessDenied) to create an access key for svc on ")
    assert "used" not in found
    assert "(error not logged)" in said(outcome="failure")


def test_an_unfinished_call_is_no_success() -> None:
    assert "started to create an access key for svc (no result is in the logs)" in said(outcome="unknown")


@pytest.mark.parametrize("how", sorted(ADDING))
@pytest.mark.parametrize("outcome", ["success", "failure", "unknown"])
def test_every_kind_of_addition_has_words(how: str, outcome: str) -> None:
    assert " for svc" in said(change=how, outcome=outcome)


@pytest.mark.parametrize(
    ("hour", "when"),
    [
        (10, "Tue 2026-09-15 12:00:00 local time (10:00:00 UTC)"),
        (23, "Wed 2026-09-16 01:00:00 local time (2026-09-15 23:00:00 UTC)"),  # another day there
    ],
)
def test_local_time_and_utc(hour: int, when: str) -> None:
    assert when in said(who=ANN, time=AT.replace(hour=hour))


def test_whose_zone_it_is_is_said() -> None:
    zone = Organisation(timezone=ZoneInfo("Asia/Tokyo"), configured=True, zoned=True)
    found = sentence(change(), moment(AT, zone, None), None, UNKNOWN)
    assert "Tue 2026-09-15 19:00:00 local time, organisation's zone (10:00:00 UTC)" in found
    assert "Tue 2026-09-15 10:00:00 UTC," in said()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"target": "ann"}, "created an access key for itself"),
        ({"credential_type": "ssh_public_key"}, "created an SSH public key"),
        ({"actor": party(None, None), "actor_principal": "unknown"}, "unknown created"),
        ({"source_service": "cloudformation.amazonaws.com"}, "from the cloud service cloudformation.amazonaws.com."),
        ({}, "from an address that is not logged."),
        ({"source_ip": "192.0.2.1"}, "from 192.0.2.1."),
    ],
)
def test_the_parts_that_may_be_missing(made: dict[str, Any], words: str) -> None:
    assert words in said(**made)
