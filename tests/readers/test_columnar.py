"""By columns or record by record: the same table, byte for byte."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.errors import Reject
from keywitness.event import SCHEMA
from keywitness.readers import columnar
from keywitness.readers.bulk import Many, batches
from keywitness.readers.compiled import walk
from tests.readers.records import ALL, NOTHING, Record, aws, entra_audit, entra_sign_in, gcp, lines, monitor

pytestmark = pytest.mark.skipif(walk is None, reason="keywitness was installed without a C compiler")
EXAMPLE = Path(__file__).parents[2] / "examples" / "company" / "logs"


@contextmanager
def record_by_record() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columnar, "walk", None)
        yield


def table(data: bytes, many: Many | None = None, wanted: Any = ALL) -> tuple[pa.Table, list[Reject]]:
    rejects: list[Reject] = []
    found = list(batches(BytesIO(data), "x.json", wanted, rejects, many))
    return pa.Table.from_batches(found, SCHEMA).combine_chunks(), rejects


def assert_same(data: bytes, wanted: Any = ALL) -> None:
    together = table(data, wanted=wanted)
    with record_by_record():
        assert table(data, wanted=wanted) == together


@pytest.mark.parametrize("file", sorted(p.relative_to(EXAMPLE) for p in EXAMPLE.rglob("*") if p.is_file()), ids=str)
def test_the_example_is_the_same_table(file: Path) -> None:
    assert_same((EXAMPLE / file).read_bytes(), NOTHING)
    assert_same((EXAMPLE / file).read_bytes(), ALL)


SCALARS: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.floats() | st.just({}) | st.just([])
)
FIELDS = sorted({k for build in (aws, gcp, entra_audit, entra_sign_in) for k in build()} | {"errorCode", "tenantId"})
BUILDERS = (aws, aws, gcp, entra_audit, entra_sign_in, lambda: monitor(entra_sign_in()))


@st.composite
def changed(draw: st.DrawFn) -> Record:
    record: Record = draw(st.sampled_from(BUILDERS))()
    for key in draw(st.lists(st.sampled_from(FIELDS), max_size=2)):
        record[key] = draw(SCALARS)
    inside = [v for v in record.values() if isinstance(v, dict) and v]
    for holder in draw(st.lists(st.sampled_from(inside), max_size=1)) if inside else ():
        holder[draw(st.sampled_from(sorted(holder)))] = draw(SCALARS)
    for key in draw(st.lists(st.sampled_from(sorted(record)), max_size=1)):
        del record[key]
    return record


@settings(deadline=None)
@given(st.lists(changed(), max_size=6), st.sampled_from([ALL, NOTHING]))
def test_changed_records_are_the_same_table(records: list[Record], wanted: Any) -> None:
    assert_same(json.dumps({"Records": records}).encode(), wanted)
    assert_same(json.dumps(records, ensure_ascii=False).encode("utf-8", errors="surrogatepass"), wanted)
    assert_same(lines(*records), wanted)


@settings(deadline=None)
@given(st.lists(changed(), min_size=1, max_size=4), st.data())
def test_damaged_texts_are_the_same_table(records: list[Record], data: st.DataObject) -> None:
    for text in (json.dumps({"Records": records}).encode(), lines(*records)):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        assert_same(text[:at] + data.draw(st.binary(max_size=3)) + text[at + cut :])


def test_odd_records_keep_their_places() -> None:
    records = [aws(eventID=f"e-{n}") for n in range(6)]
    del records[2]["eventID"]
    records[4]["userAgent"] = 7
    rows, rejects = table(json.dumps({"Records": records}).encode())
    assert rows["record"].to_pylist() == list(range(6))
    assert rows["event_id"].to_pylist()[2].startswith("sha256:")
    assert rows["user_agent"].to_pylist()[4] == "7"
    assert not rejects


def test_memory_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar, "COMBINATIONS", 20)
    many = Many(ALL)
    for n in range(5):
        data = lines(*(aws(eventID=f"e-{n}-{m}", userAgent=f"a-{n}-{m}") for m in range(9)))
        assert table(data, many)[0]["user_agent"].to_pylist() == [f"a-{n}-{m}" for m in range(9)]
