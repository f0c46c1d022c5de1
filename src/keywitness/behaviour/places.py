"""From where a principal usually acts: days per country and network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline


@dataclass(frozen=True, slots=True)
class Places:
    """Days of activity by country and by network (ASN), and from exactly the change's address."""

    countries: Mapping[str, int]
    networks: Mapping[int, int]
    same_address: int  # days


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    same = rows.filter(rows.source_ip == rows.address)
    return ibis.union(_days(rows, rows.country), _days(rows, rows.asn), _days(same, same.source_ip))


def _days(rows: ir.Table, value: ir.Column) -> ir.Table:
    """Days by value; a day on which a country was seen through two networks is one day."""
    named = rows.mutate(kind=ibis.literal(value.get_name()), value=value.cast("string")).filter(value.notnull())
    return named.group_by(["change", "kind", "value"]).aggregate(days=named.day.nunique())


def collect(rows: list[dict[str, Any]]) -> Places:
    by_kind: dict[str, dict[str, int]] = {"country": {}, "asn": {}, "source_ip": {}}
    for row in rows:
        by_kind[row["kind"]][row["value"]] = row["days"]
    networks = {int(asn): days for asn, days in by_kind["asn"].items()}
    return Places(by_kind["country"], networks, sum(by_kind["source_ip"].values()))


FAMILY: Final[Family] = Family("places", query, collect, ("actor", "baseline_end", "address"))
