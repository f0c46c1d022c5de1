"""Where an address is and whose network it is in, from MMDB files of GeoLite2, DB-IP or IPinfo.

The vendors name the same fact differently; :data:`_FIELDS` lists where each
puts it. An address that no database holds has no place, and nothing follows
from that.
"""

import math
import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import maxminddb

from keywitness.errors import Reject, Source

FILES: Final = {"city": "city.mmdb", "country": "country.mmdb", "asn": "asn.mmdb"}
_EARTH_KM: Final = 6371.0088  # mean radius, IUGG
_REMEMBERED: Final = 2**18  # addresses
_PROBES: Final = ("1.1.1.1", "64.0.0.1", "128.0.0.1", "192.0.2.1", "2001:4860::1", "2a00::1")
_FAULTS: Final = (
    maxminddb.InvalidDatabaseError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Place:
    """What the databases say of an address. Degrees are WGS 84; None where no database says."""

    country: str | None = None  # ISO alpha-2
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    asn: int | None = None
    network: str | None = None  # the organisation behind the AS number


_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "country": ("country.iso_code", "country_code", "country"),
    "city": ("city.names.en", "city"),
    "latitude": ("location.latitude", "latitude", "lat", "loc.0"),
    "longitude": ("location.longitude", "longitude", "lng", "loc.1"),
    "asn": ("autonomous_system_number", "asn"),
    "network": ("autonomous_system_organization", "as_name", "name"),
}


@dataclass(frozen=True, slots=True)
class Geo:
    """The databases of one folder. ``has_city``: some database knows countries; cities only if it is a city database.

    ``files`` says for city, country and asn which file there is, "" for none.
    """

    has_city: bool = False
    has_asn: bool = False
    files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(dict.fromkeys(FILES, "")))
    _find: Callable[[str], Place | None] = field(default=lambda _: None, repr=False, compare=False)

    @classmethod
    def open(cls, folder: Path | None, rejects: list[Reject]) -> "Geo":
        """Open what the folder has; a database that can't be read is reported and counts as not there."""
        readers = {part: _open(folder / name, rejects) for part, name in FILES.items()} if folder else {}
        open_readers = {part: reader for part, reader in readers.items() if reader}

        @lru_cache(maxsize=_REMEMBERED)
        def find(address: str) -> Place | None:
            return _look_up(tuple(open_readers.values()), address)

        files = {part: name if part in open_readers else "" for part, name in FILES.items()}
        return cls("city" in open_readers or "country" in open_readers, "asn" in open_readers, files, find)

    def place(self, address: str) -> Place | None:
        """None for a private or reserved address, for text that is no address, and for one in no database."""
        return self._find(address)


def distance_km(a: Place, b: Place) -> float | None:
    """Great-circle distance (haversine); None when one of the places has no coordinates."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    here, there = math.radians(a.latitude), math.radians(b.latitude)
    across = math.radians(b.longitude - a.longitude)
    chord = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


def _open(path: Path, rejects: list[Reject]) -> maxminddb.Reader | None:
    if not path.is_file():
        return None
    try:
        # Not the C extension: a damaged file makes it read beyond the map and takes the process down with it.
        reader = maxminddb.open_database(str(path), maxminddb.MODE_MMAP)
        for probe in _PROBES:
            if reader.metadata().ip_version == 6 or ":" not in probe:
                reader.get(probe)
    except _FAULTS as error:
        rejects.append(Reject(Source(str(path)), f"this MMDB can't be read, so it counts as not there: {error}"))
        return None
    return reader


def _look_up(readers: tuple[maxminddb.Reader, ...], address: str) -> Place | None:
    parsed = _public(address)
    if parsed is None:
        return None
    known: dict[str, Any] = {}
    for record in _records(readers, parsed):
        for name, value in _facts(record):
            known.setdefault(name, value)
    return Place(**known) if known else None


def _public(address: str) -> IPv4Address | IPv6Address | None:
    """The address to look up. Ranges for documentation pass: example data lives there, and real databases hold none."""
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return None
    parsed = (parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None) or parsed
    example = parsed.is_private and any(
        parsed in network for network in _examples() if network.version == parsed.version
    )
    return parsed if (parsed.is_global and not parsed.is_multicast) or example else None


@lru_cache(maxsize=1)
def _examples() -> tuple[Any, ...]:
    """RFC 5737 and RFC 3849."""
    from ipaddress import ip_network

    return tuple(map(ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")))


def _records(readers: tuple[maxminddb.Reader, ...], address: IPv4Address | IPv6Address) -> Iterator[Mapping[str, Any]]:
    for reader in readers:
        try:
            record = reader.get(address)
        except _FAULTS:  # a damaged record, or an IPv6 address in a database of IPv4
            continue
        if isinstance(record, dict):
            yield record


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of :class:`Place` that a record holds in a form that can be used."""
    for part in fields(Place):
        found = (_READ[part.name](_at(record, path)) for path in _FIELDS[part.name])
        value = next((value for value in found if value is not None), None)
        if value is not None:
            yield part.name, value


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for step in path.split("."):
        if isinstance(value, str) and step.isdigit():  # "loc": "39.04,-77.49"
            value = dict(enumerate(value.split(","))).get(int(step))
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _country(value: Any) -> str | None:
    return value.upper() if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2}", value) else None


def _degrees(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if -180 <= number <= 180 else None


def _asn(value: Any) -> int | None:
    found = re.fullmatch(r"(?:AS)?(\d{1,10})", str(value), re.IGNORECASE)
    return int(found[1]) if found else None


_READ: Final[Mapping[str, Callable[[Any], Any]]] = {
    "country": _country,
    "city": _text,
    "latitude": _degrees,
    "longitude": _degrees,
    "asn": _asn,
    "network": _text,
}
