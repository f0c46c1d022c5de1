"""A lake holds each record once, however the logs were cut, repeated or interrupted, and sums them up the same."""

import random
import time
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from keywitness import catalogue
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.ingest import add, ingest
from keywitness.lake.loose import Loose
from keywitness.lake.place import Place, open_place
from keywitness.lake.stored import Stored
from keywitness.lake.upkeep import tidy
from keywitness.readers.source import discover
from tests.lake.tables import content, random_events
from tests.support import ago, event, later, parquet

CATALOGUE = catalogue.load()
LOGS = str(Path(__file__).parents[2] / "examples" / "company" / "logs" / "entra")


def put(rows: Sequence[dict[str, Any]], place: Place, folder: Path) -> int:
    """Add these Events as one batch of logs."""
    part = parquet(rows, folder / f"{random.getrandbits(64):x}.parquet")
    return add(Loose(DuckDB(), [part]), place, CATALOGUE, folder)


@pytest.mark.parametrize("seed", range(2))
def test_any_cut_order_and_repetition_gives_the_same_lake(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    rows = random_events(rng, 120)
    place = open_place(str(tmp_path / "lake"), create=True)
    added, left = 0, rng.sample(rows, len(rows))
    while left:
        size = rng.randrange(20, 60)
        batch, left = left[:size], left[size:]
        added += put([*batch, *rng.sample(rows, 10)], place, tmp_path)
        if rng.random() < 0.3:
            tidy(place, CATALOGUE)
    assert put(rows, place, tmp_path) == 0
    whole = Loose(DuckDB(), [parquet(rows, tmp_path / "whole.parquet")])
    assert added == len(rows)
    assert content(Stored(DuckDB(), place)) == content(whole)


def test_a_record_of_a_day_long_past_corrects_its_day(tmp_path: Path) -> None:
    place = open_place(str(tmp_path / "lake"), create=True)
    rows = [event(time=ago(days=1)), event(time=later(days=1))]
    late = event(time=ago(days=200), source_ip="192.0.2.9")
    assert [put(batch, place, tmp_path) for batch in (rows, [late], [late, *rows])] == [2, 1, 0]
    assert content(Stored(DuckDB(), place)) == content(Loose(DuckDB(), [parquet([*rows, late], tmp_path / "all")]))


def test_another_content_under_a_known_id_is_kept(tmp_path: Path) -> None:
    """An id can be forged: it must not hide what comes later."""
    place = open_place(str(tmp_path / "lake"), create=True)
    one = event(event_id="same", raw='{"a":1}')
    assert put([one], place, tmp_path) == 1
    assert put([one | {"raw": '{"a":2}'}, one], place, tmp_path) == 1


def written(where: str) -> None:
    ingest(discover([LOGS]), open_place(where, create=True), CATALOGUE)


def test_two_writers_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    where = str(tmp_path / "lake")
    writers = [started(where) for _ in range(2)]
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    lake = Stored(DuckDB(), open_place(where))
    assert len(lake.engine.rows(lake.events().select("event_id"))) == 997


def started(where: str) -> ForkServerProcess:
    """A process of its own that fills the lake; forked from one that has imported all and begun nothing."""
    forks = get_context("forkserver")
    forks.set_forkserver_preload(["tests.lake.test_ingest"])
    process = forks.Process(target=written, args=(where,))
    process.start()
    return process


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[float, Any]:
    """How long a whole ingestion takes, in seconds, and what it gives."""
    where = str(tmp_path_factory.mktemp("whole") / "lake")
    started(where).join()  # starts the fork server too
    begun = time.monotonic()
    started(f"{where}2").join()
    return time.monotonic() - begun, content(Stored(DuckDB(), open_place(where)))


@pytest.mark.parametrize("point", range(20))
def test_a_kill_at_any_point_leaves_a_lake_that_can_be_filled_again(
    point: int, expected: tuple[float, Any], tmp_path: Path
) -> None:
    whole, wanted = expected
    where = str(tmp_path / "lake")
    process = started(where)
    time.sleep(random.Random(point).uniform(0, 1.1 * whole))
    process.kill()
    process.join()
    written(where)
    assert content(Stored(DuckDB(), open_place(where))) == wanted
