"""Who else acts from the change's address: a shared office or a VPN is no sign by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import order


@dataclass(frozen=True, slots=True)
class Seen:
    """One actor at the address within a day of the change."""

    count: int
    first_event: str
    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """``near``: actors at this address within 24 hours either side. ``ever``: who had used it before that."""

    near: Mapping[str, Seen]
    ever: frozenset[str]

    def others(self, actor: str | None) -> frozenset[str]:
        """Who else used it before: many are an office or a VPN."""
        return self.ever - {actor}


def query(tables: Tables) -> ir.Table:
    events = tables.events.filter(tables.events.actor_id.notnull())
    return _near(tables, events).union(_ever(tables))


def _near(tables: Tables, events: ir.Table) -> ir.Table:
    """By day first, and then by the hour: an equality that a join can use before it compares times."""
    changes = tables.changes.select("change", "address", "at", "before_1d", "after_1d")
    days = [changes.mutate(day=(changes.at + ibis.interval(days=step)).date()) for step in (-1, 0, 1)]
    around = ibis.union(*days)
    slim = events.select("event_id", "time", "source_ip", "actor_id", "actor_name", day=events.time.date())
    same = [around.address == slim.source_ip, around.day == slim.day]
    joined = around.inner_join(slim, [*same, slim.time >= around.before_1d, slim.time <= around.after_1d])
    return joined.group_by(["change", "actor_id"]).aggregate(
        name=joined.actor_name.max(), near=joined.count(), first_event=joined.event_id.argmin(order(joined))
    )


def _ever(tables: Tables) -> ir.Table:
    changes = tables.changes.select("change", "address", "before_1d")
    first = tables.addresses
    joined = changes.inner_join(first, [changes.address == first.source_ip, first.first < changes.before_1d])
    return joined.select(
        "change", "actor_id", name=ibis.null(str), near=ibis.literal(0, "int64"), first_event=ibis.null(str)
    )


def collect(rows: list[dict[str, Any]]) -> Address:
    near = {r["actor_id"]: Seen(r["near"], r["first_event"], r["name"] or r["actor_id"]) for r in rows if r["near"]}
    return Address(near, frozenset(r["actor_id"] for r in rows if not r["near"]))


FAMILY: Final[Family] = Family("address", query, collect)
