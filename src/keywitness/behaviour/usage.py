"""What the new credential did: where it signed a call, and from where."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake import Lake, ids_table
from keywitness.lake.profiles import order


@dataclass(frozen=True, slots=True)
class Use:
    """Uses from one address (or one cloud service) by one actor, in time order of the first."""

    source_ip: str | None
    actor_id: str | None
    kind: str  # key: the credential signed it; sign-in: the target signed in afterwards
    count: int
    succeeded: int
    first: datetime
    last: datetime
    first_event: str
    first_operation: str
    operations: int


@dataclass(frozen=True, slots=True)
class Usage:
    uses: tuple[Use, ...]

    def signed(self) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.kind == "key")


def query(tables: Tables) -> ir.Table:
    return _by_key(tables).union(_by_sign_in(tables))


def of_credentials(lake: Lake, keys: Collection[str], since: datetime | None = None) -> ir.Table:
    """The uses of each of ``keys``, whatever change made it: the column ``change`` holds the key."""
    wanted = ids_table(lake.engine, "used_keys", "credential_used", keys)
    signed = lake.events(since).semi_join(wanted, "credential_used")
    return _summed(signed.mutate(change=signed.credential_used), "key")


def _by_key(tables: Tables) -> ir.Table:
    keys, events = tables.credentials, tables.events
    slim = events.select("event_id", "time", "operation", "outcome", "actor_id", "source_ip", "credential_used")
    used = [keys.credential_id == slim.credential_used, slim.time >= keys.since, slim.event_id != keys.change_event]
    joined = keys.inner_join(slim, used)
    return _summed(joined, "key")


def _by_sign_in(tables: Tables) -> ir.Table:
    acts, changes = tables.activity, tables.changes
    joined = changes.inner_join(
        acts,
        [
            changes.target == acts.principal,
            acts.time > changes.at,
            acts["class"] == "sign-in",
            acts.credential_used.isnull(),
        ],
    )
    return _summed(joined, "sign-in")


def _summed(rows: ir.Table, kind: str) -> ir.Table:
    summed = rows.group_by(["change", "source_ip", "actor_id"]).aggregate(
        n=rows.count(),
        succeeded=(rows.outcome == "success").cast("int64").sum(),
        first=rows.time.min(),
        last=rows.time.max(),
        first_event=rows.event_id.argmin(order(rows)),
        first_operation=rows.operation.argmin(order(rows)),
        operations=rows.operation.nunique(),
    )
    return summed.mutate(kind=ibis.literal(kind))


def collect(rows: list[dict[str, Any]]) -> Usage:
    uses = [
        Use(
            r["source_ip"],
            r["actor_id"],
            r["kind"],
            r["n"],
            r["succeeded"],
            r["first"],
            r["last"],
            r["first_event"],
            r["first_operation"],
            r["operations"],
        )
        for r in rows
    ]
    return Usage(tuple(sorted(uses, key=lambda u: (u.first, u.first_event))))


FAMILY: Final[Family] = Family("usage", query, collect)
