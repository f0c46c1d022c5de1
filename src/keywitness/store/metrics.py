"""What a lead asks of a shift: how much came in, how it was decided, how fast, how old the rest is, what was false."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from keywitness.store import Desk
from keywitness.store.tables import CASES

FALSE: Final = ("false_positive", "benign_positive")
"""The reasons of closing that make an escalation a false one."""


@dataclass(frozen=True, slots=True)
class Times:
    """Mean seconds without pauses, over the ``n`` cases that have an end; None without one."""

    mean: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The cases reported from ``since`` (in) to ``until`` (out).

    ``acknowledge`` (MTTA) and ``resolve`` (MTTR) are by priority and of cases that people worked on: what triage closed
    by itself counts in neither. ``lag`` is from the oldest change of a case to its report. ``false_escalations`` counts
    escalated cases that were closed as false or benign, by the reason that escalated them; ``escalations`` all of them.
    """

    arrivals: int
    decisions: Mapping[str, int]
    closings: Mapping[str, int]
    acknowledge: Mapping[str, Times]
    resolve: Mapping[str, Times]
    lag: Times
    escalations: Mapping[str, int]
    false_escalations: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ages:
    """The open cases of now by priority: all, and those whose clock has ended."""

    open: Mapping[str, int]
    late: Mapping[str, int]


def metrics(desk: Desk, since: datetime, until: datetime) -> Metrics:
    at = [CASES.c.tenant_id == desk.tenant, CASES.c.reported_at >= since, CASES.c.reported_at < until]
    alone = [*at, CASES.c.merged_into.is_(None)]
    people = [*alone, sa.func.coalesce(CASES.c.close_reason, "") != "automated_closure"]
    decisions = _counted(desk, CASES.c.decision, alone)
    escalated = [*alone, CASES.c.decision == "escalate"]
    return Metrics(
        arrivals=sum(decisions.values()),
        decisions=decisions,
        closings=_counted(desk, CASES.c.close_reason, [*alone, CASES.c.is_open.is_(False)]),
        acknowledge=_times(desk, CASES.c.acknowledged_after, people),
        resolve=_times(desk, CASES.c.resolved_after, people),
        lag=_time(desk, CASES.c.lag, alone),
        escalations=_by_reason(desk, escalated),
        false_escalations=_by_reason(desk, [*escalated, CASES.c.close_reason.in_(FALSE)]),
    )


def ages(desk: Desk) -> Ages:
    at = [CASES.c.tenant_id == desk.tenant, CASES.c.is_open.is_(True)]
    late = [*at, CASES.c.paused_at.is_(None), CASES.c.due_at < desk.now]
    return Ages(_counted(desk, CASES.c.priority, at), _counted(desk, CASES.c.priority, late))


def arrivals(desk: Desk, since: datetime, until: datetime) -> Mapping[str, int]:
    """How many cases were reported on each day (UTC, ISO) of the period; days without one are left out."""
    day = sa.func.date(CASES.c.reported_at) if desk.connection.dialect.name == "sqlite" else _day()
    at = [CASES.c.tenant_id == desk.tenant, CASES.c.reported_at >= since, CASES.c.reported_at < until]
    return dict(sorted(_counted(desk, day, at).items()))


def _day() -> Any:
    return sa.func.to_char(sa.func.timezone("UTC", CASES.c.reported_at), "YYYY-MM-DD")


def _counted(desk: Desk, column: Any, at: list[Any]) -> dict[str, int]:
    query = sa.select(column.label("key"), sa.func.count().label("n")).where(*at).group_by(column)
    return {str(row.key): row.n for row in desk.connection.execute(query)}


def _times(desk: Desk, column: Any, at: list[Any]) -> dict[str, Times]:
    query = sa.select(CASES.c.priority, sa.func.avg(column), sa.func.count(column)).where(*at, column.is_not(None))
    rows = desk.connection.execute(query.group_by(CASES.c.priority))
    return {row[0]: Times(float(row[1]), row[2]) for row in rows}


def _time(desk: Desk, column: Any, at: list[Any]) -> Times:
    mean, n = desk.connection.execute(sa.select(sa.func.avg(column), sa.func.count(column)).where(*at)).one()
    return Times(None if mean is None else float(mean), n)


def _by_reason(desk: Desk, at: list[Any]) -> dict[str, int]:
    """A case counts for each of its reasons."""
    found: dict[str, int] = {}
    for reasons, n in _counted(desk, CASES.c.reasons, at).items():
        for reason in reasons.split():
            found[reason] = found.get(reason, 0) + n
    return dict(sorted(found.items()))
