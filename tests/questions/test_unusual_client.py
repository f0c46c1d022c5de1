"""Clients against those of the actor's history."""

from typing import Any

import pytest

from keywitness.behaviour.clients import Clients
from keywitness.behaviour.devices import Devices, SignedIn
from keywitness.behaviour.rhythm import Rhythm
from keywitness.model import Answer
from keywitness.questions.unusual_client import ask
from tests.support import ago, change, covered, facts

USUAL = Clients({"aws-cli on Linux": 30, "Chrome on macOS": 4})


def answer(agent: str | None, seen: Any = USUAL, days: Any = 30, **made: Any) -> Answer:
    made_by = change(user_agent=agent, event_id="own", **made)
    return ask(facts(change=made_by, clients=seen, rhythm=Rhythm(days, 0, 0), coverage=(covered(),)))


def test_a_new_version_is_no_new_client() -> None:
    found = answer("aws-cli/2.99.1 Python/3.14 Linux/7.0")
    assert found.answer == "no"
    assert "on 30 days in the 90 days" in found.because


def test_a_new_client_says_what_is_usual() -> None:
    found = answer("python-requests/2.31")
    assert (found.answer, found.evidence) == ("yes", ("own",))
    assert "0 of 30 active days in the 90 days" in found.because
    assert "usual: aws-cli on Linux (30 d), Chrome on macOS (4 d)" in found.because


def test_the_known_client_on_another_platform_is_another_client() -> None:
    assert answer("aws-cli/2.15 Python/3.11 Windows/10").answer == "yes"


@pytest.mark.parametrize(
    ("agent", "seen", "days"),
    [
        (None, USUAL, 30),
        ("", USUAL, 30),
        ("curl/8", USUAL, 4),
        ("curl/8", Clients({}), 30),  # a log without user agents teaches nothing about them
    ],
)
def test_too_little_is_unknown(agent: str | None, seen: Clients, days: int) -> None:
    found = answer(agent, seen, days)
    assert found.answer == "unknown"
    assert found.missing


def test_the_clouds_own_service_is_no_client() -> None:
    service = {"source_service": "cloudformation.amazonaws.com"}
    assert answer("cloudformation.amazonaws.com", **service).answer == "no"
    assert answer("python-requests/2.31", source_ip="192.0.2.1", **service).answer == "yes"


CLI = "aws-cli/2.15 Python/3.11 Linux/6"


@pytest.mark.parametrize(
    ("days", "device", "verdict"),
    [
        ({"laptop": 20}, "laptop", "no"),
        ({"laptop": 20}, "phone", "yes"),
        ({"laptop": 20}, None, "yes"),
        ({"laptop": 20, None: 4}, None, "no"),  # signs in without a registered device at times
        ({"laptop": 4}, "phone", "no"),  # too few days
        ({f"id{i}": 1 for i in range(20)}, "phone", "no"),  # another id each time is no device
        ({}, "phone", "no"),
    ],
)
def test_a_strange_device_just_before(days: Any, device: str | None, verdict: str) -> None:
    seen = Devices(days, (SignedIn(device, ago(minutes=9), "signin"),))
    made = change(user_agent=CLI)
    found = ask(facts(change=made, clients=USUAL, devices=seen, rhythm=Rhythm(30, 0, 0), coverage=(covered(),)))
    assert found.answer == verdict
    if verdict == "yes":
        assert (found.evidence, found.kind) == (("signin",), "device")
        assert "1 device known" in found.because
        assert found.against == ("aws-cli on Linux itself was used on 30 days",)
