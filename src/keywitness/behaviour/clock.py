"""At which hours of the UTC day a principal is active, and the time zone in which that makes a day and a night."""

from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour import Family
from keywitness.behaviour.tables import Tables
from keywitness.lake.profiles import baseline

_HOURS: Final = 24
_NIGHT: Final = 8  # hours of the quietest stretch that is taken for the night
_MIDDLE: Final = 1.5  # local hour in the middle of the night of who works from about 8 to 19: half a day from 13:30
_FURTHEST: Final = 14  # hours; no place on earth is further ahead of UTC


@dataclass(frozen=True, slots=True)
class Inferred:
    """A zone read off somebody's activity. ``contrast``: 1 when the night is silent, 0 when it is as busy as the day.

    Good to an hour or two, which tells morning from midnight and not eight from nine.
    """

    zone: timezone
    days: int
    contrast: float

    def said(self) -> str:
        return (
            f"{self.zone.tzname(None)}, inferred from {self.days} days of activity ({self.contrast:.0%} less at night)"
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """Days with activity in each hour of the UTC day, and in all."""

    hours: tuple[int, ...]
    days: int

    def zone(self, days: float, contrast: float) -> Inferred | None:
        """None with fewer active days or less contrast than asked for: a shift worker has no night."""
        if self.days < days or not sum(self.hours):
            return None
        sums = [sum(self.hours[(start + i) % _HOURS] for i in range(_NIGHT)) for start in range(_HOURS)]
        least = min(sums)
        found = 1 - least / sum(self.hours) * _HOURS / _NIGHT
        stretch = _longest([total == least for total in sums])
        if found < contrast or stretch is None:
            return None
        first, length = stretch
        middle = (first + (length - 1) / 2 + _NIGHT / 2) % _HOURS
        offset = round(_MIDDLE - middle) % _HOURS
        offset -= _HOURS if offset > _FURTHEST - 2 else 0
        return Inferred(timezone(timedelta(hours=offset)), self.days, found)


def _longest(marks: list[bool]) -> tuple[int, int] | None:
    """First index and length of the longest run of true around the clock; None when all are."""
    runs: list[tuple[int, int]] = []
    for start in range(_HOURS):
        if marks[start] and not marks[start - 1]:
            length = next(n for n in range(1, _HOURS + 1) if not marks[(start + n) % _HOURS])
            runs.append((length, -start))
    return (-max(runs)[1], max(runs)[0]) if runs else None


def query(tables: Tables) -> ir.Table:
    rows = baseline(tables.profiles, tables.changes)
    return rows.select("change", "day", "hour").distinct()


def collect(rows: list[dict[str, Any]]) -> Clock:
    hours = [0] * _HOURS
    for row in rows:
        hours[row["hour"]] += 1
    return Clock(tuple(hours), len({row["day"] for row in rows}))


FAMILY: Final[Family] = Family("clock", query, collect, ("actor", "baseline_end"))
