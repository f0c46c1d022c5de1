from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.context.tables import MAX_CELL, decode_file, fold, parse_time, read_json, read_table, zone_named
from keywitness.errors import Reject
from tests.context.conftest import Write

GOOD = "a,b\n1,\u00fc\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(write: Write, encoding: str) -> None:
    rejects: list[Reject] = []
    table = read_table(write("t.csv", GOOD, encoding), rejects)
    assert table is not None
    assert [dict(e.cells) for e in table.entries] == [{"a": "1", "b": "\u00fc"}]
    assert not rejects


@pytest.mark.parametrize("text", ["a;b\n1;2,5\n", "sep=;\na;b\n1;2,5\n", "a\tb\n1\t2,5\n", '"a"; "b"\r\n1; "2,5"\r\n'])
def test_delimiters(write: Write, text: str) -> None:
    table = read_table(write("t.csv", text), [])
    assert table is not None
    assert [dict(e.cells) for e in table.entries] == [{"a": "1", "b": "2,5"}]


def test_rows_are_numbered_as_a_spreadsheet_does(write: Write) -> None:
    table = read_table(write("t.csv", 'a,b\n\n1,"two\nlines"\n,\n2,x\n'), [])
    assert table is not None
    assert [(e.where, e.cells["b"]) for e in table.entries] == [("row 3", "two\nlines"), ("row 5", "x")]


def test_a_stray_quote_costs_its_own_line(write: Write) -> None:
    rejects: list[Reject] = []
    table = read_table(write("t.csv", 'a,b\n1,"open\n2,x\n3,"y"\n'), rejects)
    assert table is not None
    assert [e.cells["a"] for e in table.entries] == ["2", "3"]
    assert [str(r) for r in rejects] == [
        f"{rejects[0].source}: row 2: its quotes are not balanced, or a cell is too long; it was set aside"
    ]
    assert table.broken == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1," + "x" * (MAX_CELL + 1), "a cell is longer than 64 KB"),
        ("1," + "x" * 200_000, "a cell is too long"),
        ("1,2,3", "it has 3 cells, and the header has 2"),
    ],
)
def test_rows_out_of_shape(write: Write, row: str, reason: str) -> None:
    rejects: list[Reject] = []
    table = read_table(write("t.csv", f"a,b\n{row}\n5,6\n"), rejects)
    assert table is not None
    assert [e.cells["a"] for e in table.entries] == ["5"]
    assert reason in rejects[0].reason
    assert rejects[0].source.record == 2
    assert len(rejects[0].text) <= 200


def test_blank_lines_before_the_header(write: Write) -> None:
    table = read_table(write("t.csv", ' \na,b\n1,"two\nlines"\n'), [])
    assert table is not None
    assert [(e.where, e.cells["b"]) for e in table.entries] == [("row 3", "two\nlines")]


@pytest.mark.parametrize("mark", ['"', " ", "\u00fc"])
def test_an_odd_separator_is_no_separator(write: Write, mark: str) -> None:
    table = read_table(write("t.csv", f"sep={mark}\na,b\n"), [])
    assert table is not None
    assert not any(entry.cells.get("a") == "b" for entry in table.entries)


def test_columns_are_spelled_one_way(write: Write) -> None:
    table = read_table(write("t.csv", " \nStart date,Requested-By\n1,2\n"), [])
    assert table is not None
    assert table.columns == ("start_date", "requested_by")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    rejects: list[Reject] = []
    assert decode_file(tmp_path, rejects) is None
    assert read_table(tmp_path / "none.csv", rejects) is None
    assert len(rejects) == 2


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000])
def test_json_that_is_none(write: Write, text: str) -> None:
    rejects: list[Reject] = []
    assert read_json(write("x.json", text), rejects) is None
    assert len(rejects) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-06T12:13:50Z", datetime(2026, 10, 6, 12, 13, 50, tzinfo=UTC)),
        ("2026-10-06 12:13:50", datetime(2026, 10, 6, 12, 13, 50, tzinfo=UTC)),
        ("2026-10-06T12:13:50.000+0200", datetime(2026, 10, 6, 10, 13, 50, tzinfo=UTC)),
        (" 2026-10-06 ", datetime(2026, 10, 6, tzinfo=UTC)),
    ],
)
def test_times(text: str, expected: datetime) -> None:
    assert parse_time(text) == expected


def test_a_date_alone_is_the_whole_day() -> None:
    assert parse_time("2026-10-06", closing=True) == datetime(2026, 10, 6, 23, 59, 59, 999999, tzinfo=UTC)
    assert parse_time("2026-10-06T00:00", closing=True) == datetime(2026, 10, 6, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "06/10/2026", "2026-02-30", "0001-01-01T00:00+14:00", "9999-12-31x"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 8601 time"):
        parse_time(text)


@pytest.mark.parametrize("text", ["", "Mars/Olympus", "../etc/passwd", "America", "/etc/localtime", "x" * 5000, "\0"])
def test_zones_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        zone_named(text)


def test_folding_keeps_names_apart() -> None:
    assert fold("Jos\u00e9") == fold("JOSE\u0301")
    assert fold("\u017fvc") != fold("svc"), "a long s is no s"


@given(st.text(max_size=40), st.booleans())
def test_times_never_raise_anything_else(text: str, closing: bool) -> None:
    with suppress(ValueError):
        assert parse_time(text, closing=closing).tzinfo is UTC
