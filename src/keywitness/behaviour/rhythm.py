"""When a principal is usually active: days seen per local hour of the week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family, Tables
from keywitness.lake.profiles import baseline

HOURS_A_WEEK: Final = 168
_MONDAY: Final = 72  # 1970-01-01 was a Thursday: hour 0 of the epoch is hour 72 of its week


@dataclass(frozen=True, slots=True)
class Rhythm:
    """``hours`` maps the local hour of the week (0 = Monday 00:00) to the number of days with activity in it.

    Local means the UTC offset that the actor has at the time of the change: a change of daylight saving
    inside the lookback moves older hours by one.
    """

    hours: Mapping[int, int]
    days: int  # distinct days with activity
    events: int
    first: date | None
    last: date | None

    def around(self, hour: int, reach: int = 1) -> int:
        """Days with activity within ``reach`` hours of this hour of the week."""
        return sum(self.hours.get((hour + step) % HOURS_A_WEEK, 0) for step in range(-reach, reach + 1))

    def at_hour_of_day(self, hour: int, reach: int = 1) -> int:
        """Days with activity within ``reach`` hours of this hour of any day of the week."""
        wanted = {(hour + step) % 24 for step in range(-reach, reach + 1)}
        return sum(n for how, n in self.hours.items() if how % 24 in wanted)


def hour_of_week(weekday: int, hour: int) -> int:
    """Monday 00:00 is 0."""
    return weekday * 24 + hour


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    hours = rows.day.cast("timestamp").epoch_seconds() // 3_600 + rows.hour
    local = (hours * 60 + rows.offset_minutes) // 60
    week = rows.mutate(hour_of_week=((local + _MONDAY) % HOURS_A_WEEK).cast("int32"))
    per_hour = week.group_by(["change", "hour_of_week"]).aggregate(days=week.day.nunique(), n=week.n.sum())
    span = rows.group_by("change").aggregate(active_days=rows.day.nunique(), first=rows.day.min(), last=rows.day.max())
    return per_hour.inner_join(span, "change")


def collect(rows: list[dict[str, Any]]) -> Rhythm:
    return Rhythm(
        {row["hour_of_week"]: row["days"] for row in rows},
        max((row["active_days"] for row in rows), default=0),
        sum(row["n"] for row in rows),
        min((row["first"] for row in rows), default=None),
        max((row["last"] for row in rows), default=None),
    )


FAMILY: Final[Family] = Family("rhythm", query, collect)
