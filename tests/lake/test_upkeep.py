"""Tidying changes how a lake lies and never what it says, but for what is past its time."""

from datetime import timedelta
from pathlib import Path
from random import Random

import obstore
import pytest

from keywitness import catalogue
from keywitness.lake.commits import Commit, commit
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.place import Place, open_place
from keywitness.lake.stored import Stored
from keywitness.lake.upkeep import FANOUT, GRACE, tidy
from tests.lake.tables import content, random_events
from tests.lake.test_ingest import put
from tests.support import AT, ago, event, later

CATALOGUE = catalogue.load()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return open_place(str(tmp_path / "lake"), create=True)


def test_many_parts_become_few_and_say_the_same(place: Place, tmp_path: Path) -> None:
    rows = random_events(Random(1), 60)
    for start in range(0, 60, 6):
        put(rows[start : start + 6], place, tmp_path)
    before = Stored(DuckDB(), place)
    assert tidy(place, CATALOGUE).merged >= FANOUT
    after = Stored(DuckDB(), place)
    assert len(after.state.of("profiles")) < len(before.state.of("profiles"))
    assert content(after) == content(before)
    assert tidy(place, CATALOGUE).merged == 0


def test_a_table_made_by_another_definition_is_made_again(place: Place, tmp_path: Path) -> None:
    put(random_events(Random(2), 30), place, tmp_path)
    good = Stored(DuckDB(), place)
    gone = tuple(part.path for part in good.state.of("profiles"))
    old = {**good.state.definitions, "profiles": "of an older version"}
    commit(place.store, good.state, Commit((), gone, definitions=old))
    tidy(place, CATALOGUE)
    again = Stored(DuckDB(), place)
    assert content(again) == content(good)
    assert again.state.definitions == good.state.definitions


def test_events_past_their_days_are_forgotten_and_their_counts_stay(place: Place, tmp_path: Path) -> None:
    put([event(time=ago(days=day), raw="{}") for day in (0, 20, 200, 500)], place, tmp_path)
    assert tidy(place, CATALOGUE, keep_days=90, now=AT).forgotten == 2
    lake = Stored(DuckDB(), place)
    left = {name: len(rows) for name, rows in content(lake).items()}
    assert (left["events"], left["records"]) == (2, 2)
    assert left["profiles"] == 3  # of 13 months
    assert tidy(place, CATALOGUE, keep_days=90, now=AT).forgotten == 0


def test_files_of_no_commit_are_swept_up_after_a_day(place: Place, tmp_path: Path) -> None:
    put([event()], place, tmp_path)
    obstore.put(place.store, "events/orphan.parquet", b"half a file")
    begun = obstore.head(place.store, "events/orphan.parquet")["last_modified"]
    assert tidy(place, CATALOGUE, now=begun + timedelta(hours=1)).swept == 0
    assert tidy(place, CATALOGUE, now=begun + GRACE + timedelta(hours=1)).swept == 1
    assert len(content(Stored(DuckDB(), place))["events"]) == 1


def test_an_empty_lake_needs_no_tidying(place: Place) -> None:
    assert tidy(place, CATALOGUE, keep_days=30, now=later(days=1)) == tidy(place, CATALOGUE)
