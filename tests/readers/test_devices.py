"""A device's state in one word, whatever the log that says it."""

from typing import Any

import pytest

from keywitness.event import DEVICE_STATES
from keywitness.readers.devices import device_state


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ((True, True, "Azure AD joined", True), "compliant"),
        (("True", "1", "", True), "compliant"),
        ((False, True, "Azure AD joined", True), "non-compliant"),
        ((None, True, "", True), "managed"),
        ((False, False, "Hybrid Azure AD joined", True), "joined"),  # managed elsewhere: Entra writes false for it
        ((False, False, "Azure AD joined", False), "unmanaged"),  # a state without a device is no device's
        ((False, False, "Azure AD registered", True), "unmanaged"),
        ((False, False, "", False), "unmanaged"),
        ((None, None, None, True), None),
        (("maybe", 7, "", False), None),
    ],
)
def test_states(said: tuple[Any, Any, Any, bool], state: str | None) -> None:
    assert device_state(*said) == state
    assert state is None or state in DEVICE_STATES
