"""Indicators from TAXII 2.1 collections that ``org.toml`` names under ``[[taxii]]``. Only read.

A collection that can't be read whole is a :class:`Gap`: while it lasts, nobody
can say that no indicator matches. Its pages are followed by ``next``, and by
the date that the last object was added for servers that give no ``next``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from keywitness.context.copies import Copy, path_of
from keywitness.context.intel import Indicator
from keywitness.context.latest import Gap, age, latest, settings
from keywitness.context.remote import Remote, UnavailableError
from keywitness.context.site import Site, read_site
from keywitness.context.stix import read_stix
from keywitness.context.tables import items, objects
from keywitness.errors import Reject, Source

ACCEPT: Final = "application/taxii+json;version=2.1"
PAGE: Final = 1_000
MOST: Final = 200_000  # objects
_MOST_PAGES: Final = 5_000
_TYPES: Final = "indicator,identity"  # of STIX: what may match, and who says so
_PREFIXES: Final = ("TAXII_", "KEYWITNESS_")
_COLLECTION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")  # an id, or an alias of TAXII 2.1


@dataclass(frozen=True, slots=True)
class Feed:
    """What one collection gave: ``says`` names it with its count and age; "" when nothing could be read."""

    indicators: tuple[Indicator, ...]
    says: str
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A section: ``site.query`` is the collection's id; without ``days`` all of it is read."""

    site: Site
    days: int

    def authorization(self) -> str:
        """ "" for a public server: no variable is named."""
        return self.site.authorization() if self.site.token_env or self.site.user_env else ""


def load_collections(folder: Path | None, rejects: list[Reject]) -> Iterator[Feed]:
    """Read every collection that the folder's org.toml names."""
    content, source = settings(folder)
    for section in items(content.get("taxii", [])) or ([content["taxii"]] if content.get("taxii") else []):
        name = _name(section)
        try:
            collection = _collection(name, section)
        except ValueError as error:
            rejects.append(Reject(source, f"{name} is not available: {error}"))
            yield Feed((), "", Gap(name))
        else:
            yield _read(collection, rejects)


def _name(section: object) -> str:
    """What the source is called: its ``name``, else its host."""
    given = section if isinstance(section, dict) else {}
    if isinstance(name := given.get("name"), str) and name.strip():
        return f"TAXII {name.strip()[:80]}"
    try:
        return f"TAXII {(urlsplit(str(given.get('url', ''))).hostname or 'server')[:80]}"
    except ValueError:
        return "TAXII server"


def _collection(name: str, section: object) -> Collection:
    """Check a section. Raises ValueError, with one sentence."""
    if not isinstance(section, dict):
        raise ValueError("it is not a section of settings: write [[taxii]]")
    site = read_site(name, section, "collection", _PREFIXES)
    if not _COLLECTION.fullmatch(site.query):
        raise ValueError("collection is not the id of a collection")
    days = section.get("added_after_days", 0)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 36_600:
        raise ValueError("added_after_days is not a number of days")
    return Collection(site, days)


def _read(collection: Collection, rejects: list[Reject]) -> Feed:
    site = collection.site
    kept_at = path_of(("taxii", site.url, site.query, collection.days), "indicators")
    copy, gap = latest(site, kept_at, "indicators", lambda: _fetch(collection), rejects)
    if copy is None:
        return Feed((), "", gap)
    bundle = {"objects": list(_objects(copy))}
    found = tuple(read_stix(Source(f"{site.url}/collections/{site.query}"), site.name, bundle, rejects))
    read = f"{copy.read:%Y-%m-%d %H:%M} UTC, {age(datetime.now(UTC) - copy.read)}"
    return Feed(found, f"{site.name} ({len({i.id for i in found})} indicators, read {read})", gap)


def _objects(copy: Copy) -> Iterator[Any]:
    for row in copy.rows:
        try:
            yield json.loads(row.get("stix", "null"))
        except (ValueError, RecursionError):
            continue


def _fetch(collection: Collection) -> Copy:
    remote = Remote(collection.site.url, collection.authorization(), accept=ACCEPT)
    try:
        return fetch(remote, collection.site.query, collection.days)
    finally:
        remote.close()


def fetch(remote: Remote, collection: str, days: int = 0) -> Copy:
    """Every indicator of the collection, of those added in the last ``days`` when given, one JSON text a row.

    Raises :class:`UnavailableError`, also for a collection that can't be read to its end.
    """
    now = datetime.now(UTC)
    params = {"match[type]": _TYPES, "limit": str(PAGE)}
    if days:
        params["added_after"] = f"{now - timedelta(days=days):%Y-%m-%dT%H:%M:%S.000Z}"
    rows: list[Mapping[str, str]] = []
    for _ in range(_MOST_PAGES):
        reply = remote.get(f"/collections/{collection}/objects/", params)
        if not isinstance(reply.content, dict):
            raise UnavailableError("its answer is not a TAXII envelope")
        rows += ({"stix": json.dumps(item)} for item in objects(reply.content.get("objects")))
        if len(rows) > MOST:
            break
        if reply.content.get("more") is not True:
            return Copy(now, tuple(rows))
        params = _following(params, reply.content.get("next"), reply.headers.get("x-taxii-date-added-last", ""))
    raise UnavailableError(f"it holds more than {MOST:,} objects: set added_after_days")


def _following(params: Mapping[str, str], following: object, last: str) -> dict[str, str]:
    """What to ask for the next page."""
    if isinstance(following, str) and following:
        return {**params, "next": following}
    if last and last > params.get("added_after", ""):
        return {**params, "added_after": last}
    raise UnavailableError("it says that there is more, and not where")
