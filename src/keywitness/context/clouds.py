"""Whose network an autonomous system is, for those from which automation runs: its addresses change every day."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files


def cloud_of(asn: int | None) -> str | None:
    """The cloud provider that an autonomous system belongs to; None for any other network."""
    return _clouds().get(asn) if asn is not None else None


@lru_cache(maxsize=1)
def _clouds() -> Mapping[int, str]:
    data = tomllib.loads(files(__package__).joinpath("clouds.toml").read_text("utf-8"))
    return {asn: name for name, numbers in data["clouds"].items() for asn in numbers}
