"""What the actor did within a day of the change: for the timeline and for what else was touched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import order

MOST: Final = 40  # kinds of act shown per change; the rest is counted


@dataclass(frozen=True, slots=True)
class Act:
    """One operation on one target with one outcome, and how often."""

    operation: str
    class_: str
    outcome: str
    target: str | None
    source_ip: str | None
    same_session: bool
    count: int
    first: datetime
    first_event: str


@dataclass(frozen=True, slots=True)
class Acts:
    """Oldest first; sign-ins, risk detections and whatever wrote or failed, no plain reads."""

    acts: tuple[Act, ...]
    more: int


def query(tables: Tables) -> ir.Table:
    acts, changes = tables.activity, tables.changes
    joined = changes.inner_join(
        acts,
        [changes.actor == acts.principal, acts.time >= changes.before_1d, acts.time <= changes.after_1d],
    )
    joined = joined.filter(
        (joined.event_id != joined.change_event)
        & (joined["class"] != "data")
        & ((joined.read_only.fill_null(False) == False) | (joined.outcome == "failure"))  # noqa: E712
    )
    same = (joined.session_id == joined.session).fill_null(False)
    keyed = joined.mutate(same_session=same)
    return keyed.group_by(
        ["change", "operation", "class", "outcome", "target_id", "source_ip", "same_session"]
    ).aggregate(n=keyed.count(), first=keyed.time.min(), first_event=keyed.event_id.argmin(order(keyed)))


def collect(rows: list[dict[str, Any]]) -> Acts:
    acts = [
        Act(
            r["operation"],
            r["class"],
            r["outcome"],
            r["target_id"],
            r["source_ip"],
            r["same_session"],
            r["n"],
            r["first"],
            r["first_event"],
        )
        for r in rows
    ]
    acts.sort(key=lambda a: (a.first, a.first_event, a.operation))
    return Acts(tuple(acts[:MOST]), max(0, len(acts) - MOST))


FAMILY: Final[Family] = Family("acts", query, collect)
