"""Who else acts from the change's network in the change's country: an office's provider, or a VPN."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables

MOST: Final = 20  # principals told per change, those with the most days first


@dataclass(frozen=True, slots=True)
class Networks:
    """Days in the lookback on which each other principal used this network (ASN and country), at most :data:`MOST`."""

    others: Mapping[str, int]


def query(tables: Tables) -> ir.Table:
    used = _days(tables)
    here = tables.places.select(address="source_ip", here_asn="asn", here_country="country")
    changes = tables.changes.inner_join(here, "address")
    joined = changes.inner_join(
        used,
        [
            changes.here_asn == used.asn,
            changes.here_country == used.country,
            changes.actor != used.who,
            used.day >= changes.baseline_start,
            used.day <= changes.baseline_end,
        ],
    )
    found = joined.group_by(["change", "who"]).aggregate(days=joined.day.nunique())
    first = ibis.window(group_by="change", order_by=[ibis.desc(found.days), found.who])
    ranked = found.mutate(place=ibis.row_number().over(first))
    return ranked.filter(ranked.place < MOST).drop("place")


def _days(tables: Tables) -> ir.Table:
    """Each network and day once for each principal: small, whatever the number of events."""
    known = tables.places.filter(tables.places.asn.notnull() & tables.places.country.notnull())
    days = tables.days.filter(tables.days.succeeded > 0).select("actor_id", "source_ip", "day")
    everyone = tables.everyone.rename(who="principal")
    rows = days.inner_join(known, "source_ip").inner_join(everyone, "actor_id")
    return rows.select("asn", "country", "who", "day").distinct()


def collect(rows: list[dict[str, Any]]) -> Networks:
    return Networks({row["who"]: row["days"] for row in rows})


FAMILY: Final[Family] = Family("networks", query, collect)
