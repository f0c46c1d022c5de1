"""With which devices a principal signs in, and with which it did in the hour before the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family, Tables
from keywitness.lake.profiles import order


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Successful sign-ins of the last hour with one device; None: a device that the directory doesn't know."""

    device: str | None
    last: datetime
    last_event: str


@dataclass(frozen=True, slots=True)
class Devices:
    """``days``: of sign-ins by device (None: not registered). ``before``: the last hour's sign-ins, oldest first."""

    days: Mapping[str | None, int]
    before: tuple[SignedIn, ...]


def query(tables: Tables) -> ir.Table:
    acts, changes = tables.activity, tables.changes
    joined = changes.inner_join(acts, [changes.actor == acts.principal, acts.time <= changes.at])
    joined = joined.filter((joined["class"] == "sign-in") & (joined.outcome == "success"))
    day = joined.time.date()
    past = joined.filter((day >= joined.baseline_start) & (day <= joined.baseline_end))
    return _summed(past, "known").union(_summed(joined.filter(joined.time >= joined.before_1h), "before"))


def _summed(rows: ir.Table, kind: str) -> ir.Table:
    summed = rows.group_by(["change", "device"]).aggregate(
        days=rows.time.date().nunique(), last=rows.time.max(), last_event=rows.event_id.argmax(order(rows))
    )
    return summed.mutate(kind=ibis.literal(kind))


def collect(rows: list[dict[str, Any]]) -> Devices:
    before = [SignedIn(r["device"], r["last"], r["last_event"]) for r in rows if r["kind"] == "before"]
    days = {r["device"]: r["days"] for r in rows if r["kind"] == "known"}
    return Devices(days, tuple(sorted(before, key=lambda s: (s.last, s.last_event))))


FAMILY: Final[Family] = Family("devices", query, collect)
