"""Which events stand for themselves, however old: risk detections, alerts, tampering, and logs stopped or started."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Stop:
    """Operations that stop a log, and those that start it again. Not ``sure``: believed only if records cease."""

    operations: frozenset[str]
    resumed_by: frozenset[str]
    sure: bool


@lru_cache(maxsize=1)
def tampering() -> tuple[str, ...]:
    """Operations that disable logging or MFA, lower-cased, from ``signals.toml``."""
    return tuple(sorted(_names(_data()["tampering"])))


@lru_cache(maxsize=1)
def stops() -> tuple[Stop, ...]:
    """What stops and starts logs, from ``signals.toml``; names lower-cased."""
    return tuple(Stop(_names(e["operations"]), _names(e["resumed_by"]), bool(e["sure"])) for e in _data()["stop"])


@lru_cache(maxsize=1)
def switches() -> tuple[str, ...]:
    """All operations of :func:`stops`, lower-cased."""
    return tuple(sorted(frozenset[str]().union(*(stop.operations | stop.resumed_by for stop in stops()))))


def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("signals.toml").read_text("utf-8"))


def _names(operations: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in operations)
