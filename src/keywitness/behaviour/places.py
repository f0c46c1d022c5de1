"""From where a principal usually acts: days per country and network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family, Tables
from keywitness.lake.profiles import baseline


@dataclass(frozen=True, slots=True)
class Places:
    """Days of activity by country and by network (ASN), and from exactly the change's address."""

    countries: Mapping[str, int]
    networks: Mapping[int, int]
    same_address: int  # days
    located: int  # events with a known country or network


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    rows = rows.filter(rows.source_ip.notnull())
    same = (rows.source_ip == rows.address).ifelse(rows.day, None)
    return rows.group_by(["change", "country", "asn"]).aggregate(
        days=rows.day.nunique(), n=rows.n.sum(), same_address=same.nunique()
    )


def collect(rows: list[dict[str, Any]]) -> Places:
    countries: dict[str, int] = {}
    networks: dict[int, int] = {}
    for row in rows:
        if row["country"]:
            countries[row["country"]] = countries.get(row["country"], 0) + row["days"]
        if row["asn"] is not None:
            networks[row["asn"]] = networks.get(row["asn"], 0) + row["days"]
    located = sum(row["n"] for row in rows if row["country"] or row["asn"] is not None)
    return Places(countries, networks, max((row["same_address"] for row in rows), default=0), located)


FAMILY: Final[Family] = Family("places", query, collect)
