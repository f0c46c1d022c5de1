"""Tables: a row is an object, cells that hold JSON are parsed, and a bad row costs only itself."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import Reject
from keywitness.readers import tables
from keywitness.readers.tables import csv_rows, delimiter, parquet_rows

ROWS: list[dict[str, Any]] = [
    {"TimeGenerated": "2026-03-02", "AuditData": {"a": ["x,y", '"']}},
    {"AuditData": "plain\ntext"},
]


def written(rows: list[dict[str, Any]], separator: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, delimiter=separator)
    writer.writeheader()
    writer.writerows({k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def rows(data: bytes, size: int = 10_000) -> list[Any]:
    separator = delimiter(data)
    assert separator
    return [json.loads(r) for r in csv_rows((data[i : i + size] for i in range(0, len(data), size)), separator)]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_rows_become_objects(separator: str, size: int) -> None:
    assert rows(written(ROWS, separator), size) == ROWS


def test_times_of_sentinels_portal_are_read() -> None:
    data = b'"TimeGenerated [UTC]",b\n"3/2/2026, 2:07:09.5 PM",1\n2026-03-02T14:07:09Z,2\n'
    assert [r["TimeGenerated"] for r in rows(data)] == ["2026-03-02T14:07:09.500000+00:00", "2026-03-02T14:07:09Z"]


def test_the_answer_of_a_query_is_a_table() -> None:
    table = {"name": "PrimaryResult", "columns": [{"name": "a"}, {"name": "b"}], "rows": [["x", '{"c": 1}'], [1, None]]}
    found = tables.query_rows(json.dumps({"tables": [table]}).encode())
    assert found is not None
    assert [json.loads(r) for r in found] == [{"a": "x", "b": {"c": 1}}, {"a": 1}]
    assert tables.query_rows(b'{"tables": [{"columns": 1}]}') is None


@pytest.mark.parametrize("above", [b"#TYPE System.Object\r\n", b"sep=,\n", b"\n\n"])
def test_what_stands_above_the_header_is_passed_over(above: bytes) -> None:
    assert rows(above + written(ROWS)) == ROWS


def test_a_single_column_counts_when_it_holds_json() -> None:
    assert rows(b'_raw\n"{""a"": 1}"\n') == [{"_raw": {"a": 1}}]
    assert delimiter(b"word\nanother\n") is None


@pytest.mark.parametrize(
    "text", [b"", b'{"a": 1}', b"[1, 2]", b"<134>Mar  2 host app: {", b"a,a\n", b"a,,b\n", b"a!,b?\n", b"\0\0", b'"']
)
def test_other_text_is_no_table(text: bytes) -> None:
    assert delimiter(text) is None


def test_a_row_that_does_not_fit_is_told_and_costs_only_itself() -> None:
    found = rows(b"a,b\n1,2,3\n4,5\n6\n\n")
    assert found[1:] == [{"a": "4", "b": "5"}, {"a": "6"}]
    assert "3 cells" in found[0]["unreadable"]


def test_a_quote_without_end_takes_no_more_than_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_RECORD", 100)
    found = rows(b'a,b\n1,"' + b"x" * 90 + b"\n" + b"y" * 90 + b"\n3,4\n", 50)
    assert "unreadable" in found[0]
    csv.field_size_limit(10**6)


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    data = f"a,b\n{text}".encode(errors="replace")
    list(csv_rows([data], ","))
    delimiter(text.encode(errors="replace"))


def parquet(table: pa.Table) -> tuple[list[Any], list[Reject]]:
    out = io.BytesIO()
    pq.write_table(table, out)
    rejects: list[Reject] = []
    return [json.loads(r) for r in parquet_rows(out, "x", rejects)], rejects


def test_parquet_rows_become_objects() -> None:
    when = datetime(2026, 3, 2, 10, tzinfo=UTC)
    table = pa.table(
        {
            "time": pa.array([when], pa.timestamp("ns", tz="UTC")),
            "map": pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string())),
            "inner": [{"ip": "192.0.2.1", "gone": None, "list": [{"a": 1, "b": None}]}],
            "bytes": [b"{}"],
            "gone": pa.array([None], pa.string()),
        }
    )
    (row,), rejects = parquet(table)
    assert not rejects
    assert row == {
        "time": "2026-03-02T10:00:00+00:00",
        "map": {"k": "v"},
        "inner": {"ip": "192.0.2.1", "list": [{"a": 1}]},
        "bytes": "{}",
    }


def test_damaged_parquet_is_told() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"a": list(range(1000))}), out)
    data = out.getvalue()
    for broken in (data[:-20], data[:100], b"PAR1", b"PAR1" + bytes(100) + b"PAR1"):
        rejects: list[Reject] = []
        list(parquet_rows(io.BytesIO(broken), "x", rejects))
        assert "damaged" in rejects[0].reason


def test_a_parquet_bomb_is_left_unexploded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "FREE", 1000)
    monkeypatch.setattr(tables, "MAX_RATIO", 2)
    found, rejects = parquet(pa.table({"a": ["x" * 50] * 20_000}))
    assert len(found) == tables._ROWS
    assert "times its size" in rejects[0].reason
