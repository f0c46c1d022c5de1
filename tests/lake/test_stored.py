"""A lake that lasts answers by period, with the columns that it promises."""

from pathlib import Path

from keywitness.event import SCHEMA
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.place import open_place
from keywitness.lake.stored import Stored
from keywitness.lake.summaries import SUMMARIES
from tests.lake.test_ingest import put
from tests.support import ago, event


def test_what_is_asked_of_a_period_leaves_other_days_closed(tmp_path: Path) -> None:
    place = open_place(str(tmp_path / "lake"), create=True)
    put([event(time=ago(days=day), raw="{}") for day in range(10)], place, tmp_path)
    lake = Stored(DuckDB(), place)
    days = {row["time"].date() for row in lake.engine.rows(lake.events(ago(days=2), [ago(days=7).date()]))}
    assert days == {ago(days=day).date() for day in (0, 1, 2, 7)}


def test_every_table_has_the_columns_that_it_promises(tmp_path: Path) -> None:
    place = open_place(str(tmp_path / "lake"), create=True)
    put([event(raw="{}")], place, tmp_path)
    lake = Stored(DuckDB(), place)
    assert set(lake.events().columns) == set(SCHEMA.names) - {"raw"}
    assert set(lake.records().columns) == set(SCHEMA.names)
    assert all(set(lake.summary(s.name).columns) == set(s.schema.names) for s in SUMMARIES)
