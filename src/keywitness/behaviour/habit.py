"""Who makes this kind of change, and how often: the actor, and everyone else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables


@dataclass(frozen=True, slots=True)
class Doer:
    """How often one principal made this kind of change in the lookback, successfully."""

    count: int
    days: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Habit:
    """By principal. The lookback is 90 whole UTC days; the last of them ended 24 hours or more before the change."""

    doers: Mapping[str, Doer]


def query(tables: Tables) -> ir.Table:
    changes, past = tables.changes, tables.history
    joined = changes.inner_join(
        past,
        [
            changes.kind == past.past_kind,
            changes.own == past.past_own,
            past.past_adding,
            past.past_time.date() <= changes.baseline_end,
            past.past_time.date() >= changes.baseline_start,
        ],
    )
    return joined.group_by(["change", "past_actor"]).aggregate(
        n=joined.count(),
        days=joined.past_time.date().nunique(),
        last=joined.past_time.max(),
    )


def collect(rows: list[dict[str, Any]]) -> Habit:
    return Habit({r["past_actor"]: Doer(r["n"], r["days"], r["last"]) for r in rows})


FAMILY: Final[Family] = Family("habit", query, collect, ("kind", "own", "baseline_end"))
