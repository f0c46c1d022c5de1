"""The embedded engine: DuckDB over Parquet parts, in this process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

_LISTED: Final = 10_000
"""Up to so many join keys are looked for one by one in a file's statistics, and not as one range from first to last."""

_FORM: Final = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 16384"
"""Small row groups: of a table sorted by principal, those of the few in question are read, the others passed over."""


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


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
        return self._con.read_parquet(list(paths), table_name=name, hive_partitioning=False)

    def register(self, name: str, data: pa.Table) -> ir.Table:
        self._con.con.register(name, data)
        return self._con.table(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        return self._con.create_table(name, expression, overwrite=True)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._con.to_pyarrow(expression).to_pylist()
        return found

    def write(self, expression: ir.Table, folder: Path, order: Sequence[str], by: Sequence[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        query = self.sql(expression.order_by([*by, *order]))
        if by:
            cut = f"PARTITION_BY ({', '.join(by)}), WRITE_PARTITION_COLUMNS true"
            self._con.raw_sql(f"COPY ({query}) TO '{_quoted(folder)}' ({_FORM}, {cut})")
        else:
            file = _quoted(folder / "rows.parquet")
            self._con.raw_sql(f"COPY ({query}) TO '{file}' ({_FORM})")

    def sql(self, expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))
