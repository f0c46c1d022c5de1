"""Parts in an object store are read by column and row group, the same as from a folder."""

from pathlib import Path

import obstore
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keywitness.errors import KeywitnessError
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.remote import dataset
from keywitness.readers.stores import open_store
from tests.objectstores.servers import Server
from tests.readers.test_remote import Counted

ROWS = 400_000
TABLE = pa.table(
    {
        "id": range(ROWS),
        "name": [f"n{i // 1000:04}" for i in range(ROWS)],
        "text": [hex(i * 2_654_435_761) for i in range(ROWS)],
    }
)


@pytest.fixture
def url(cloud: Server, tmp_path: Path) -> str:
    pq.write_table(TABLE, tmp_path / "part", row_group_size=50_000, compression="zstd", use_dictionary=["name"])
    bucket = cloud.bucket()
    obstore.put(open_store(bucket), "lake/a b#.parquet", tmp_path / "part")
    return f"{bucket}/lake/a b#.parquet"


def test_only_the_columns_and_row_groups_that_are_asked_are_read(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted, on = Counted(monkeypatch), DuckDB()
    part = on.parquet("part", [url], TABLE.schema)
    few = part.filter(part.id.between(200_000, 200_099))
    (row,) = on.rows(few.aggregate(n=few.count(), least=few.name.min(), most=few.name.max()))
    assert tuple(row.values()) == (100, "n0200", "n0200")
    asked = sum(counted.asked)
    counted.asked.clear()
    assert len(on.rows(part.aggregate(part.text.nunique()))) == 1
    assert asked < sum(counted.asked) / 4


def test_the_rows_are_those_of_the_file_in_its_order(url: str) -> None:
    assert dataset([url, url], TABLE.schema).to_table() == pa.concat_tables([TABLE, TABLE])


def test_a_part_that_is_gone_ends_the_run_in_one_line(url: str) -> None:
    on = DuckDB()
    part = on.parquet("part", [f"{url}.gone"], TABLE.schema)
    with pytest.raises(KeywitnessError, match=r"^the tables can't be read or written \(there is no such [^\n]*\)$"):
        on.rows(part)
