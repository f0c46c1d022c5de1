"""Random identifiers in the shapes that the providers use, drawn from the caller's generator only."""

import random
import string
from typing import Final
from uuid import UUID

_AWS_ALPHABET: Final = string.ascii_uppercase + "234567"
_INSERT_ALPHABET: Final = string.ascii_lowercase + string.digits


def _draw(rng: random.Random, alphabet: str, length: int) -> str:
    return "".join(alphabet[rng.randrange(len(alphabet))] for _ in range(length))


def guid(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def aws_id(rng: random.Random, prefix: str) -> str:
    """An AWS unique id: ``AKIA``, ``ASIA``, ``AIDA`` or ``AROA`` and 16 characters."""
    return prefix + _draw(rng, _AWS_ALPHABET, 16)


def hex_id(rng: random.Random, length: int) -> str:
    return _draw(rng, "0123456789abcdef", length)


def insert_id(rng: random.Random) -> str:
    """A Cloud Logging insertId."""
    return _draw(rng, _INSERT_ALPHABET, 12)


def suffix(rng: random.Random, length: int = 5) -> str:
    return _draw(rng, _AWS_ALPHABET, length)


def digits(rng: random.Random, length: int) -> str:
    return "1" + _draw(rng, string.digits, length - 1)
