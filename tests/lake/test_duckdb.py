"""The embedded engine keeps its contract: each record once, times in UTC, SQL that can be shown."""

from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa

from keywitness.event import SCHEMA
from keywitness.lake.duckdb import DuckDB
from tests.support import AT, engine, event, parquet


def test_a_record_exported_twice_is_one_event(tmp_path: Path) -> None:
    row = event(event_id="same")
    again = row | {"file": "other.json", "record": 99}
    on = DuckDB([parquet([row], tmp_path / "a.parquet"), parquet([again, event()], tmp_path / "b.parquet")])
    kept = [(found["event_id"], found["file"]) for found in on.rows(on.events())]
    assert max(kept) == ("same", "log.json")
    assert len(kept) == 2


def test_one_id_with_two_meanings_is_two_events(tmp_path: Path) -> None:
    row = event(event_id="same")
    others = [row | {"operation": "sts:AssumeRole"}, row | {"actor_id": "bob"}, row | {"provider": "gcp"}]
    on = engine([row, *others], tmp_path)
    assert len(on.rows(on.events())) == 4


def test_records_without_actor_or_address_are_told_apart_by_id(tmp_path: Path) -> None:
    row = event(event_id="same", actor_id=None, source_ip=None)
    on = engine([row, row | {"record": 7}, event(actor_id=None)], tmp_path)
    assert len(on.rows(on.events())) == 2


def test_no_parts_are_an_empty_table_with_every_column() -> None:
    on = DuckDB([])
    assert on.events().columns == tuple(SCHEMA.names)
    assert on.rows(on.events()) == []


def test_times_come_back_aware_in_utc(tmp_path: Path) -> None:
    on = engine([event(time=AT)], tmp_path)
    (row,) = on.rows(on.events())
    assert row["time"] == AT
    assert row["time"].utcoffset() == AT.astimezone(UTC).utcoffset()


def test_a_kept_or_registered_table_may_be_replaced(tmp_path: Path) -> None:
    on = engine([event(), event()], tmp_path)
    for name in ("first", "second"):
        small = on.register("small", pa.table({"name": [name]}))
        kept = on.keep("kept", small.mutate(more=small.name.upper()))
        assert on.rows(kept) == [{"name": name, "more": name.upper()}]


def test_sql_is_what_a_plain_duckdb_understands(tmp_path: Path) -> None:
    on = engine([event(operation="iam:CreateUser"), event(), event()], tmp_path)
    events = on.events()
    counted = events.group_by("operation").aggregate(n=events.count())
    plain = duckdb.connect()
    rows = events.to_pyarrow()
    plain.register("event_files", rows)
    assert dict(plain.execute(on.sql(counted)).fetchall()) == {"iam:CreateUser": 1, "s3:ListBuckets": 2}
