"""How old a case is against its clock, in words that take little room."""

from datetime import datetime, timedelta

from keywitness.store.records import CaseRow


def left(case: CaseRow, now: datetime) -> str:
    """``12 min left``, ``3 h over``, ``paused``, or "" for a closed case."""
    if not case.is_open:
        return ""
    if case.paused_at:
        return "paused"
    over = now > case.due_at
    return f"{short(abs(now - case.due_at))} {'over' if over else 'left'}"


def clock(case: CaseRow) -> str:
    """Which clock runs: until somebody takes the case up, then until it is closed."""
    return "to take up" if case.acknowledged_at is None else "to close"


def age(case: CaseRow, now: datetime) -> str:
    return short(now - case.reported_at)


def short(length: timedelta) -> str:
    """``40 s``, ``12 min``, ``5 h``, ``3 d``."""
    seconds = max(0, int(length.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size * (2 if size == 86_400 else 1):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
