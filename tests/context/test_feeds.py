import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.feeds import load_indicators
from keywitness.context.intel import Indicators
from keywitness.errors import Reject
from tests.context.conftest import Write

HEADER = "type,value,confidence,source,description"
ROW = "ipv4-addr,89.36.70.88,90,northwind-ti,credential theft infrastructure"


def load(path: Path) -> tuple[Indicators | None, list[Reject]]:
    rejects: list[Reject] = []
    return load_indicators(path.parent, rejects), rejects


def test_a_row(write: Write) -> None:
    known, rejects = load(write("indicators.csv", f"{HEADER}\n{ROW}\n"))
    assert known is not None
    (found,) = known.all
    assert (found.id, found.type, found.value) == ("ipv4-addr:89.36.70.88", "ipv4-addr", "89.36.70.88")
    assert (found.confidence, found.source) == (90, "northwind-ti")
    assert known.files == ("indicators.csv",)
    assert not rejects


def test_optional_columns(write: Write) -> None:
    text = "id,type,value,valid_from,valid_until,tlp\nti-1,domain,evil.example,2026-01-01,2026-02-01,TLP:AMBER\n"
    known, _ = load(write("indicators.csv", text))
    assert known is not None
    (found,) = known.all
    assert (found.id, found.tlp) == ("ti-1", "amber")
    assert found.valid_from == datetime(2026, 1, 1, tzinfo=UTC)
    assert found.valid_until == datetime(2026, 2, 1, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize("row", ["sha256,abc,,,", "ipv4-addr,1.2.3.400,,,", "ipv4-addr,,,,", '"'])
def test_a_bad_row_is_set_aside(write: Write, row: str) -> None:
    known, rejects = load(write("indicators.csv", f"{HEADER}\n{row}\n{ROW}\n"))
    assert known is not None
    assert [i.value for i in known.all] == ["89.36.70.88"]
    assert [r.source.record for r in rejects] == [2]


def test_a_bad_confidence_costs_the_confidence(write: Write) -> None:
    known, rejects = load(write("indicators.csv", f"{HEADER}\n{ROW.replace('90', 'high')}\n"))
    assert known is not None
    assert [i.confidence for i in known.all] == [None]
    assert "confidence of ipv4-addr:89.36.70.88" in rejects[0].reason


@pytest.mark.parametrize("text", ["", "ip,why\n1.1.1.1,x\n", f"{HEADER}\nmd5,x,,,\n"])
def test_nothing_usable_is_no_intelligence(write: Write, text: str) -> None:
    known, rejects = load(write("indicators.csv", text))
    assert known is None
    assert rejects


def test_an_empty_source_is_a_source(write: Write) -> None:
    known, rejects = load(write("indicators.csv", f"{HEADER}\n"))
    assert known is not None
    assert not known.all
    assert not rejects


def test_no_folder_and_no_source(tmp_path: Path) -> None:
    assert load_indicators(None, []) is None
    assert load_indicators(tmp_path, []) is None


def test_all_sources_count(write: Write) -> None:
    pattern = {
        "type": "indicator",
        "id": "indicator--1",
        "pattern_type": "stix",
        "pattern": "[domain-name:value = 'a.example']",
    }
    attribute = {"type": "ip-src", "value": "1.2.3.4", "to_ids": True}
    write("changes.json", "[]")
    write("a.json", json.dumps({"type": "bundle", "objects": [pattern]}))
    write("b.json", json.dumps({"Event": {"info": "x", "Attribute": [attribute]}}))
    write("c.json", json.dumps({"hello": "world"}))
    write("d.json", "{")
    known, rejects = load(write("indicators.csv", f"{HEADER}\n{ROW}\n"))
    assert known is not None
    assert known.files == ("indicators.csv", "a.json", "b.json")
    assert [i.value for i in known.all] == ["89.36.70.88", "a.example", "1.2.3.4"]
    assert [Path(r.source.file).name for r in rejects] == ["c.json", "d.json"]
    assert "neither a STIX 2.1 bundle nor a MISP event" in rejects[0].reason


@pytest.mark.parametrize(
    "content",
    [
        {"type": "bundle", "objects": [{"type": "indicator", "id": "indicator--1", "pattern": "[file:size = 1]"}]},
        {"Event": {"Attribute": [{"type": "md5", "value": "x", "to_ids": True}]}},
    ],
)
def test_a_feed_that_no_event_could_match_is_no_intelligence(write: Write, content: object) -> None:
    known, rejects = load(write("feed.json", json.dumps(content)))
    assert known is None
    assert rejects


@settings(deadline=None)  # files and first imports take their time
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda t: f"{HEADER},valid_from\n{t}".encode("utf-8", "replace"))
)
def test_no_content_raises(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("indicators.csv", "feed.json"):
            Path(folder, name).write_bytes(content)
        load_indicators(Path(folder), [])


KEYS = st.sampled_from(
    ["type", "id", "objects", "pattern", "revoked", "Event", "Attribute", "Object", "value", "to_ids", "Tag", "Orgc"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.sampled_from(["indicator", "bundle", "ip-src", "1.1.1.1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)  # files and first imports take their time
@given(VALUES)
def test_no_json_raises(content: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "feed.json").write_text(json.dumps(content), encoding="utf-8")
        load_indicators(Path(folder), [])
