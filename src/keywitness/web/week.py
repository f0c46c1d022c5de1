"""When a case's actor acts: the hours of the week with moments that the case knows, and those of its changes."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keywitness.model import Case
from keywitness.render import story

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LEVELS: Final = 4


@dataclass(frozen=True, slots=True)
class Hour:
    """``level`` 0 to 4 is how much of the busiest hour's number it has; ``changes`` of the case fell into it."""

    day: str
    hour: int
    number: int
    level: int
    changes: int

    @property
    def said(self) -> str:
        made = f", {self.changes} of this case's changes" if self.changes else ""
        return f"{self.day} {self.hour:02}:00: {self.number} moments{made}"


@dataclass(frozen=True, slots=True)
class Week:
    """``zone`` names the actor's time zone; ``moments`` is how many there are in all."""

    rows: tuple[tuple[str, tuple[Hour, ...]], ...]
    zone: str
    moments: int


def week(case: Case) -> Week:
    """The hours are those of the actor's own zone."""
    zone = story.zone(case)
    seen = Counter(_hour(entry.time.astimezone(zone)) for entry in story.timeline(case))
    made = Counter(_hour(finding.change.time.astimezone(zone)) for finding in case.findings)
    most = max([*seen.values(), 1])
    rows = tuple(
        (name, tuple(Hour(name, h, n := seen[day, h], -(-n * _LEVELS // most), made[day, h]) for h in range(24)))
        for day, name in enumerate(DAYS)
    )
    there = story.lead(case).local_time
    return Week(rows, there.tzname() or "UTC", seen.total())


def _hour(time: datetime) -> tuple[int, int]:
    return time.weekday(), time.hour
