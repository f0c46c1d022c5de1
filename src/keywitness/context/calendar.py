"""Business hours: what the clock and the calendar said where the actor works.

A time is judged in the zone of the identity where the directory knows it, else
in the organisation's, else in UTC; :class:`Moment` says which, because a wrong
zone turns a Tuesday morning into a break-in.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final

from keywitness.context.identities import Identity
from keywitness.context.tables import decode_file, zone_named
from keywitness.errors import Reject, Source

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SYSTEM: Final = re.compile(r"(?i)AS\d{1,10}")
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Organisation:
    """``start`` (in) and ``end`` (out) are local times; an end at or before the start is on the next day.

    ``holidays`` are ISO country codes, maybe with a subdivision (``DE-BE``): an actor has those of its own country,
    an actor without a country has the first. ``True`` means each identity's own country, whatever it is.
    """

    name: str = ""
    timezone: tzinfo = UTC
    start: time = field(default_factory=lambda: time(8))
    end: time = field(default_factory=lambda: time(18))
    days: frozenset[int] = frozenset(range(5))  # 0 is Monday
    holidays: tuple[str, ...] | bool = ()
    configured: bool = False  # an org.toml was given and could be read
    zoned: bool = False  # it names a time zone
    networks: tuple[IPv4Network | IPv6Network, ...] = ()  # its own: offices, VPNs, data centres
    systems: frozenset[int] = frozenset()  # its own autonomous systems

    def holiday(self, day: date, country: str | None) -> str | None:
        """The public holiday's name on that day for an actor of that country; None for a usual day."""
        if isinstance(self.holidays, bool):
            calendar = country if self.holidays else None
        elif country:
            calendar = next((c for c in self.holidays if c.partition("-")[0] == country), None)
        else:
            calendar = next(iter(self.holidays), None)
        found = _calendar(calendar) if calendar else None
        return found.get(day) if found is not None else None

    def own_network(self, address: str, asn: int | None) -> str | None:
        """Which of the organisation's own networks an address is in, as ``org.toml`` writes it."""
        try:
            found = next((str(n) for n in self.networks if ip_address(address) in n), None)
        except ValueError:
            return None
        return found or (f"AS{asn}" if asn in self.systems else None)

    @property
    def hours(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time on the actor's clock: ``local`` is aware; ``zone_from`` is identity, organisation, inferred or UTC."""

    local: datetime
    zone_from: str
    working: bool
    why: str  # one phrase: "Tuesday 03:12, outside 08:00-19:00"


def moment(
    at: datetime, organisation: Organisation, identity: Identity | None, inferred: tzinfo | None = None
) -> Moment:
    """Judge an aware time against the working week. ``identity`` is the actor's, None when nobody knows it.

    ``inferred`` is the zone that the actor's own activity suggests: it counts when no other is known.
    """
    zone, zone_from = _zone(organisation, identity, inferred)
    local = at.astimezone(zone)
    shift = _shift_day(local, organisation)
    weekday = _DAYS[local.weekday()].capitalize()  # not strftime, which speaks the locale's language
    if holiday := organisation.holiday(shift or local.date(), identity.country if identity else None):
        return Moment(local, zone_from, False, f"public holiday: {holiday}")
    if (shift or local.date()).weekday() not in organisation.days:
        return Moment(local, zone_from, False, weekday)
    where = "within" if shift else "outside"
    return Moment(local, zone_from, shift is not None, f"{weekday} {local:%H:%M}, {where} {organisation.hours}")


def load_organisation(path: Path | None, rejects: list[Reject]) -> Organisation:
    """Read ``org.toml``. A value that can't be used is reported and its default stands."""
    text = decode_file(path, rejects) if path else None
    if path is None or text is None:
        return Organisation()
    source = Source(str(path))
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        rejects.append(Reject(source, f"this is not TOML, so the default working week is used: {error}"))
        return Organisation()
    table = next((t for key in ("organisation", "organization") if isinstance(t := content.get(key), dict)), content)
    return _organisation(table, source, rejects)


def _organisation(table: Mapping[str, Any], source: Source, rejects: list[Reject]) -> Organisation:
    known: dict[str, Any] = {}
    for key, parse in _SETTINGS.items():
        if key in table:
            try:
                known |= parse(table[key])
            except ValueError as error:
                rejects.append(Reject(source, f"{key} can't be used, so its default stands: {error}", str(table[key])))
    return Organisation(configured=True, **known)


def _name(value: object) -> dict[str, Any]:
    return {"name": _text(value)}


def _timezone(value: object) -> dict[str, Any]:
    return {"timezone": zone_named(_text(value)), "zoned": True}


def _business_hours(value: object) -> dict[str, Any]:
    found = _HOURS.fullmatch(_text(value).strip())
    if not found:
        raise ValueError('it is not of the form "08:00-18:00"')
    hours = [int(part) for part in found.groups()]
    return {"start": _clock(*hours[:2]), "end": _clock(*hours[2:])}


def _business_days(value: object) -> dict[str, Any]:
    if days := frozenset(_weekday(_text(day)) for day in _list(value)):
        return {"days": days}
    raise ValueError("a week without a business day would make every hour an odd one")


def _holidays(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"holidays": value}
    countries = tuple(_text(country).strip().upper() for country in _list(value))
    if unknown := [country for country in countries if _calendar(country) is None]:
        raise ValueError(f"no calendar of public holidays is known for {', '.join(unknown)}")
    return {"holidays": countries}


def _networks(value: object) -> dict[str, Any]:
    texts = [_text(item) for item in _list(value)]
    systems = frozenset(int(text[2:]) for text in texts if _SYSTEM.fullmatch(text))
    return {"networks": tuple(ip_network(t) for t in texts if not _SYSTEM.fullmatch(t)), "systems": systems}


_SETTINGS: Final = {
    "name": _name,
    "timezone": _timezone,
    "business_hours": _business_hours,
    "business_days": _business_days,
    "holidays": _holidays,
    "networks": _networks,
}


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a text")
    return value.strip()


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("it is not a list")
    return value


def _clock(hour: int, minute: int) -> time:
    """A time of day; 24:00 is the midnight that ends the day, which an end at 00:00 means too."""
    return time(0) if (hour, minute) == (24, 0) else time(hour, minute)


def _weekday(text: str) -> int:
    found = [i for i, day in enumerate(_DAYS) if len(text) >= 2 and day.startswith(text.strip().lower())]
    if len(found) != 1:
        raise ValueError(f"{text!r} is not a day of the week")
    return found[0]


def _zone(organisation: Organisation, identity: Identity | None, inferred: tzinfo | None) -> tuple[tzinfo, str]:
    if identity and identity.timezone:
        return identity.timezone, "identity"
    if organisation.zoned:
        return organisation.timezone, "organisation"
    return (inferred, "inferred") if inferred else (UTC, "UTC")


def _shift_day(local: datetime, organisation: Organisation) -> date | None:
    """The day on which the working hours that hold this time began; None outside of them."""
    clock, today = local.time(), local.date()
    if organisation.start < organisation.end:
        return today if organisation.start <= clock < organisation.end else None
    if clock >= organisation.start:
        return today
    return today - timedelta(days=1) if clock < organisation.end else None


@lru_cache(maxsize=512)
def _calendar(country: str) -> Mapping[date, str] | None:
    """Public holidays of ``US`` or ``DE-BE``, computed per year when asked; None when the library has none."""
    import holidays  # slow to import: only who asks for holidays pays for it

    code, _, subdivision = country.partition("-")
    if not re.fullmatch(r"[A-Z]{2}", code):
        return None
    try:
        return holidays.country_holidays(code, subdiv=subdivision or None, language="en_US")
    except NotImplementedError:
        return None
