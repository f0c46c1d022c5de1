"""Records found by counting brackets, wherever the text is cut into blocks."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import MAX_RECORD
from keywitness.readers.scan import CONTAINERS, scan

texts = st.text(alphabet='ab"\\{}[],:\n\u2013', max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
records = st.dictionaries(texts, values, max_size=4)


def blocks(text: bytes, sizes: list[int]) -> list[bytes]:
    found, at = [], 0
    for size in sizes:
        found.append(text[at : at + size])
        at += size
    return [*found, text[at:]]


@given(st.lists(records, max_size=5), st.sampled_from(["rows", "list", *CONTAINERS]), st.booleans(), st.data())
def test_the_same_records_however_the_text_is_cut(
    given_records: list[dict[str, Any]], frame: str, pretty: bool, data: st.DataObject
) -> None:
    indent = 1 if pretty else None
    each = [json.dumps(r, indent=indent) for r in given_records]
    if frame == "rows":
        text = "\n".join(each)
    else:
        document = given_records if frame == "list" else {"kind": {"a": [1]}, frame: given_records, "next": {"b": 2}}
        text = json.dumps(document, indent=indent)
    sizes = data.draw(st.lists(st.integers(0, 12), max_size=30))
    found = list(scan(blocks(text.encode(), sizes)))
    assert [json.loads(record) for record in found] == given_records


@given(st.binary(max_size=200), st.lists(st.integers(0, 9), max_size=20))
def test_any_text_gives_the_same_whatever_the_blocks(text: bytes, sizes: list[int]) -> None:
    assert list(scan(blocks(text, sizes))) == list(scan([text]))


def test_what_is_cut_off_is_yielded() -> None:
    assert list(scan([b'{"Records":[{"a":1},{"b":'])) == [b'{"a":1}', b'{"b":']
    assert list(scan([b'{"a":"'])) == [b'{"a":"']


def test_depth_costs_no_stack() -> None:
    deep = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert list(scan([b'{"Records":[{"a":1},' + deep + b',{"b":2}]}'])) == [b'{"a":1}', deep, b'{"b":2}']


@pytest.mark.parametrize("size", [2**20, 64 * 2**20])
def test_of_a_record_too_large_only_the_start_is_held(size: int) -> None:
    text = b'[{"a":1},{"huge":"' + b"x" * (3 * MAX_RECORD) + b'"},{"b":2}]'
    found = list(scan(text[i : i + size] for i in range(0, len(text), size)))
    assert [found[0], found[2]] == [b'{"a":1}', b'{"b":2}']
    assert len(found[1]) > MAX_RECORD
