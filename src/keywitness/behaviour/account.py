"""Whether the actor's or the target's account is new, or had slept: what an intruder makes, or wakes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables

KIND: Final = "account"  # the catalogue's credential type for an account itself


@dataclass(frozen=True, slots=True)
class Seen:
    time: datetime
    event_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """By ``actor`` and ``target``: its account's creation in the 7 days before, its last activity until a day before.

    The day before is left out: whoever wakes an account may be at work for some hours.
    """

    created: Mapping[str, Seen]
    last: Mapping[str, Seen]


def query(tables: Tables) -> ir.Table:
    actors = tables.changes.mutate(role=ibis.literal("actor"), who=tables.changes.actor)
    others = tables.changes.filter(tables.changes.target != tables.changes.actor)
    changes = actors.union(others.mutate(role=ibis.literal("target"), who=others.target))
    made = changes.inner_join(
        tables.history,
        [
            changes.who == tables.history.past_target,
            tables.history.past_kind == KIND,
            tables.history.past_adding,
            tables.history.past_time >= changes.before_7d,
            tables.history.past_time < changes.at,
        ],
    )
    made = made.select("change", "role", time="past_time", event_id="past_event")
    recent = tables.activity.select("principal", "time", "event_id")
    lasts = tables.lasts.select("principal", time="last", event_id="last_event")
    acts = recent.union(lasts)  # a day that began before the limit and ended after it is told by its events
    active = changes.inner_join(acts, [changes.who == acts.principal, acts.time < changes.before_1d])
    active = active.select("change", "role", "time", "event_id")
    return _last(made, "created").union(_last(active, "last"))


def _last(rows: ir.Table, kind: str) -> ir.Table:
    found = rows.group_by(["change", "role"]).aggregate(
        time=rows.time.max(), event_id=rows.event_id.argmax(ibis.struct({"time": rows.time, "id": rows.event_id}))
    )
    return found.mutate(kind=ibis.literal(kind))


def collect(rows: list[dict[str, Any]]) -> Account:
    by_kind: dict[str, dict[str, Seen]] = {"created": {}, "last": {}}
    for row in rows:
        by_kind[row["kind"]][row["role"]] = Seen(row["time"], row["event_id"])
    return Account(by_kind["created"], by_kind["last"])


FAMILY: Final[Family] = Family("account", query, collect)
