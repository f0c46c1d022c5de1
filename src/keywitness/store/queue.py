"""The queue: filters, order, pages, counts. A page costs the same wherever it is, because it starts after a key."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from keywitness.errors import UsageError
from keywitness.store import Desk, terms
from keywitness.store.records import CaseRow, Page
from keywitness.store.rows import COLUMNS, from_row, rank
from keywitness.store.sla import PRIORITIES
from keywitness.store.tables import CASES

Order = Literal["urgency", "due", "newest"]

ORDERS: Final[Mapping[Order, tuple[tuple[str, bool], ...]]] = {
    "urgency": (("rank", True), ("due_at", True), ("case_id", True)),
    "due": (("due_at", True), ("case_id", True)),
    "newest": (("last_at", False), ("case_id", False)),
}
"""The columns of each order, and whether they ascend. The last is the id, so that no two cases are equal."""
LARGEST: Final = 500
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is wanted; what isn't said is not asked.

    ``open`` None: open and closed. ``assignee`` "" means nobody's. ``text`` is the start of an address, credential id,
    name, event id, case id or word of a note. ``since`` and ``until`` are about the newest change of a case.
    """

    open: bool | None = True
    statuses: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    assignee: str | None = None
    provider: str | None = None
    reason: str | None = None
    campaign: str | None = None
    close_reason: str | None = None
    used: bool | None = None
    late: bool | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING_OPEN: Final = Filters()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are of each status, decision, priority and assignee ("": nobody), and how many are late."""

    total: int = 0
    status: Mapping[str, int] = field(default_factory=dict)
    decision: Mapping[str, int] = field(default_factory=dict)
    priority: Mapping[str, int] = field(default_factory=dict)
    assignee: Mapping[str, int] = field(default_factory=dict)
    late: int = 0


def page(
    desk: Desk, filters: Filters = EVERYTHING_OPEN, order: Order = "urgency", after: str | None = None, size: int = 50
) -> Page:
    """A page of at most ``size`` cases after the key that the page before gave. Raises UsageError for no such key."""
    size = max(1, min(size, LARGEST))
    columns = [(CASES.c[name], up) for name, up in ORDERS[order]]
    query = sa.select(*COLUMNS).where(*conditions(desk, filters))
    if after is not None:
        query = query.where(_beyond(columns, _read_key(after, order)))
    query = query.order_by(*(column.asc() if up else column.desc() for column, up in columns)).limit(size + 1)
    if filters.text.strip() and terms.is_common(desk, filters.text):
        # SQLite would look all cases up and sort them; in the order's own index it can stop after a page.
        query = query.with_hint(CASES, f"INDEXED BY {_index(filters, order)}", "sqlite")
    rows = tuple(from_row(row) for row in desk.connection.execute(query))
    more = len(rows) > size
    return Page(rows[:size], _key(rows[size - 1], order) if more else None)


def _index(filters: Filters, order: Order) -> str:
    if order == "newest":
        return "cases_by_time"
    if filters.open is None:
        return "cases_by_rank_of_all"
    return "cases_by_rank" if order == "urgency" else "cases_by_due"


def counts(desk: Desk, *, open_only: bool = True) -> Counts:
    """Numbers for the head of the queue, from one index."""
    at = [CASES.c.tenant_id == desk.tenant, *([CASES.c.is_open.is_(True)] if open_only else [])]
    names = ("status", "decision", "priority", "assignee")
    grouped = sa.select(*(CASES.c[n] for n in names), sa.func.count().label("n")).where(*at)
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    total = 0
    for row in desk.connection.execute(grouped.group_by(*(CASES.c[n] for n in names))):
        total += row.n
        for name in names:
            key = row._mapping[name] or NOBODY
            found[name][key] = found[name].get(key, 0) + row.n
    late = sa.select(sa.func.count()).where(CASES.c.tenant_id == desk.tenant, *_late(desk))
    return Counts(total, **found, late=int(desk.connection.execute(late).scalar() or 0))


def campaigns(desk: Desk, limit: int = 50) -> tuple[tuple[str, int], ...]:
    """The actors with the most open cases, and how many each has."""
    number = sa.func.count().label("n")
    query = sa.select(CASES.c.campaign, number).where(CASES.c.tenant_id == desk.tenant, CASES.c.is_open.is_(True))
    grouped = query.group_by(CASES.c.campaign).order_by(number.desc(), CASES.c.campaign).limit(limit)
    return tuple((row.campaign, row.n) for row in desk.connection.execute(grouped))


def conditions(desk: Desk, filters: Filters) -> list[Any]:
    """The filters as conditions on the table of cases; the tenant is always the first."""
    found: list[Any] = [CASES.c.tenant_id == desk.tenant]
    if filters.open is not None:
        found.append(CASES.c.is_open.is_(filters.open))
    if filters.decisions or filters.priorities:
        found.append(CASES.c.rank.in_(_ranks(filters)))
    if filters.statuses:
        found.append(CASES.c.status.in_(filters.statuses))
    if filters.assignee is not None:
        found.append(CASES.c.assignee == filters.assignee if filters.assignee else CASES.c.assignee.is_(None))
    exact = {name: getattr(filters, name) for name in ("campaign", "close_reason", "used")}
    found += [CASES.c[name] == wanted for name, wanted in exact.items() if wanted is not None]
    lists = {"providers": filters.provider, "reasons": filters.reason}
    found += [CASES.c[name].contains(f" {word} ", autoescape=True) for name, word in lists.items() if word]
    if filters.late is not None:
        is_late = sa.and_(*_late(desk))
        found.append(is_late if filters.late else sa.not_(is_late))
    if filters.since:
        found.append(CASES.c.last_at >= filters.since)
    if filters.until:
        found.append(CASES.c.last_at < filters.until)
    if filters.text.strip():
        found.append(terms.found_by(desk, filters.text, CASES.c.case_id))
    return found


def _late(desk: Desk) -> tuple[Any, ...]:
    return CASES.c.is_open.is_(True), CASES.c.paused_at.is_(None), CASES.c.due_at < desk.now


def _ranks(filters: Filters) -> list[int]:
    """Decision and priority are one number, which the indexes begin with."""
    decisions = filters.decisions or ("escalate", "review", "close")
    known = [d for d in decisions if d in ("escalate", "review", "close")]
    return [rank(d, p) for d in known for p in filters.priorities or PRIORITIES if p in PRIORITIES]


def _beyond(columns: list[tuple[Any, bool]], key: list[Any]) -> Any:
    """Rows after the key, as one comparison of tuples, which both databases take from an index."""
    bound = sa.tuple_(*(sa.bindparam(None, v, type_=c.type) for (c, _), v in zip(columns, key, strict=True)))
    ours = sa.tuple_(*(column for column, _ in columns))
    return ours > bound if columns[0][1] else ours < bound


def _key(case: CaseRow, order: Order) -> str:
    values = {"rank": rank(case.decision, case.priority), "due_at": case.due_at.isoformat(), "case_id": case.case_id}
    values["last_at"] = case.last_at.isoformat()
    text = json.dumps([order, *(values[name] for name, _ in ORDERS[order])])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_key(text: str, order: Order) -> list[Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        of, *values = said
        if of != order or len(values) != len(ORDERS[order]):
            raise ValueError
        return [_typed(name, value) for (name, _), value in zip(ORDERS[order], values, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise UsageError("the page's key is none of this order") from None


def _typed(name: str, value: Any) -> Any:
    if name == "rank":
        return int(value)
    if name == "case_id":
        return str(value)
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError
    return at
