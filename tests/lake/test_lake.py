"""The contract: every engine opens parts and answers."""

from pathlib import Path

import pytest

from keywitness.event import SCHEMA
from keywitness.lake import ENGINES
from tests.lake.cluster import missing
from tests.support import event, parquet


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_opens_parts_and_counts_them(name: str, tmp_path: Path) -> None:
    if name == "spark" and (why := missing()):
        pytest.skip(why)
    on = ENGINES[name]()
    part = parquet([event(), event()], tmp_path / "part.parquet")
    for paths, rows in (([str(part)], 2), ([], 0)):
        table = on.parquet(f"part{rows}", paths, SCHEMA)
        assert table.columns == tuple(SCHEMA.names)
        assert on.rows(table.aggregate(n=table.count())) == [{"n": rows}]
