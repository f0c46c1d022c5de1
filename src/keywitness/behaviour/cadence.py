"""How many days before a change its actor was active at the change's hour: the interval of a job that runs seldom."""

from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.rhythm import REACH
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline

_DAY: Final = 24
_LONGEST: Final = 31  # days between two runs


@dataclass(frozen=True, slots=True)
class Cadence:
    """Whole days before the change, ascending: 7, 14, 21 for a job of every Sunday at two."""

    days_before: tuple[int, ...]

    def interval(self, runs: float) -> int | None:
        """Days between runs, when ``runs`` or more were that far apart and the change is the next; else None.

        A job that runs each second day or oftener has a rhythm and needs no cadence.
        """
        if len(self.days_before) < runs:
            return None
        gaps = [later - earlier for earlier, later in zip((0, *self.days_before), self.days_before, strict=False)]
        usual = round(median(gaps))
        slack = 1 if usual > 14 else 0  # a month has 28 to 31 days
        regular = all(abs(gap - usual) <= slack + (usual >= 28) for gap in gaps)
        return usual if regular and 2 < usual <= _LONGEST else None


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    hour = rows.day.cast("timestamp").epoch_seconds() // 3_600 + rows.hour
    back = rows.at.epoch_seconds() // 3_600 + REACH - hour
    around = rows.mutate(back=back).filter(back % _DAY <= 2 * REACH)
    return around.select("change", days_before=around.back // _DAY).distinct()


def collect(rows: list[dict[str, Any]]) -> Cadence:
    return Cadence(tuple(sorted(row["days_before"] for row in rows)))


FAMILY: Final[Family] = Family("cadence", query, collect)
