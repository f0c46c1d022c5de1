"""With which devices a principal signs in, and with which it did in the hour before the change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline, order


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
    return _known(tables).union(_before(tables))


def _known(tables: Tables) -> ir.Table:
    rows = baseline(tables.sign_ins, tables.changes)
    last = ibis.struct({"time": rows.last, "event_id": rows.last_event})
    return rows.group_by(["change", "device"]).aggregate(
        days=rows.day.nunique(),
        last=rows["last"].max(),
        last_event=rows.last_event.argmax(last),
        kind=ibis.literal("known"),
    )


def _before(tables: Tables) -> ir.Table:
    acts, changes = tables.activity, tables.changes
    acts = acts.filter((acts["class"] == "sign-in") & (acts.outcome == "success"))
    when = [changes.actor == acts.principal, acts.time <= changes.at, acts.time >= changes.before_1h]
    rows = changes.inner_join(acts, when)
    return rows.group_by(["change", "device"]).aggregate(
        days=rows.time.date().nunique(),
        last=rows.time.max(),
        last_event=rows.event_id.argmax(order(rows)),
        kind=ibis.literal("before"),
    )


def collect(rows: list[dict[str, Any]]) -> Devices:
    before = [SignedIn(r["device"], r["last"], r["last_event"]) for r in rows if r["kind"] == "before"]
    days = {r["device"]: r["days"] for r in rows if r["kind"] == "known"}
    return Devices(days, tuple(sorted(before, key=lambda s: (s.last, s.last_event))))


FAMILY: Final[Family] = Family("devices", query, collect)
