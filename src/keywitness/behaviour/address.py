"""Who else acts from the change's address: a shared office or a VPN is no sign by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family, Tables
from keywitness.lake.profiles import order


@dataclass(frozen=True, slots=True)
class Seen:
    """One actor at the address within a day of the change."""

    count: int
    first_event: str
    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """``near``: actors at this address within 24 hours either side. ``ever``: days that each used it before."""

    near: Mapping[str, Seen]
    ever: Mapping[str, int]

    def others(self, actor: str | None) -> frozenset[str]:
        """Who else used it before: many are an office or a VPN."""
        return frozenset(self.ever) - {actor}


def query(tables: Tables) -> ir.Table:
    events, changes = tables.events, tables.changes
    slim = events.select("event_id", "time", "source_ip", "actor_id", "actor_name")
    slim = slim.filter(slim.actor_id.notnull())
    joined = changes.inner_join(slim, [changes.address == slim.source_ip, slim.time <= changes.after_1d])
    near = joined.time >= joined.before_1d
    older = (joined.time < joined.before_1d).ifelse(joined.time.date(), None)
    return joined.group_by(["change", "actor_id"]).aggregate(
        name=joined.actor_name.max(),
        near=near.cast("int64").sum(),
        days_before=older.nunique(),
        first_event=joined.event_id.argmin(order(joined)),
    )


def collect(rows: list[dict[str, Any]]) -> Address:
    near = {r["actor_id"]: Seen(r["near"], r["first_event"], r["name"] or r["actor_id"]) for r in rows if r["near"]}
    return Address(near, {r["actor_id"]: r["days_before"] for r in rows if r["days_before"]})


FAMILY: Final[Family] = Family("address", query, collect)
