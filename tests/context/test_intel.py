from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.intel import Indicator, Indicators, canonical, confidence, index, strictest

AT = datetime(2026, 10, 6, tzinfo=UTC)
BEFORE, AFTER = datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    "address": None,
    "asn": None,
    "user_agent": None,
    "service": None,
    "credentials": (),
    "at": AT,
}


def indicator(kind: str, value: str, **more: Any) -> Indicator:
    type_, value = canonical(kind, value)
    return Indicator(f"{kind}:{value}", type_, value, **more)


def hits(indicators: Indicators, **seen: Any) -> list[str]:
    return [found.value for found in indicators.match(**NOTHING | seen)]


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("ipv4-addr", "89.36.70.88", {"address": "89.36.70.88"}),
        ("ipv4-addr", "89.36.70.88", {"address": "::ffff:89.36.70.88"}),
        ("ip-src", "89.36.70.0/24", {"address": "89.36.70.88"}),
        ("ipv6-addr", "2001:0DB8::0001", {"address": "2001:db8:0:0::1"}),
        ("cidr", "2001:db8::/32", {"address": "2001:db8:0:0::1"}),
        ("ip", "0.0.0.0/0", {"address": "1.2.3.4"}),
        ("AS", "AS9009", {"asn": 9009}),
        ("domain", "Evil.example", {"service": "evil.EXAMPLE"}),
        ("user_agent", "EvilBot/1.0", {"user_agent": "evilbot/1.0"}),
        ("credential", "AKIAEXAMPLE", {"credentials": ("x", "AKIAEXAMPLE")}),
    ],
)
def test_a_match(kind: str, value: str, seen: dict[str, Any]) -> None:
    assert len(hits(index([indicator(kind, value)]), **seen)) == 1


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("ipv4-addr", "89.36.70.8", {"address": "89.36.70.88"}),
        ("cidr", "89.36.70.0/24", {"address": "89.36.71.1"}),
        ("cidr", "0.0.0.0/0", {"address": "::1"}),
        ("cidr", "0.0.0.0/0", {"address": "no address"}),
        ("domain", "evil.example", {"service": "notevil.example"}),
        ("user-agent", "curl", {"user_agent": "curl/8"}),
        ("asn", "9009", {"user_agent": "9009"}),
        ("ipv4-addr", "89.36.70.88", {}),
    ],
)
def test_no_match(kind: str, value: str, seen: dict[str, Any]) -> None:
    assert not hits(index([indicator(kind, value)]), **seen)


def test_each_indicator_once_and_all_that_hit() -> None:
    single, network = indicator("ip", "1.2.3.4"), indicator("ip", "1.2.0.0/16")
    known = index([single, network, single], ("a.csv",))
    assert known.all == (single, network)
    assert hits(known, address="1.2.3.4") == ["1.2.3.4", "1.2.0.0/16"]


@pytest.mark.parametrize(
    ("bounds", "valid"),
    [
        ({}, True),
        ({"valid_from": BEFORE, "valid_until": AFTER}, True),
        ({"valid_from": AT}, True),
        ({"valid_until": AT}, False),
        ({"valid_until": BEFORE}, False),
        ({"valid_from": AFTER}, False),
    ],
)
def test_validity(bounds: dict[str, datetime], valid: bool) -> None:
    known = index([indicator("ip", "1.2.3.4", **bounds)])
    seen = NOTHING | {"address": "1.2.3.4"}
    assert bool(known.match(**seen)) is valid
    assert bool(known.expired(**seen)) is not valid


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("md5", "abc", "nothing is known here"),
        ("ip", "300.1.1.1", "not an IP address"),
        ("ip", " ", "no value"),
        ("asn", "AS-9009", "not an AS number"),
        ("asn", "\u0661", "not an AS number"),
    ],
)
def test_what_no_event_could_match(kind: str, value: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        canonical(kind, value)


def test_small_values() -> None:
    assert (confidence(85), confidence("0"), confidence(""), confidence("high"), confidence(101)) == (
        85,
        0,
        None,
        None,
        None,
    )
    assert strictest(["green", None, "red", "clear"]) == "red"
    assert strictest([]) is None


@settings(deadline=None)  # files and first imports take their time
@given(st.ip_addresses(), st.ip_addresses(), st.integers(0, 128))
def test_networks_agree_with_the_library(address: Any, start: Any, length: int) -> None:
    from ipaddress import ip_network

    network = ip_network(f"{start}/{min(length, start.max_prefixlen)}", strict=False)
    mapped = getattr(address, "ipv4_mapped", None) or getattr(start, "ipv4_mapped", None)
    if not mapped:
        found = hits(index([indicator("cidr", str(network))]), address=str(address))
        assert bool(found) == (address.version == network.version and address in network)
