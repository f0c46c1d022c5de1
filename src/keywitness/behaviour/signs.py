"""What happened to or through this principal before the change that should worry.

Risk detections and alerts of the last 30 days, tampering with logs or MFA of
the last 7, failed sign-ins and denied calls of the last day, and read-only
operations that the principal had never used before that day.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import order
from keywitness.lake.signals import tampering

_DENIED: Final = ("denied", "unauthorized", "forbidden", "authorizationfailed", "code 7")


@dataclass(frozen=True, slots=True)
class Sign:
    """One kind of sign: how often, how many different operations, when, and the last event of it."""

    kind: str  # risk, tampering, failed_sign_in, denied, discovery
    count: int
    operations: int
    first: datetime
    last: datetime
    last_event: str
    what: str  # the last operation


@dataclass(frozen=True, slots=True)
class Signs:
    found: tuple[Sign, ...]

    def of(self, kind: str) -> Sign | None:
        return next((sign for sign in self.found if sign.kind == kind), None)


def query(tables: Tables) -> ir.Table:
    return _notable(tables).union(_discovery(tables))


def _notable(tables: Tables) -> ir.Table:
    """Failures, risks, alerts and tampering: picked before the join, since hardly any event is one.

    Of failures the last day counts, so recent events will do; the others are kept for as long as there is history.
    """
    acts, changes = tables.activity, tables.changes
    columns = ("principal", "event_id", "time", "operation", "class", "outcome", "error")
    standing = tables.signals.select(*columns)
    failed = acts.filter(acts.outcome == "failure").select(*columns)
    acts = ibis.union(standing, failed, distinct=True)
    joined = changes.inner_join(
        acts, [changes.actor == acts.principal, acts.time <= changes.at, acts.time >= changes.before_30d]
    )
    joined = joined.filter(joined.event_id != joined.change_event)
    notable = joined.mutate(kind=_kind(joined))
    return _summed(notable.filter(notable.kind.notnull()), ["change", "kind"])


def _kind(joined: ir.Table) -> ir.StringColumn:
    error = joined.error.fill_null("").lower()
    denied = ibis.or_(*(error.contains(word) for word in _DENIED))
    failed = joined.outcome == "failure"
    since_day, since_week, since_month = (
        joined.time >= joined.before_1d,
        joined.time >= joined.before_7d,
        joined.time >= joined.before_30d,
    )
    return ibis.cases(
        (joined["class"].isin(["risk", "alert"]) & since_month, "risk"),
        (joined.operation.lower().isin(tampering()) & ~failed & since_week, "tampering"),
        ((joined["class"] == "sign-in") & failed & since_day, "failed_sign_in"),
        (failed & denied & since_day, "denied"),
        else_=None,
    )


def _discovery(tables: Tables) -> ir.Table:
    """The events of read-only operations that this principal first used in the day before the change."""
    acts, changes = tables.activity, tables.changes
    reads = acts.filter(acts.read_only & (acts["class"] != "sign-in"))
    used = tables.used.filter(tables.used.reads)
    first = used.group_by(["principal", "operation"]).aggregate(first_use=used.first.min())
    fresh = reads.inner_join(first, ["principal", "operation"])
    fresh = fresh.filter(fresh.time <= fresh.first_use + ibis.interval(days=1))
    joined = changes.inner_join(
        fresh,
        [changes.actor == fresh.principal, fresh.time <= changes.at, fresh.first_use >= changes.before_1d],
    )
    joined = joined.filter(joined.event_id != joined.change_event)
    return _summed(joined.mutate(kind=ibis.literal("discovery")), ["change", "kind"])


def _summed(rows: ir.Table, keys: list[str]) -> ir.Table:
    return rows.group_by(keys).aggregate(
        n=rows.count(),
        operations=rows.operation.nunique(),
        first=rows.time.min(),
        last=rows.time.max(),
        last_event=rows.event_id.argmax(order(rows)),
        what=rows.operation.argmax(order(rows)),
    )


def collect(rows: list[dict[str, Any]]) -> Signs:
    ordered = sorted(rows, key=lambda row: str(row["kind"]))
    return Signs(
        tuple(
            Sign(r["kind"], r["n"], r["operations"], r["first"], r["last"], r["last_event"], r["what"]) for r in ordered
        )
    )


FAMILY: Final[Family] = Family("signs", query, collect)
