"""The picture above a timeline: one lane for each kind of moment, drawn to scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from keywitness.model import TimelineEntry

SHAPES: Final[Mapping[str, str]] = {
    "risk": "M0,4 L6,15 L-6,15 Z",
    "sign-in": "M-5,5 H5 V15 H-5 Z",
    "activity": "M-1,4 H1 V16 H-1 Z",
    "change": "M0,3 L7,10 L0,17 L-7,10 Z",
    "use": "M-5,10 a5,5 0 1,0 10,0 a5,5 0 1,0 -10,0 Z",
    "lifecycle": "M-5,5 L5,15 M5,5 L-5,15",
}
"""A shape for each kind, in the order of the lanes; 20 high, centred on its moment."""


@dataclass(frozen=True, slots=True)
class Lane:
    """``marks`` are places from the left in per cent, in order."""

    kind: str
    marks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    rows: tuple[Lane, ...]
    first: datetime
    last: datetime


def lanes(entries: Sequence[TimelineEntry]) -> Lanes | None:
    """The lanes of a timeline in order; None where a picture would say nothing: under three moments, or all at once."""
    if len(entries) < 3 or entries[0].time == entries[-1].time:
        return None
    first, last = entries[0].time, entries[-1].time
    places = [(entry.kind, _place(entry.time, first, last)) for entry in entries]
    rows = (Lane(kind, tuple(dict.fromkeys(x for k, x in places if k == kind))) for kind in SHAPES)
    return Lanes(tuple(row for row in rows if row.marks), first, last)


def _place(time: datetime, first: datetime, last: datetime) -> float:
    """2 to 98, so that no mark is cut off; to half a per cent, since more can't be seen."""
    return 2 + round((time - first) / (last - first) * 192) / 2
