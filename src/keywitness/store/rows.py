"""Reading a case's row, and the one way to change it: with its version, and with an entry in the record."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from keywitness.audit import Draft, Entry
from keywitness.store import ConflictError, Desk, NotFoundError
from keywitness.store.record import append
from keywitness.store.records import CaseRow
from keywitness.store.sla import due
from keywitness.store.tables import ALIASES, CASES

LISTS: Final = ("reasons", "unknowns", "providers")
"""Kept as words between blanks, so that one of them can be looked for."""
STATE: Final = ("status", "decision", "priority", "assignee", "close_reason", "verdict_id", "merged_into")
"""What each entry about a case says of it afterwards, so that the row can be held against the record."""
RANKS: Final[Mapping[str, int]] = {"escalate": 0, "review": 10, "close": 20}
_NAMES: Final = tuple(field.name for field in fields(CaseRow))
COLUMNS: Final = tuple(CASES.c[name] for name in _NAMES)


def rank(decision: str, priority: str) -> int:
    """Where a case stands in the queue: escalated first, then by priority."""
    return RANKS[decision] + int(priority[1:])


def words(values: tuple[str, ...]) -> str:
    return f" {' '.join(values)} " if values else ""


def from_row(row: sa.Row[Any]) -> CaseRow:
    values = dict(row._mapping)
    return CaseRow(**{**values, **{name: tuple(values[name].split()) for name in LISTS}})


def to_row(case: CaseRow, tenant: str) -> dict[str, Any]:
    """The columns of a case, those too that are only for sorting."""
    values = {name: getattr(case, name) for name in _NAMES} | {n: words(getattr(case, n)) for n in LISTS}
    return {"tenant_id": tenant, **values, "rank": rank(case.decision, case.priority), "is_open": case.is_open}


def find(desk: Desk, ident: str) -> CaseRow:
    """The case of that id, or that the id leads to since it was merged or named anew. Raises NotFoundError."""
    for _ in range(20):  # a chain of merges is short; a loop in a damaged store must end
        row = _row(desk, ident)
        if row is None:
            to = desk.connection.execute(
                sa.select(ALIASES.c.case_id).where(ALIASES.c.tenant_id == desk.tenant, ALIASES.c.alias == ident)
            ).scalar()
            if to is None:
                break
            ident = to
        elif row.merged_into:
            ident = row.merged_into
        else:
            return row
    raise NotFoundError(f"there is no case {ident}")


def seen(desk: Desk, ident: str, version: int) -> CaseRow:
    """The case, if it is still what somebody saw. Raises ConflictError: who was slower learns that before all else."""
    case = find(desk, ident)
    if case.version != version:
        raise ConflictError(case.case_id, case.version)
    return case


def _row(desk: Desk, ident: str) -> CaseRow | None:
    query = sa.select(*COLUMNS).where(CASES.c.tenant_id == desk.tenant, CASES.c.case_id == ident)
    row = desk.connection.execute(query).first()
    return from_row(row) if row else None


def clock(desk: Desk, case: CaseRow, **changed: Any) -> datetime:
    """When the case is due after these changes of it."""

    def now(name: str) -> Any:
        return changed.get(name, getattr(case, name))

    paused = timedelta(seconds=now("paused_seconds"))
    return due(desk.rules, now("priority"), now("acknowledged_at") is not None, now("clock_from"), paused)


def change(desk: Desk, case: CaseRow, version: int, action: str, body: Mapping[str, Any], **changed: Any) -> CaseRow:
    """Write the changed columns, if the case is still at ``version``, and record it. Raises ConflictError."""
    update(desk, case, version, **changed)
    made = find_exactly(desk, case.case_id)
    record(desk, made, action, body)
    return made


def update(desk: Desk, case: CaseRow, version: int, **changed: Any) -> None:
    """The row alone. Columns that follow from others (rank, due time, open or not) are set here."""
    values = {**changed, "version": version + 1, "updated_at": desk.now, "due_at": clock(desk, case, **changed)}
    values["rank"] = rank(changed.get("decision", case.decision), changed.get("priority", case.priority))
    values["is_open"] = changed.get("status", case.status) != "closed"
    values |= {name: words(values[name]) for name in LISTS if name in values}
    at = (CASES.c.tenant_id == desk.tenant, CASES.c.case_id == case.case_id)
    done = desk.connection.execute(CASES.update().where(*at, CASES.c.version == version).values(values))
    if done.rowcount != 1:
        raise ConflictError(case.case_id, find_exactly(desk, case.case_id).version)


def find_exactly(desk: Desk, ident: str) -> CaseRow:
    """The case of that id itself, merged or not."""
    row = _row(desk, ident)
    if row is None:
        raise NotFoundError(f"there is no case {ident}")
    return row


def record(desk: Desk, case: CaseRow, action: str, body: Mapping[str, Any]) -> Entry:
    (entry,) = append(desk, draft(case, action, body))
    return entry


def draft(case: CaseRow, action: str, body: Mapping[str, Any]) -> Draft:
    """An entry about a case, with what the case is now."""
    return Draft(action, case.case_id, {**body, "case": {name: getattr(case, name) for name in STATE}})
