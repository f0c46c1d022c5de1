"""What kind of network an address is in: a Tor exit, a VPN provider's, a hosting provider's, a cloud's. Offline.

From the address lists of ``iporigin`` (the extra ``intel``), and from the
autonomous system. None means that nothing says so, which is not a home line.
A list is as old as its package, and Tor exits come and go by the day.
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

from keywitness.context.clouds import cloud_of
from keywitness.context.geo import Place

Kind = Literal["tor", "vpn", "hosting", "cloud"]

SAYS: Final[Mapping[Kind, str]] = {
    "tor": "a Tor exit",
    "vpn": "an address of a VPN provider",
    "hosting": "an address of a hosting provider",
    "cloud": "an address of a cloud provider",
}
_REMEMBERED: Final = 2**16  # addresses


def network_kind(address: str | None, place: Place | None) -> Kind | None:
    """What is known of an address, best source first: the address lists, then its autonomous system."""
    found = _listed(address) if address else None
    if found or place is None:
        return found
    return "cloud" if cloud_of(place.asn) else "hosting" if place.asn in _hosting() else None


def listed_on() -> date | None:
    """The day of the address lists; None when iporigin is not installed."""
    module = _lists()
    return datetime.fromtimestamp(module.dataset_info()["built_at"], UTC).date() if module else None


@lru_cache(maxsize=_REMEMBERED)
def _listed(address: str) -> Kind | None:
    module = _lists()
    try:
        origin = module.classify(address) if module else None
    except ValueError:  # no address
        return None
    if origin is None:
        return None
    names = _tables()["iporigin"]
    kind: Kind | None = "cloud" if origin.provider in names["cloud"] else names["kinds"].get(origin.kind)
    return kind


@lru_cache(maxsize=1)
def _lists() -> Any:
    """The package, or None: it is an optional extra."""
    try:
        import iporigin  # reads its lists when it is first asked
    except ImportError:
        return None
    return iporigin


@lru_cache(maxsize=1)
def _hosting() -> frozenset[int]:
    return frozenset(asn for numbers in _tables()["hosting"].values() for asn in numbers)


@lru_cache(maxsize=1)
def _tables() -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("ranges.toml").read_text("utf-8"))
