"""Where the principal last acted from another address, in the day before: for travel that is impossible."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import order


@dataclass(frozen=True, slots=True)
class Previous:
    """The last event from another address than the change's."""

    time: datetime
    address: str
    event_id: str


def query(tables: Tables) -> ir.Table:
    acts, changes = tables.activity, tables.changes
    joined = changes.inner_join(
        acts,
        [
            changes.actor == acts.principal,
            acts.time >= changes.before_1d,
            acts.time < changes.at,
            acts.source_ip != changes.address,
            acts.outcome == "success",
        ],
    )
    return joined.group_by("change").aggregate(
        last=joined.time.max(),
        address=joined.source_ip.argmax(order(joined)),
        last_event=joined.event_id.argmax(order(joined)),
    )


def collect(rows: list[dict[str, Any]]) -> Previous | None:
    return Previous(rows[0]["last"], rows[0]["address"], rows[0]["last_event"]) if rows else None


FAMILY: Final[Family] = Family("previous", query, collect)
