"""A lake that lasts: Parquet files that the commit log names, asked for by period."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from itertools import count
from typing import Final

import ibis.expr.types as ir
import pyarrow as pa

from keywitness.catalogue import Catalogue
from keywitness.event import SCHEMA
from keywitness.lake import Engine
from keywitness.lake.commits import Part, State, load
from keywitness.lake.place import Place
from keywitness.lake.slim import CHANGES
from keywitness.lake.summaries import BY_NAME, SUMMARIES

EVENTS: Final = pa.schema([*(field for field in SCHEMA if field.name != "raw"), pa.field("digest", pa.string())])
"""The Event table without its full records; ``digest`` is the SHA-256 of a record that was kept, else null."""

TABLES: Final = {"events": EVENTS, "records": SCHEMA, "changes": CHANGES, **{n: s.schema for n, s in BY_NAME.items()}}


class Stored:
    """The lake at ``place`` as of now; commits made later aren't seen."""

    def __init__(self, engine: Engine, place: Place, state: State | None = None) -> None:
        self.engine = engine
        self.place = place
        self.state = state or load(place.store)
        self._names = count()

    def events(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        return self.table("events", self._parts("events", since, days)).drop("digest")

    def records(self, since: datetime | None = None, days: Collection[date] = ()) -> ir.Table:
        return self.table("records", self._parts("records", since, days))

    def summary(self, name: str) -> ir.Table:
        return self.table(name, self.state.of(name))

    def changes(self) -> ir.Table:
        return self.table("changes", self.state.of("changes"))

    def table(self, name: str, parts: Sequence[Part]) -> ir.Table:
        """The rows of these parts of a table."""
        urls = [self.place.url(part.path) for part in parts]
        found = self.engine.parquet(f"lake_{name}_{next(self._names)}", urls, TABLES[name])
        return found.select(*TABLES[name].names)

    def _parts(self, table: str, since: datetime | None, days: Collection[date]) -> list[Part]:
        if since is None:
            return self.state.of(table)
        named = {day.isoformat() for day in days}
        return [part for part in self.state.of(table) if part.last >= since or part.day in named]


def definitions(catalogue: Catalogue) -> dict[str, str]:
    """A digest of what makes each table that is made of others."""
    entries = hashlib.sha256(repr(catalogue.operations).encode()).hexdigest()[:16]
    return {"changes": entries, **{summary.name: summary.digest for summary in SUMMARIES}}
