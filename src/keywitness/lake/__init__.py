"""The lake: where Events are queried, and the engines that can do it.

History is asked in Ibis expressions only, so that one query serves every
engine and its SQL can be shown to whoever doubts the answer. Keep out of
shared expressions what engines disagree on: ``split`` (a regular expression on
Spark), JSON casts, ``asof_join``, RANGE windows, approximate medians.
"""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """A place where Event tables are queried. Times are UTC everywhere."""

    def events(self) -> ir.Table:
        """The Event table of this run, each record once."""

    def register(self, name: str, data: pa.Table) -> ir.Table:
        """A small table of this run's own (changes, principals, places), queryable beside the events."""

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        """The result of ``expression``, computed once and kept under ``name`` for this run."""

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The result as dictionaries; times are aware datetimes in UTC."""

    def sql(self, expression: ir.Table) -> str:
        """The query as this engine would run it, for a person to read."""


def ids_table(engine: Engine, name: str, column: str, values: Collection[str]) -> ir.Table:
    """Many ids as a table of one column, to join: as a list in a query they cost more than the query itself."""
    return engine.register(name, pa.table({column: pa.array(sorted(values), pa.string())}))


Open = Callable[[Sequence[Path]], Engine]

from keywitness.lake import duckdb  # noqa: E402  the member needs the contract above

ENGINES: Final[dict[str, Open]] = {"duckdb": duckdb.DuckDB}
