"""Whose device it was, as the sign-ins and the directory tell it."""

from typing import Any

import pytest

from keywitness.behaviour.devices import Devices, SignedIn
from keywitness.behaviour.rhythm import Rhythm
from keywitness.questions import Facts, devices, unusual_client
from tests.support import ago, change, covered, facts


def known(before: SignedIn, states: Any, days: Any = None) -> Facts:
    seen = Devices({"laptop": 20} if days is None else days, (before,), states, (before,))
    made = change(user_agent="curl/8", event_id="own")
    return facts(change=made, devices=seen, rhythm=Rhythm(30, 0, 0), coverage=(covered(),))


@pytest.mark.parametrize(
    ("state", "states", "verdict"),
    [
        ("unmanaged", {"compliant": 20}, "yes"),
        ("non-compliant", {"managed": 20, "joined": 2}, "yes"),
        ("unmanaged", {"compliant": 4}, "unknown"),  # too few days to know what is usual
        ("unmanaged", {"compliant": 20, "unmanaged": 1}, "unknown"),  # has happened before
        ("compliant", {"compliant": 20}, "unknown"),
        (None, {"compliant": 20}, "unknown"),  # the record doesn't say: that is no worse
    ],
)
def test_a_device_that_the_directory_calls_worse_than_all_before(state: str | None, states: Any, verdict: str) -> None:
    found = unusual_client.ask(known(SignedIn("laptop", ago(minutes=9), "signin", state), states))
    assert found.answer == verdict
    if verdict == "yes":
        assert found.evidence == ("signin",)
        assert f"the device laptop, which the directory calls {state}" in found.because


@pytest.mark.parametrize(
    ("device", "state", "days", "is_own"),
    [
        ("laptop", "compliant", 20, True),
        ("laptop", "managed", 5, True),
        ("laptop", "managed", 4, False),
        ("laptop", "unmanaged", 20, False),
        ("laptop", "joined", 20, False),  # belongs to the directory, and nobody looked whether it is sound
        (None, "compliant", 20, False),
    ],
)
def test_own_is_what_was_used_for_long_and_is_vouched_for(
    device: str | None, state: str, days: int, is_own: bool
) -> None:
    sign_in = SignedIn(device, ago(minutes=9), "signin", state)
    given = known(sign_in, {}, {device: days})
    assert devices.own(given, [sign_in]) == ([sign_in] if is_own else [])
