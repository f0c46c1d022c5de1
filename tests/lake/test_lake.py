"""The contract: every engine opens parts and answers."""

from pathlib import Path

import pytest

from keywitness.lake import ENGINES
from tests.support import event, parquet


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_opens_parts_and_counts_them(name: str, tmp_path: Path) -> None:
    on = ENGINES[name]([parquet([event(), event()], tmp_path / "part.parquet")])
    assert on.rows(on.events().aggregate(n=on.events().count())) == [{"n": 2}]
