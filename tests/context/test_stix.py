from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.intel import Indicator
from keywitness.context.stix import is_bundle, read_stix
from keywitness.errors import Reject, Source

ONE = {
    "type": "indicator",
    "spec_version": "2.1",
    "id": "indicator--1",
    "modified": "2026-01-01T00:00:00.000Z",
    "name": "credential theft",
    "pattern": "[ipv4-addr:value = '1.2.3.4']",
    "pattern_type": "stix",
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_until": "2026-06-01T00:00:00Z",
    "confidence": 85,
    "created_by_ref": "identity--1",
    "object_marking_refs": ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"],
}
IDENTITY = {"type": "identity", "id": "identity--1", "name": "Northwind CERT"}


def read(*objects: Any) -> tuple[list[Indicator], list[Reject]]:
    rejects: list[Reject] = []
    return list(
        read_stix(Source("feed.json"), "feed.json", {"type": "bundle", "objects": list(objects)}, rejects)
    ), rejects


def values(pattern: str) -> tuple[list[tuple[str, str]], list[Reject]]:
    found, rejects = read(ONE | {"pattern": pattern})
    return [(i.type, i.value) for i in found], rejects


def test_an_indicator() -> None:
    (found,), rejects = read(IDENTITY, ONE)
    assert (found.id, found.type, found.value) == ("indicator--1", "ipv4-addr", "1.2.3.4")
    assert (found.confidence, found.source, found.description) == (85, "Northwind CERT", "credential theft")
    assert found.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.valid_until == datetime(2026, 6, 1, tzinfo=UTC)
    assert found.tlp == "amber"
    assert not rejects


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("[ipv6-addr:value = '2001:DB8::1']", [("ipv6-addr", "2001:db8::1")]),
        ("[domain-name:value = 'evil.example']", [("domain-name", "evil.example")]),
        ("[autonomous-system:number = 9009]", [("asn", "9009")]),
        ("[ipv4-addr:value = '10.0.0.0/8']", [("cidr", "10.0.0.0/8")]),
        ("[ipv4-addr:value ISSUBSET '10.0.0.0/8']", [("cidr", "10.0.0.0/8")]),
        ("[ipv4-addr:value IN ('1.1.1.1', '2.2.2.2')]", [("ipv4-addr", "1.1.1.1"), ("ipv4-addr", "2.2.2.2")]),
        (
            "[ipv4-addr:value = '1.1.1.1' OR domain-name:value = 'a.b']",
            [("ipv4-addr", "1.1.1.1"), ("domain-name", "a.b")],
        ),
        ("([ipv4-addr:value = '1.1.1.1']) OR [autonomous-system:number = 7]", [("ipv4-addr", "1.1.1.1"), ("asn", "7")]),
        ("[network-traffic:src_ref.value = '1.1.1.1']", [("ipv4-addr", "1.1.1.1")]),
        (
            r"[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'Evil\'s \\ Bot']",
            [("user-agent", r"Evil's \ Bot")],
        ),
    ],
)
def test_patterns(pattern: str, expected: list[tuple[str, str]]) -> None:
    assert values(pattern) == (expected, [])


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[ipv4-addr:value = '1.1.1.1'] AND [domain-name:value = 'a.b']", "more than a choice of single values"),
        ("[ipv4-addr:value = '1.1.1.1' AND ipv4-addr:value = '2.2.2.2']", "more than a choice"),
        ("[ipv4-addr:value != '1.1.1.1']", "more than a choice"),
        ("[ipv4-addr:value LIKE '1.%']", "more than a choice"),
        (
            "[ipv4-addr:value = '1.1.1.1'] START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
            "more than a choice",
        ),
        ("[file:hashes.MD5 = 'x']", "nothing is known here that file:hashes.md5"),
        ("[ipv4-addr:value = 'x']", "not an IP address"),
        ("[ipv4-addr:value = ", "can't be parsed"),
        ("", "can't be parsed"),
        ("[" + "(" * 3000 + ")" * 3000 + "]", "can't be parsed"),
        ("x" * 20_000, "longer than 16 KB"),
    ],
)
def test_a_pattern_that_cannot_be_used(pattern: str, reason: str) -> None:
    found, (reject,) = values(pattern)
    assert not found
    assert reason in reject.reason
    assert "indicator--1" in reject.reason


def test_the_usable_part_of_a_choice_is_used() -> None:
    found, rejects = values("[ipv4-addr:value = '1.1.1.1' OR file:size = 1]")
    assert found == [("ipv4-addr", "1.1.1.1")]
    assert "a part of its pattern is not used" in rejects[0].reason


def test_the_latest_version_counts() -> None:
    old, new = ONE, ONE | {"modified": "2026-02-01T00:00:00.000Z", "pattern": "[ipv4-addr:value = '9.9.9.9']"}
    assert [i.value for i in read(new, old)[0]] == ["9.9.9.9"]
    assert read(old, new | {"revoked": True}) == ([], [])


@pytest.mark.parametrize("change", [{"pattern_type": "snort"}, {"valid_until": "soon"}, {"valid_from": 7}])
def test_the_rest_is_used(change: dict[str, Any]) -> None:
    found, rejects = read(ONE | change, ONE | {"id": "indicator--2"}, 7, {"type": "malware"})
    assert [i.id for i in found] == ["indicator--2"]
    assert "indicator--1" in rejects[0].reason


def test_indicators_without_an_id_stay_apart() -> None:
    nameless = {k: v for k, v in ONE.items() if k != "id"}
    assert [i.value for i in read(nameless, nameless | {"pattern": "[ipv4-addr:value = '9.9.9.9']"})[0]] == [
        "1.2.3.4",
        "9.9.9.9",
    ]


def test_is_bundle() -> None:
    assert is_bundle({"type": "bundle"})
    assert not is_bundle([])


@settings(deadline=None)  # files and first imports take their time
@given(st.text(st.sampled_from("[]()'=:., ORAND12ipv4-addr:value\\"), max_size=60))
def test_no_pattern_raises(pattern: str) -> None:
    values(pattern)
