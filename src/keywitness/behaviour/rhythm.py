"""When a principal is usually active: on how many days around the hour of the change."""

from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline

REACH: Final = 1  # whole hours either side of the change's that are still "around" it
_DAY: Final = 24
_WEEK: Final = 168


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Hours are told by their distance from the change's, which is the same in every time zone.

    A change of daylight saving inside the lookback moves older hours by one, which :data:`REACH` covers.
    """

    days: int  # distinct days with activity
    around_hour: int  # days with activity around the change's hour of the day
    around_week_hour: int  # the same on the change's own day of the week


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    hour = rows.day.cast("timestamp").epoch_seconds() // 3_600 + rows.hour
    back = rows.at.epoch_seconds() // 3_600 + REACH - hour  # never negative: a baseline lies before its change
    return rows.group_by("change").aggregate(
        days=rows.day.nunique(), around_hour=_around(back, _DAY), around_week_hour=_around(back, _WEEK)
    )


def _around(back: ir.IntegerColumn, period: int) -> ir.IntegerScalar:
    """In how many periods there was activity around the hour; three active hours of one night are one."""
    return (back % period <= 2 * REACH).ifelse(back // period, None).nunique()


def collect(rows: list[dict[str, Any]]) -> Rhythm:
    return Rhythm(rows[0]["days"], rows[0]["around_hour"], rows[0]["around_week_hour"]) if rows else Rhythm(0, 0, 0)


FAMILY: Final[Family] = Family("rhythm", query, collect)
