"""Suppressions: what an analyst's verdict taught, so that the same harmless thing doesn't come back every week.

Each names its owner, its reason and its end, and is about one actor. An entry with anything in it that can't be read
is set aside whole: a scope that lost a part would hide more than anybody meant.
"""

import hashlib
import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from keywitness.context.tables import decode_file
from keywitness.errors import Reject, Source

FILE: Final = "suppressions.toml"
LONGEST: Final = timedelta(days=180)
"""Half a year: who still wants it then has to look at it again."""

REQUIRED: Final = ("owner", "reason", "actor", "created", "expires")
OPTIONAL: Final = ("id", "target", "operation", "address", "case")


@dataclass(frozen=True, slots=True)
class Suppression:
    """``actor`` is one principal; ``target`` may hold ``*``; "" stands for any. Valid to the end of ``expires``, UTC.

    ``address`` is an address or a network in CIDR form.
    """

    id: str
    owner: str
    reason: str
    actor: str
    target: str
    operation: str
    address: str
    created: date
    expires: date
    case: str

    def covers(self, time: datetime) -> bool:
        """Whether an event of that time is before its end."""
        return time.astimezone(UTC).date() <= self.expires

    def at(self, address: str | None) -> bool:
        """Whether the address is the one, or in the network, that it is for."""
        if not self.address:
            return True
        try:
            return ipaddress.ip_address(address or "") in ipaddress.ip_network(self.address)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Suppressions:
    """``active`` ones may hide something; ``expired`` ones do nothing and are listed by ``doctor``."""

    active: tuple[Suppression, ...] = ()
    expired: tuple[Suppression, ...] = ()


NONE: Final = Suppressions()


def load_suppressions(folder: Path | None, rejects: list[Reject], today: date | None = None) -> Suppressions:
    """The entries of :data:`FILE` in order. ``today`` is UTC's; a file that is no TOML suppresses nothing."""
    path = folder / FILE if folder else None
    text = decode_file(path, rejects) if path and path.is_file() else None
    if path is None or text is None:
        return NONE
    try:
        entries = tomllib.loads(text).get("suppression", [])
    except tomllib.TOMLDecodeError as error:
        rejects.append(Reject(Source(str(path)), f"this is not TOML, so nothing is suppressed: {error}"))
        return NONE
    now = today or datetime.now(UTC).date()
    found: dict[str, Suppression] = {}
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        try:
            made = _entry(entry)
            if made.id in found:
                raise ValueError(f"its id {made.id} is taken by an earlier entry")
            found[made.id] = made
        except ValueError as error:
            rejects.append(Reject(Source(str(path), number), f"suppression {number}: {error}; it was set aside"))
    ended = {s.id for s in found.values() if s.expires < now}
    return Suppressions(
        tuple(s for s in found.values() if s.id not in ended), tuple(s for s in found.values() if s.id in ended)
    )


def ident(actor: str, target: str, operation: str, address: str, created: date) -> str:
    """An id made of the scope and the day, so that the same entry twice is found out."""
    scope = (actor, target, operation, address, created.isoformat())
    digest = hashlib.sha256(repr(scope).encode()).hexdigest()
    return f"SUP-{digest[:8].upper()}"


def _entry(entry: Any) -> Suppression:
    """The entry as a record. Raises ValueError."""
    if not isinstance(entry, Mapping):
        raise ValueError("it is no [[suppression]]")
    strange = [key for key in entry if key not in (*REQUIRED, *OPTIONAL)]
    if strange:
        raise ValueError(f"{strange[0]!r} is none of {', '.join((*REQUIRED, *OPTIONAL))}")
    missing = [key for key in REQUIRED if not entry.get(key)]
    if missing:
        raise ValueError(f"it has no {', no '.join(missing)}")
    texts = {key: _text(entry, key) for key in (*REQUIRED[:3], *OPTIONAL)}
    created, expires = (_day(entry, key) for key in ("created", "expires"))
    if not created <= expires <= created + LONGEST:
        raise ValueError(f"it must end within {LONGEST.days} days after {created}, not on {expires}")
    if "*" in texts["actor"]:
        raise ValueError("its actor must be one principal, without *")
    if texts["address"]:
        ipaddress.ip_network(texts["address"])
    scope = (texts["actor"], texts["target"], texts["operation"], texts["address"])
    return Suppression(**{**texts, "id": texts["id"] or ident(*scope, created)}, created=created, expires=expires)


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str) or (key in entry and not value.strip()):
        raise ValueError(f"{key} must be a text that says something")
    return value.strip()


def _day(entry: Mapping[str, Any], key: str) -> date:
    value = entry[key]
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{key} must be a date such as 2026-11-30")
    return value
