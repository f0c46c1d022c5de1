"""Threat intelligence: indicators that a source address, network, client, domain or key can match.

An indicator that isn't valid at the time of the event proves nothing, yet an
analyst wants to see it: it is kept apart in :meth:`Indicators.expired`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from keywitness.context.latest import Gap
from keywitness.context.tables import fold

_SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("ip", "address", "ipv4", "ipv6", "ip-src", "ip-dst", "ipv4-addr", "ipv6-addr", "cidr"),
    "domain-name": ("domain", "hostname", "domain-name"),
    "asn": ("as", "asn", "autonomous-system"),
    "user-agent": ("user-agent", "useragent", "http-user-agent"),
    "credential": ("credential", "access-key", "access-key-id", "key", "key-id"),
}
TYPES: Final[Mapping[str, str]] = {name: kind for kind, names in _SPELLINGS.items() for name in names}
"""What sources call a type → what it is here. An ``address`` becomes ipv4-addr, ipv6-addr or cidr by its value."""
STRICTEST: Final = ("red", "amber+strict", "amber", "green", "clear")
"""TLP 2.0, the most restrictive first."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One observable that somebody calls hostile. Times are UTC; None is without bound.

    ``value`` is as an event would hold it: an address or network in its canonical form, an AS number in digits.
    """

    id: str
    type: str  # ipv4-addr, ipv6-addr, cidr, domain-name, asn, user-agent, credential
    value: str
    confidence: int | None = None  # 0 to 100, as in STIX
    source: str = ""
    description: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    tlp: str | None = None  # clear, green, amber, amber+strict, red

    def valid(self, at: datetime) -> bool:
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )


_Networks = Mapping[tuple[int, int], Mapping[int, tuple[Indicator, ...]]]  # (version, prefix length) → network → ...


@dataclass(frozen=True, slots=True)
class Indicators:
    """All indicators, indexed; ``files`` are the names of those that held some, with the age of remote ones.

    ``gaps`` are sources that are configured and can't be read: while one lasts, nobody can say that nothing matches.
    """

    all: tuple[Indicator, ...] = ()
    files: tuple[str, ...] = ()
    _exact: Mapping[tuple[str, str], tuple[Indicator, ...]] = field(default_factory=dict, repr=False)
    _networks: _Networks = field(default_factory=dict, repr=False)
    gaps: tuple[Gap, ...] = ()

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
        """The indicators valid at ``at`` (aware) that hit: addresses exactly or by network, the rest as whole values
        without case. ``service`` is a host or domain name. Each indicator once, in the order of the arguments.
        """
        return tuple(i for i in self._hits(address, asn, user_agent, service, credentials) if i.valid(at))

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
        """As :meth:`match`, but those that hit and were no longer, or not yet, valid at ``at``: counter-evidence."""
        return tuple(i for i in self._hits(address, asn, user_agent, service, credentials) if not i.valid(at))

    def _hits(
        self,
        address: str | None,
        asn: int | None,
        user_agent: str | None,
        service: str | None,
        credentials: Sequence[str],
    ) -> dict[Indicator, None]:
        wanted = [("asn", str(asn)), ("user-agent", user_agent), ("domain-name", service)]
        wanted += [("credential", credential) for credential in credentials]
        keys = [(kind, fold(value)) for kind, value in wanted if value]
        found = [*self._at(address), *(hit for key in keys for hit in self._exact.get(key, ()))]
        return dict.fromkeys(found)

    def _at(self, address: str | None) -> Iterator[Indicator]:
        parsed = _address(address or "")
        if parsed is None:
            return
        yield from self._exact.get((f"ipv{parsed.version}-addr", str(parsed)), ())
        for (version, length), networks in self._networks.items():
            if version == parsed.version:
                shift = parsed.max_prefixlen - length
                yield from networks.get(int(parsed) >> shift << shift, ())


def index(indicators: Iterable[Indicator], files: tuple[str, ...] = (), gaps: tuple[Gap, ...] = ()) -> Indicators:
    """Make indicators searchable. The same indicator given twice counts once."""
    known = tuple(dict.fromkeys(indicators))
    exact: dict[tuple[str, str], tuple[Indicator, ...]] = {}
    networks: dict[tuple[int, int], dict[int, tuple[Indicator, ...]]] = defaultdict(dict)
    for indicator in known:
        if indicator.type == "cidr":
            network = ip_network(indicator.value)
            start, same = int(network.network_address), networks[network.version, network.prefixlen]
            same[start] = (*same.get(start, ()), indicator)
        else:
            key = (indicator.type, fold(indicator.value))
            exact[key] = (*exact.get(key, ()), indicator)
    return Indicators(known, files, exact, dict(networks), gaps)


def canonical(kind: str, value: str) -> tuple[str, str]:
    """Type and value as :class:`Indicator` holds them. Raises ValueError for what no event could match."""
    type_ = TYPES.get(kind.strip().lower().replace("_", "-"))
    value = value.strip()
    if type_ is None:
        raise ValueError(f"nothing is known here that a {kind[:40]!r} could match")
    if not value:
        raise ValueError("it has no value")
    if type_ == "address":
        return _network(value)
    if type_ == "asn":
        number = value[2:] if value[:2].lower() == "as" else value
        if not (number.isascii() and number.isdigit() and len(number) <= 10):
            raise ValueError(f"{value[:40]!r} is not an AS number")
        return type_, str(int(number))
    return type_, value


def _network(value: str) -> tuple[str, str]:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{value[:60]!r} is not an IP address or network") from None
    if network.prefixlen < network.max_prefixlen:
        return "cidr", str(network)
    single = _address(str(network.network_address)) or network.network_address
    return f"ipv{single.version}-addr", str(single)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address; IPv4 written as IPv6 is IPv4."""
    try:
        parsed = ip_address(text.strip())
    except ValueError:
        return None
    return (parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None) or parsed


def confidence(value: object) -> int | None:
    """A whole number from 0 to 100, or None."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100 else None


def strictest(marks: Iterable[str | None]) -> str | None:
    """The TLP marking that binds among several."""
    found = set(marks)
    return next((mark for mark in STRICTEST if mark in found), None)
