"""The tables of a run that the families query."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import ibis.expr.types as ir
from ibis.expr.operations import PhysicalTable


@dataclass(frozen=True, slots=True)
class Tables:
    """What families query. All times UTC; ``changes`` has one row per finding with its windows as columns.

    ``events``: those from a day before the first finding on. ``activity``: of these, those of the principals in
    question. ``profiles``: their daily counts, whole past. ``sign_ins``: their devices by day. ``signals``: events
    about them that stand for themselves. ``lasts``: until when each was active on a day. ``used``: since when each
    of all actors uses an operation. ``days``: which days each of them was active from which address. ``addresses``:
    who used an address first when. ``changes``: the findings. ``credentials``: change, credential_id. ``history``:
    every credential change known, removals too. ``places``: country and asn by source_ip. ``everyone``: actor_id and
    principal of all actors.
    """

    events: ir.Table
    activity: ir.Table
    profiles: ir.Table
    sign_ins: ir.Table
    signals: ir.Table
    lasts: ir.Table
    used: ir.Table
    days: ir.Table
    addresses: ir.Table
    changes: ir.Table
    credentials: ir.Table
    history: ir.Table
    places: ir.Table
    everyone: ir.Table


def sources(tables: Tables) -> Mapping[str, ir.Table]:
    """The tables that the families' SQL reads, by the name that it has there."""
    asked = [getattr(tables, field.name) for field in fields(tables)]
    found = (source for table in asked for source in table.op().find(PhysicalTable))
    return {source.name: source.to_expr() for source in found}
