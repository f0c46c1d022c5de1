"""Who is on call: ``oncall.csv`` with the columns identity, start and end, one shift a row.

Times are ISO 8601; without a zone they are UTC, and a date alone is its whole day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from keywitness.context.identities import Directory
from keywitness.context.tables import Entry, parse_time, read_table
from keywitness.errors import Reject, Source
from keywitness.model import Party, PrincipalId

_COLUMNS: Final = ("identity", "start", "end")


@dataclass(frozen=True, slots=True)
class Shift:
    """``end`` is inclusive. ``identity`` is a name, an alias or an id, as in a ticket."""

    identity: str
    start: datetime
    end: datetime


def on_call(
    shifts: Sequence[Shift], at: datetime, principal: PrincipalId, party: Party, directory: Directory
) -> Shift | None:
    """The shift in which this principal was on call at that time."""
    now = (shift for shift in shifts if shift.start <= at <= shift.end)
    return next((s for s in now if directory.same(s.identity, principal, party.id, party.name)), None)


def load_oncall(path: Path | None, rejects: list[Reject]) -> tuple[Shift, ...] | None:
    """The shifts; None without a file, or with one that lacks a column. A row that can't be used is set aside."""
    table = read_table(path, rejects) if path else None
    if path is None or table is None:
        return None
    if missing := [column for column in _COLUMNS if column not in table.columns]:
        rejects.append(Reject(Source(str(path)), f"no shifts were read: it has no column for {', '.join(missing)}"))
        return None
    return tuple(shift for entry in table.entries if (shift := _shift(entry, rejects)))


def _shift(entry: Entry, rejects: list[Reject]) -> Shift | None:
    cells = entry.cells
    try:
        start, end = parse_time(cells["start"]), parse_time(cells["end"], closing=True)
        if not cells["identity"] or cells["identity"].strip("*") == "":
            raise ValueError("it names no identity")
        if end < start:
            raise ValueError("it ends before it starts")
    except (KeyError, ValueError) as error:
        rejects.append(entry.reject(f"this shift was set aside: {error}"))
        return None
    return Shift(cells["identity"], start, end)
