"""Daily profiles: what each principal did on each day, from where and with what.

A baseline is asked of these and not of the events, so that triage costs what
the day costs. A profile answers by whole UTC days; a baseline therefore ends
on a day boundary, and says so.
"""

import ibis
import ibis.expr.types as ir


def order(rows: ir.Table) -> ir.Value:
    """What ``argmin`` and ``argmax`` sort by: the time, and then the id, because CloudTrail knows whole seconds only
    and the order of records in a file must not change an answer.
    """
    return ibis.struct({"time": rows.time, "event_id": rows.event_id})


def activity(events: ir.Table, principals: ir.Table, places: ir.Table, clients: ir.Table) -> ir.Table:
    """Events with the principal, the place and the client: the slim table that all behaviour queries start from.

    ``principals``: actor_id, principal. ``places``: source_ip, country, asn. ``clients``: user_agent, client.
    Only principals listed there are kept.
    """
    slim = events.select(
        "event_id",
        "time",
        "provider",
        "log",
        "tenant",
        "service",
        "operation",
        "class",
        "read_only",
        "outcome",
        "error",
        "actor_id",
        "session_id",
        "credential_used",
        "source_ip",
        "user_agent",
        "device",
        "target_id",
    )
    joined = slim.inner_join(principals, "actor_id")
    joined = joined.left_join(places, "source_ip")
    return joined.left_join(clients, "user_agent")


def daily(rows: ir.Table) -> ir.Table:
    """Counts per principal, UTC day and hour, country, network, address and client."""
    keyed = rows.mutate(day=rows.time.date(), hour=rows.time.hour().cast("int32"))
    keys = ["principal", "day", "hour", "country", "asn", "source_ip", "client"]
    return keyed.group_by(keys).aggregate(n=keyed.count())


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
