"""A lake made of one run's Parquet parts: summed up when asked, thrown away with the run."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

import ibis
import ibis.expr.types as ir

from keywitness.event import SCHEMA
from keywitness.lake import Engine
from keywitness.lake.summaries import BY_NAME

EVENT_FILES: Final = "event_files"  # the name of the parts in queries

SAME: Final = ("provider", "event_id", "operation", "time", "actor_id", "source_ip", "raw")
"""The columns that make two rows one record. A record with another content under a known id stays: an id can be
forged, and must not hide anything.
"""


class Loose:
    """The Events in ``parts``, files or a table; without parts, none."""

    def __init__(self, engine: Engine, parts: Sequence[Path] | ir.Table) -> None:
        self.engine = engine
        if not isinstance(parts, ir.Table):
            parts = engine.parquet(EVENT_FILES, [str(part) for part in parts], SCHEMA)
        self._all = self._once(parts)
        self._summaries: dict[str, ir.Table] = {}

    def whole(self) -> ir.Table:
        """The Event table with ``raw``."""
        return self._all

    def events(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        del since, days  # all were read for this run
        return self._all.drop("raw")

    def records(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        del since, days
        return self._all.filter(self._all.raw.notnull())

    def changes(self) -> None:
        """A run detects its own."""

    def summary(self, name: str) -> ir.Table:
        if name not in self._summaries:
            self._summaries[name] = self.engine.keep(f"summary_{name}", BY_NAME[name].of(self.events()))
        return self._summaries[name]

    def _once(self, table: ir.Table) -> ir.Table:
        """The table without repeated records; untouched (and uncopied) when there are none."""
        counts = self.engine.rows(table.aggregate(rows=table.count(), ids=table.event_id.nunique()))[0]
        if counts["rows"] == counts["ids"]:
            return table
        order = ibis.window(group_by=list(SAME), order_by=["file", "record"])
        numbered = table.mutate(copy=ibis.row_number().over(order))
        return self.engine.keep("events", numbered.filter(numbered.copy == 0).drop("copy"))
