"""Two cases of the store that turn out to be one: one of them takes in the other, with all that people wrote."""

from collections.abc import Sequence

import sqlalchemy as sa

from keywitness.store import Desk, terms
from keywitness.store.cases import ended
from keywitness.store.lifecycle import CLOSE_REASONS, STATUSES
from keywitness.store.records import CaseRow
from keywitness.store.rows import find, find_exactly, record, update
from keywitness.store.tables import ALIASES, ATTACHMENTS, FINDINGS, NOTES, OVERTURNS, TERMS


def join(desk: Desk, idents: Sequence[str]) -> tuple[CaseRow, tuple[str, ...]]:
    """The one case that is left of these, and the ids of those that it took in now."""
    known = {case.case_id: case for case in (find(desk, ident) for ident in idents)}
    first, *others = sorted(known.values(), key=_precedence)
    for other in others:
        _absorb(desk, first, other)
    return find_exactly(desk, first.case_id), tuple(other.case_id for other in others)


def _precedence(case: CaseRow) -> tuple[bool, int, bool, object, str]:
    """An open case before a closed one, then the furthest along, then one that somebody has, then the oldest."""
    return not case.is_open, -STATUSES.index(case.status), case.assignee is None, case.reported_at, case.case_id


def _absorb(desk: Desk, first: CaseRow, other: CaseRow) -> None:
    tenant = desk.tenant
    for table in (FINDINGS, NOTES, ATTACHMENTS, OVERTURNS, ALIASES):
        at = (table.c.tenant_id == tenant, table.c.case_id == other.case_id)
        desk.connection.execute(table.update().where(*at).values(case_id=first.case_id))
    at = (TERMS.c.tenant_id == tenant, TERMS.c.case_id == other.case_id)
    held = desk.connection.execute(sa.select(TERMS.c.kind, TERMS.c.term).where(*at)).all()
    terms.insert(desk, [{"tenant_id": tenant, "case_id": first.case_id, **row._mapping} for row in held])
    desk.connection.execute(TERMS.delete().where(*at))
    closed = ended(desk, other, "duplicate", CLOSE_REASONS["duplicate"]) if other.is_open else {}
    update(desk, other, other.version, **closed, merged_into=first.case_id, findings=0)
    row = {"tenant_id": tenant, "alias": other.case_id, "case_id": first.case_id}
    desk.connection.execute(ALIASES.insert().values(row))
    record(desk, find_exactly(desk, other.case_id), "triage:case:merged", {"into": first.case_id})
