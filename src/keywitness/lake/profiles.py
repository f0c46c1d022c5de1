"""What behaviour queries start from: the recent events and the daily profiles of the principals in question.

A baseline is asked of profiles and not of events, so that triage costs what
the day costs. A profile answers by whole UTC days; a baseline therefore ends
on a day boundary, and says so.
"""

from typing import Final

import ibis
import ibis.expr.types as ir

LOOKBACK_DAYS: Final = 90
"""UEBA products learn from 30 to 180 days; 90 covers a quarter's routine and most retention periods."""


def order(rows: ir.Table) -> ir.Value:
    """What ``argmin`` and ``argmax`` sort by: the time, and then the id, because CloudTrail knows whole seconds only
    and the order of records in a file must not change an answer.
    """
    return ibis.struct({"time": rows.time, "event_id": rows.event_id})


def daily(profiles: ir.Table, places: ir.Table, clients: ir.Table) -> ir.Table:
    """The counts of ``profiles`` per principal, UTC day and hour, country, network, address and client.

    ``profiles``: the summary with the column principal. ``places``: source_ip, country, asn. ``clients``: user_agent,
    client.
    """
    rows = profiles.left_join(places, "source_ip").left_join(clients, "user_agent")
    keys = ["principal", "day", "hour", "country", "asn", "source_ip", "client"]
    return rows.group_by(keys).aggregate(n=rows.n.sum().cast("int64"))


def baseline(profiles: ir.Table, changes: ir.Table) -> ir.Table:
    """Each change with the profile rows of its actor from ``baseline_start`` to ``baseline_end`` (days, inclusive)."""
    return changes.inner_join(
        profiles,
        [
            changes.actor == profiles.principal,
            profiles.day >= changes.baseline_start,
            profiles.day <= changes.baseline_end,
        ],
    )
