"""With which devices a principal signs in, and with which it did just before the change or right there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Successful sign-ins with one device; None: a device that the directory doesn't know.

    ``state``: one of :data:`keywitness.event.DEVICE_STATES`, or None when the record says nothing of it.
    """

    device: str | None
    last: datetime
    last_event: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Devices:
    """``days``: of sign-ins by device (None: not registered). ``before``: the last hour's sign-ins, oldest first.

    ``states``: days of sign-ins by the device's state. ``here``: the sign-ins of the last 24 hours from the very
    address of the change, oldest first.
    """

    days: Mapping[str | None, int]
    before: tuple[SignedIn, ...]
    states: Mapping[str | None, int] = field(default_factory=dict)
    here: tuple[SignedIn, ...] = ()


def query(tables: Tables) -> ir.Table:
    known = baseline(tables.sign_ins, tables.changes)
    by_device = _summed(known.mutate(device_state=ibis.null("string")), "known")
    by_state = _summed(known.mutate(device=ibis.null("string")), "state")
    return ibis.union(by_device, by_state, *_recent(tables))


def _recent(tables: Tables) -> tuple[ir.Table, ir.Table]:
    acts, changes = tables.activity, tables.changes
    acts = acts.filter((acts["class"] == "sign-in") & (acts.outcome == "success"))
    when = [changes.actor == acts.principal, acts.time <= changes.at, acts.time >= changes.before_1d]
    rows = changes.inner_join(acts, when)
    rows = rows.mutate(day=rows.time.date(), last=rows.time, last_event=rows.event_id)
    hour, here = rows.filter(rows.time >= rows.before_1h), rows.filter(rows.source_ip == rows.address)
    return _summed(hour, "before"), _summed(here, "here")


def _summed(rows: ir.Table, kind: str) -> ir.Table:
    return rows.group_by(["change", "device", "device_state"]).aggregate(
        days=rows.day.nunique(),
        last=rows["last"].max(),
        last_event=rows.last_event.argmax(ibis.struct({"time": rows["last"], "event_id": rows.last_event})),
        kind=ibis.literal(kind),
    )


def collect(rows: list[dict[str, Any]]) -> Devices:
    def of(kind: str) -> list[dict[str, Any]]:
        return [row for row in rows if row["kind"] == kind]

    def seen(kind: str) -> tuple[SignedIn, ...]:
        found = [SignedIn(r["device"], r["last"], r["last_event"], r["device_state"]) for r in of(kind)]
        return tuple(sorted(found, key=lambda s: (s.last, s.last_event)))

    days = {r["device"]: r["days"] for r in of("known")}
    return Devices(days, seen("before"), {r["device_state"]: r["days"] for r in of("state")}, seen("here"))


FAMILY: Final[Family] = Family("devices", query, collect)
