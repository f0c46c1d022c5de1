"""Passwords: which are taken, and their Argon2id hashes, with the library's defaults (RFC 9106, low memory)."""

from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from keywitness.store import RefusedError

SHORTEST: Final = 12
LONGEST: Final = 200
"""Characters. NIST SP 800-63B-4 asks for length and forbids rules about which characters."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


def hashed(password: str, name: str = "") -> str:
    """Raises RefusedError for a password that is too short, too long, of one character, or the name itself."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise RefusedError(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(password)) < 5 or password.casefold() == name.casefold():
        raise RefusedError("that password is too easy to guess")
    return _hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether it is the one. Without a hash it takes as long, so that the time tells nobody which names there are."""
    try:
        _hasher().verify(kept or _nobody(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobody() -> str:
    return _hasher().hash("nobody's password")
