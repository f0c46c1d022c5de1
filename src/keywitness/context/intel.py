"""Threat intelligence: indicators that a source address, network, client, domain or key can match."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keywitness.errors import Reject


@dataclass(frozen=True, slots=True)
class Indicator:
    id: str
    type: str
    value: str
    confidence: int | None = None
    source: str = ""
    description: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    tlp: str | None = None


@dataclass(frozen=True, slots=True)
class Indicators:
    files: tuple[str, ...] = ()

    def match(
        self,
        *,
        address: str | None,
        asn: int | None,
        user_agent: str | None,
        service: str | None,
        credentials: Sequence[str],
        at: datetime,
    ) -> tuple[Indicator, ...]:
        return ()

    def expired(
        self,
        *,
        address: str | None,
        asn: int | None,
        user_agent: str | None,
        service: str | None,
        credentials: Sequence[str],
        at: datetime,
    ) -> tuple[Indicator, ...]:
        return ()


def load_indicators(folder: Path | None, rejects: list[Reject]) -> Indicators | None:
    return None
