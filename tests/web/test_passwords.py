"""Passwords: long ones are taken, and only their hash is kept."""

import pytest

from keywitness.store import RefusedError
from keywitness.web.passwords import fits, hashed


def test_only_the_same_password_fits() -> None:
    kept = hashed("a long enough phrase")
    assert kept.startswith("$argon2id$")
    assert "phrase" not in kept
    assert fits(kept, "a long enough phrase")
    assert not fits(kept, "a long enough Phrase")
    assert not fits(None, "nobody's password")
    assert not fits("no hash", "a long enough phrase")


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaaaaaa", "somebody@example.org"])
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(RefusedError):
        hashed(password, "somebody@example.org")
