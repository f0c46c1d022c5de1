"""With which clients a principal usually acts. A new version of a known client is not a new client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline

_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_PLATFORMS: Final = (
    ("windows", "Windows"),
    ("android", "Android"),  # says Linux too
    ("iphone", "iOS"),  # says "like Mac OS X" too
    ("ipad", "iOS"),
    ("macos", "macOS"),
    ("darwin", "macOS"),
    ("mac os", "macOS"),
    ("macintosh", "macOS"),
    ("linux", "Linux"),
)
_LONGEST: Final = 60  # characters of a product's name: a user agent is whatever the caller says
_PRODUCT: Final = re.compile(r"^\W*([A-Za-z][\w .+-]*?)(?:/|\s*\[|\s\(|,|$)")
_GCLOUD: Final = re.compile(r"^google-cloud-sdk\s+(\S+?)/")


@lru_cache(maxsize=65_536)
def client_of(user_agent: str | None) -> str | None:
    """The client and its platform, without versions: ``Boto3 on Linux``, ``Chrome on Windows``; None for none.

    Short and printable, whatever a hostile caller sends.
    """
    if not user_agent:
        return None
    user_agent = user_agent[:1_000]
    platform = next((name for token, name in _PLATFORMS if token in user_agent.lower()), None)
    if user_agent.startswith("Mozilla/"):
        product = next((name for token, name in _BROWSERS if f"{token}/" in user_agent), "a browser")
    elif gcloud := _GCLOUD.match(user_agent):
        product = gcloud.group(1)
    elif "Terraform" in user_agent:
        product = "Terraform"
    else:
        found = _PRODUCT.match(user_agent)
        product = found.group(1) if found else user_agent
    product = "".join(c if c.isprintable() else "?" for c in product[:_LONGEST].strip()) or "?"
    return f"{product} on {platform}" if platform else product


@dataclass(frozen=True, slots=True)
class Clients:
    """Days of activity by client (see :func:`client_of`)."""

    days: Mapping[str, int]


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    rows = rows.filter(rows.client.notnull())
    return rows.group_by(["change", "client"]).aggregate(days=rows.day.nunique())


def collect(rows: list[dict[str, Any]]) -> Clients:
    return Clients({row["client"]: row["days"] for row in rows})


FAMILY: Final[Family] = Family("clients", query, collect, ("actor", "baseline_end"))
