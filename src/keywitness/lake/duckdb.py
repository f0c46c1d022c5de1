"""The embedded engine: DuckDB over Parquet parts, in this process."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keywitness.event import SCHEMA

_KEY: Final = ("provider", "event_id", "operation", "time", "actor_id", "source_ip", "raw")


class DuckDB:
    """One connection in memory over the Parquet files ``parts``; without parts, over an empty Event table."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._con = ibis.duckdb.connect()
        self._con.raw_sql(
            "SET TimeZone='UTC'; SET autoinstall_known_extensions=false; SET preserve_insertion_order=true"
        )
        if parts:
            table = self._con.read_parquet([str(p) for p in parts], table_name="event_files")
        else:
            table = self.register("event_files", SCHEMA.empty_table())
        self._events = self._once(table)

    def events(self) -> ir.Table:
        return self._events

    def register(self, name: str, data: pa.Table) -> ir.Table:
        self._con.con.register(name, data)
        return self._con.table(name)

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        return self._con.create_table(name, expression, overwrite=True)

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._con.to_pyarrow(expression).to_pylist()
        return found

    def sql(self, expression: ir.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))

    def _once(self, table: ir.Table) -> ir.Table:
        """The table without repeated records; untouched (and uncopied) when there are none.

        A record with another content under a known id stays: an id can be forged, and must not hide anything.
        """
        counts = self.rows(table.aggregate(rows=table.count(), ids=table.event_id.nunique()))[0]
        if counts["rows"] == counts["ids"]:
            return table
        order = ibis.window(group_by=list(_KEY), order_by=["file", "record"])
        numbered = table.mutate(copy=ibis.row_number().over(order))
        return self.keep("events", numbered.filter(numbered.copy == 0).drop("copy"))
