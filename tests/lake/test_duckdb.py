"""The embedded engine keeps its contract: times in UTC, tables that can be replaced, SQL that can be shown."""

from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa

from keywitness.event import SCHEMA
from keywitness.lake.duckdb import DuckDB
from tests.support import AT, event, parquet


def test_times_come_back_aware_in_utc(tmp_path: Path) -> None:
    on = DuckDB()
    (row,) = on.rows(on.parquet("part", [str(parquet([event(time=AT)], tmp_path / "part"))], SCHEMA))
    assert row["time"] == AT
    assert row["time"].utcoffset() == AT.astimezone(UTC).utcoffset()


def test_a_kept_or_registered_table_may_be_replaced() -> None:
    on = DuckDB()
    for name in ("first", "second"):
        small = on.register("small", pa.table({"name": [name]}))
        kept = on.keep("kept", small.mutate(more=small.name.upper()))
        assert on.rows(kept) == [{"name": name, "more": name.upper()}]


def test_sql_is_what_a_plain_duckdb_understands(tmp_path: Path) -> None:
    on, rows = DuckDB(), [event(operation="iam:CreateUser"), event(), event()]
    events = on.parquet("event_files", [str(parquet(rows, tmp_path / "part"))], SCHEMA)
    counted = events.group_by("operation").aggregate(n=events.count())
    plain = duckdb.connect()
    table = events.to_pyarrow()
    plain.register("event_files", table)
    assert dict(plain.execute(on.sql(counted)).fetchall()) == {"iam:CreateUser": 1, "s3:ListBuckets": 2}
