"""What is summed up of the Events, so that the past costs its principals and days and not its records.

A summary is a ``GROUP BY`` whose columns can be merged: summing up two logs
and merging gives what summing up both at once does. A lake keeps them beside
the Events; a run over loose files makes them when they are asked for. Both
are asked by the same queries.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from inspect import getsource
from typing import Final, Literal

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from keywitness.lake.signals import switches, tampering

How = Literal["sum", "min", "max", "latest"]

SIGNAL: Final = (
    *("event_id", "time", "provider", "log", "tenant", "operation", "class", "outcome", "error", "actor_id"),
)
"""The columns of an event that stands for itself."""

_STAMP: Final = pa.timestamp("us", tz="UTC")
_TYPES: Final = {
    "time": _STAMP,
    "first": _STAMP,
    "last": _STAMP,
    "n": pa.int64(),
    "succeeded": pa.int64(),
    "day": pa.date32(),
    "hour": pa.int32(),
    "reads": pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """``units`` makes one row of each event that counts; rows that agree in ``keys`` are merged as ``values`` say.

    ``latest``: the value of the row with the greatest ``last``, and of several the greatest ``last_event``.
    """

    name: str
    keys: tuple[str, ...]
    values: tuple[tuple[str, How], ...]
    units: Callable[[ir.Table], ir.Table]

    @property
    def digest(self) -> str:
        """Of the definition: a table that was made by another one has to be made again."""
        said = repr((self.keys, self.values, getsource(self.units), sorted({*tampering(), *switches()})))
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def schema(self) -> pa.Schema:
        columns = (*self.keys, *(name for name, _ in self.values))
        return pa.schema([pa.field(name, _TYPES.get(name, pa.string())) for name in columns])

    def of(self, events: ir.Table) -> ir.Table:
        """The summary of these Events."""
        return self.merge(self.units(events))

    def merge(self, rows: ir.Table) -> ir.Table:
        """Rows of this summary, made of parts of the Events, as if made of all at once."""
        if not self.values:
            return rows.select(*self.keys).distinct()
        merged = {name: _merged(rows, name, how) for name, how in self.values}
        return rows.group_by(list(self.keys)).aggregate(**merged).select(*self.schema.names)


def _merged(rows: ir.Table, name: str, how: How) -> ir.Scalar:
    column = rows[name]
    match how:
        case "sum":
            return column.sum().cast("int64")
        case "min":
            return column.min()
        case "max":
            return column.max()
    return column.argmax(ibis.struct({"time": rows.last, "event_id": rows.last_event}))


def _one() -> ir.IntegerScalar:
    return ibis.literal(1, "int64")


def _logs(events: ir.Table) -> ir.Table:
    keyed = events.select("provider", "log", "tenant", "region", "time", day=events.time.date())
    return keyed.mutate(n=_one(), first=keyed.time, last=keyed.time)


def _profiles(events: ir.Table) -> ir.Table:
    known = events.filter(events.actor_id.notnull())
    time = known.time
    return known.select(
        *("actor_id", "source_ip", "user_agent"),
        day=time.date(),
        hour=time.hour().cast("int32"),
        n=_one(),
        succeeded=(known.outcome == "success").cast("int64"),
    )


def _lasts(events: ir.Table) -> ir.Table:
    known = events.filter(events.actor_id.notnull())
    return known.select("actor_id", day=known.time.date(), last=known.time, last_event=known.event_id)


def _addresses(events: ir.Table) -> ir.Table:
    known = events.filter(events.actor_id.notnull() & events.source_ip.notnull())
    return known.select("source_ip", "actor_id", first=known.time, last=known.time)


def _operations(events: ir.Table) -> ir.Table:
    known = events.filter(events.actor_id.notnull())
    reads = known.read_only.fill_null(False) & (known["class"] != "sign-in")
    return known.select("actor_id", "operation", reads=reads, first=known.time, last=known.time)


def _sign_ins(events: ir.Table) -> ir.Table:
    """Devices at successful sign-ins."""
    begun = events.filter((events["class"] == "sign-in") & (events.outcome == "success") & events.actor_id.notnull())
    return begun.select(
        "actor_id", "device", "device_state", day=begun.time.date(), last=begun.time, last_event=begun.event_id
    )


def _actors(events: ir.Table) -> ir.Table:
    known = events.filter(events.actor_id.notnull())
    return known.select("actor_id", name=known.actor_name, tenant=known.tenant, last=known.time)


def _signals(events: ir.Table) -> ir.Table:
    telling = events["class"].isin(["risk", "alert"])
    named = events.operation.lower().isin(sorted({*tampering(), *switches()}))
    return events.filter(telling | named)


SUMMARIES: Final[tuple[Summary, ...]] = (
    Summary(
        "logs",
        ("provider", "log", "tenant", "region", "day"),
        (("n", "sum"), ("first", "min"), ("last", "max")),
        _logs,
    ),
    Summary(
        "profiles",
        ("actor_id", "day", "hour", "source_ip", "user_agent"),
        (("n", "sum"), ("succeeded", "sum")),
        _profiles,
    ),
    Summary("lasts", ("actor_id", "day"), (("last", "max"), ("last_event", "latest")), _lasts),
    Summary("addresses", ("source_ip", "actor_id"), (("first", "min"), ("last", "max")), _addresses),
    Summary("operations", ("actor_id", "operation", "reads"), (("first", "min"), ("last", "max")), _operations),
    Summary(
        "sign_ins",
        ("actor_id", "day", "device", "device_state"),
        (("last", "max"), ("last_event", "latest")),
        _sign_ins,
    ),
    Summary("actors", ("actor_id",), (("name", "max"), ("tenant", "max"), ("last", "max")), _actors),
    Summary("signals", SIGNAL, (), _signals),
)
"""Each is sorted by its keys where it is stored, and tells by ``last``, ``time`` or ``day`` how old a row is."""

BY_NAME: Final = {summary.name: summary for summary in SUMMARIES}
