"""Who works like the actor: principals with nearly the same set of operations, where no directory says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables

_ALIKE: Final = 0.3  # Jaccard; below this nobody would speak of peers
_FEWEST: Final = 3  # operations that two sets share: one common call makes nobody alike
MOST: Final = 20  # peers per change, the most similar first


@dataclass(frozen=True, slots=True)
class Peers:
    """Similarity by principal: the share of both's operations that both use (Jaccard), at least :data:`_ALIKE`.

    Of core changes only: an adjacent one is never judged by who usually makes it.
    """

    alike: Mapping[str, float]


def query(tables: Tables) -> ir.Table:
    used = _used(tables)
    changes = tables.changes.filter(tables.changes.core).select("change", "actor", "baseline_end")
    mine = changes.inner_join(used, [changes.actor == used.principal, used.first <= changes.baseline_end])
    mine = mine.select("change", "actor", "baseline_end", "operation")
    own = mine.group_by("change").aggregate(own=mine.count())
    found = _shared(mine, used).inner_join(own, "change")
    found = found.mutate(alike=found.both / (found.own + found.theirs - found.both))
    found = found.filter(found.alike >= _ALIKE)
    first = ibis.window(group_by="change", order_by=[ibis.desc(found.alike), found.who])
    ranked = found.mutate(place=ibis.row_number().over(first))
    return ranked.filter(ranked.place < MOST).select("change", "who", "alike")


def _shared(mine: ir.Table, used: ir.Table) -> ir.Table:
    """How many operations each other principal has in common with the actor, and how many it has, by then."""
    theirs = used.rename(who="principal", their_operation="operation", their_first="first")
    same = [
        mine.operation == theirs.their_operation,
        theirs.who != mine.actor,
        theirs.their_first <= mine.baseline_end,
    ]
    shared = mine.inner_join(theirs, same)
    both = shared.group_by(["change", "baseline_end", "who"]).aggregate(both=shared.count())
    both = both.filter(both.both >= _FEWEST)
    all_of = used.rename(whose="principal")
    joined = both.inner_join(all_of, [both.who == all_of.whose, all_of.first <= both.baseline_end])
    return joined.group_by(["change", "who", "both"]).aggregate(theirs=joined.count())


def _used(tables: Tables) -> ir.Table:
    """Each operation of each principal once, with the day of its first use."""
    used = tables.used
    return used.group_by(["principal", "operation"]).aggregate(first=used["first"].min().date())


def collect(rows: list[dict[str, Any]]) -> Peers:
    return Peers({row["who"]: row["alike"] for row in rows})


FAMILY: Final[Family] = Family("peers", query, collect, ("actor", "baseline_end", "core"))
