"""Reading on Spark: the Events are those that one process reads, and what is set aside comes back with its place."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keywitness.errors import UsageError
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.loose import Loose
from keywitness.lake.scatter import read
from keywitness.lake.spark import Spark
from keywitness.readers import Wanted
from keywitness.readers.pool import read_all
from keywitness.readers.source import LogFile, discover
from tests.house.tree import ROOT
from tests.lake.cluster import missing, settings

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
WANTED = Wanted(frozenset())


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spark]:
    """Spark in this process."""
    for name, value in settings(tmp_path / "spark").items():
        monkeypatch.setenv(name, value)
    engine = Spark("local[2]")
    yield engine
    engine.session.stop()


def test_events_and_rejects_are_those_of_one_process(local: Spark, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    bad = tmp_path / "logs" / "bad.json"
    bad.write_text(json.dumps({"Records": [{"eventVersion": "1.08", "eventTime": "never"}]}) + "\n{broken")
    files = discover([str(ROOT / "examples" / "company" / "logs" / "entra"), str(bad), str(tmp_path / "logs")])
    files.append(LogFile(tmp_path / "gone.json", 10))
    (tmp_path / "spool").mkdir()
    here = read_all(files, tmp_path / "spool", WANTED)
    there, lake = read(local, files, WANTED)
    assert (there.files, there.records, there.rejects) == (here.files, here.records, here.rejects)
    assert here.rejects
    assert here.records
    order = ["file", "record"]
    one = Loose(DuckDB(), here.parts)
    assert local.rows(lake.whole().order_by(order)) == one.engine.rows(one.whole().order_by(order))


def test_standard_input_is_refused(local: Spark) -> None:
    with pytest.raises(UsageError, match="standard input"):
        read(local, [LogFile(Path("-"), 0)], WANTED)
