"""The lake: where Events and their summaries are found, and the engines that query them.

History is asked in Ibis expressions only, so that one query serves every
engine and its SQL can be shown to whoever doubts the answer. Keep out of
shared expressions what engines disagree on: ``split`` (a regular expression on
Spark), JSON casts, ``asof_join``, RANGE windows, approximate medians.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """What queries tables. Times are UTC everywhere."""

    def parquet(self, name: str, paths: Sequence[str], schema: pa.Schema) -> ir.Table:
        """The rows of Parquet files that have these columns, queryable as ``name``, which is used once."""

    def register(self, name: str, data: pa.Table) -> ir.Table:
        """A small table of this run's own (changes, principals, places), queryable beside the events."""

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """The result of ``expression``, computed once and kept under ``name`` for this run."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The result as dictionaries; times are aware datetimes in UTC."""

    def write(self, expression: ir.Table, folder: Path, order: Sequence[str], by: Sequence[str] = ()) -> None:
        """The rows as Parquet files (zstd) in ``folder``, sorted by ``order``; in a folder for each group of ``by``."""

    def sql(self, expression: ir.Table) -> str:
        """The query as this engine would run it, for a person to read."""


class Lake(Protocol):
    """The Events of a run or of the past, each record once, and what was summed up of them."""

    @property
    def engine(self) -> Engine: ...

    def events(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        """The Event table without ``raw``: from ``since`` (UTC) on, and of ``days``. Others may be there too."""

    def records(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        """The rows of the Event table that have their full record, chosen likewise."""

    def summary(self, name: str) -> ir.Table:
        """One of :data:`keywitness.lake.summaries.SUMMARIES`; a group of its keys may come in several rows."""

    def changes(self) -> ir.Table | None:
        """The changes that were detected when their records were stored, see :mod:`keywitness.lake.slim`.

        None where they are always detected anew, and all records have to be asked for.
        """


def ids_table(engine: Engine, name: str, column: str, values: Collection[str]) -> ir.Table:
    """Many ids as a table of one column, to join: as a list in a query they cost more than the query itself."""
    return engine.register(name, pa.table({column: pa.array(sorted(values), pa.string())}))


from keywitness.lake import duckdb, spark  # noqa: E402  the member needs the contract above

ENGINES: Final[dict[str, Callable[[], Engine]]] = {"duckdb": duckdb.DuckDB, "spark": spark.Spark}
