"""The embedded engine: DuckDB over Parquet parts, in this process."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.dataset as ds

from keywitness.errors import KeywitnessError
from keywitness.lake import remote
from keywitness.readers.stores import is_url

_LISTED: Final = 10_000
"""Up to so many join keys are looked for one by one in a file's statistics, and not as one range from first to last."""

_FORM: Final = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384"
"""Small row groups: of a table sorted by principal, those of the few in question are read, the others passed over."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


_UNREAD: Final = re.compile(r"IO ?Error: (.+?)(?:\. Detail:|\n|$)")


@contextmanager
def _said() -> Iterator[None]:
    """A part that can't be read, or a disk that is full, is one line; any other error is a fault of ours."""
    try:
        yield
    except duckdb.Error as error:
        if found := _UNREAD.search(str(error)):
            raise KeywitnessError(f"the tables can't be read or written ({found[1]})") from None
        raise


class DuckDB:
    """One connection in memory."""

    def __init__(self) -> None:
        self._con = ibis.duckdb.connect()
        self._con.raw_sql(
            "SET TimeZone='UTC'; SET autoinstall_known_extensions=false; SET preserve_insertion_order=true;"
            f"SET dynamic_or_filter_threshold={_LISTED}"
        )

    def parquet(self, name: str, paths: Sequence[str], schema: pa.Schema) -> ir.Table:
        if not paths:
            return self.register(name, schema.empty_table())
        if is_url(paths[0]):
            return self.register(name, remote.dataset(paths, schema))
        return self._con.read_parquet(list(paths), table_name=name, hive_partitioning=False)

    def register(self, name: str, data: pa.Table | ds.Dataset) -> ir.Table:
        self._con.con.register(name, data)
        return self._con.table(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        with _said():
            return self._con.create_table(name, expression, overwrite=True)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        with _said():
            found: list[dict[str, Any]] = self._con.to_pyarrow(expression).to_pylist()
        return found

    def write(self, expression: ir.Table, folder: Path, order: Sequence[str], by: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        query = self.sql(expression.order_by([*by, *order]))
        if by:
            cut = f"PARTITION_BY ({', '.join(by)}), WRITE_PARTITION_COLUMNS true"
            copy = f"COPY ({query}) TO '{_quoted(folder)}' ({_FORM}, {cut})"
        else:
            copy = f"COPY ({query}) TO '{_quoted(folder / 'rows.parquet')}' ({_FORM})"
        with _said():
            self._con.raw_sql(copy)

    def sql(self, expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))
