"""The rotation of one target's credential: create the new, take away the old, at an interval that can be learned."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables

MONTHS_13: Final = 396  # days: a yearly rotation is seen twice
_DAY: Final = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Rotation:
    """Earlier credentials of one kind by the same actor for the same target, and removals there, oldest first.

    ``at``: when the change in question was made; None when nothing came before it.
    """

    made: tuple[datetime, ...]
    removed: tuple[datetime, ...]
    at: datetime | None = None

    def cadence(self, runs: float) -> tuple[int, int] | None:
        """Days between runs and how far they stray, when the change is the next of ``runs`` or more regular ones."""
        if self.at is None or len(self.made) < runs:
            return None
        times = [*self.made, self.at]
        gaps = [(b - a).total_seconds() / _DAY for a, b in pairwise(times)]
        usual = median(gaps)
        strays = max(abs(gap - usual) for gap in gaps)
        return (round(usual), round(strays)) if usual >= 1 and strays <= max(1.0, usual / 10) else None

    def kept(self) -> int:
        """How many older credentials nobody took away: a rotation leaves one, for the time of the switch."""
        return max(0, len(self.made) - len(self.removed) - 1)


def query(tables: Tables) -> ir.Table:
    changes, past = tables.changes, tables.history
    joined = changes.inner_join(
        past,
        [
            changes.kind == past.past_kind,
            changes.target == past.past_target,
            past.past_time < changes.at,
            past.past_time >= changes.before_13m,
        ],
    )
    mine = joined.filter((joined.past_actor == joined.actor) | ~joined.past_adding)
    return mine.select("change", "at", "past_time", "past_adding")


def collect(rows: list[dict[str, Any]]) -> Rotation:
    made = sorted(row["past_time"] for row in rows if row["past_adding"])
    removed = sorted(row["past_time"] for row in rows if not row["past_adding"])
    return Rotation(tuple(made), tuple(removed), rows[0]["at"] if rows else None)


FAMILY: Final[Family] = Family("rotation", query, collect)
