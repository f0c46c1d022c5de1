"""A whole case for one page, and the cases that share something with it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from keywitness.store import Desk, findings, record, writing
from keywitness.store.records import CaseFile, CaseRow
from keywitness.store.rows import COLUMNS, find, from_row
from keywitness.store.tables import ALIASES, CASES, TERMS
from keywitness.store.terms import PIVOTS

COMMON: Final = 50
"""A term that more cases than this share says nothing about any of them."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another case, and what it shares with this one: (kind, term), the closest first."""

    case: CaseRow
    shares: tuple[tuple[str, str], ...]


def open_file(desk: Desk, ident: str, limit: int = 200, offset: int = 0, entries: int = 100) -> CaseFile:
    """The case with at most ``limit`` findings from ``offset`` on and the newest entries of its record.

    Raises NotFoundError.
    """
    case = find(desk, ident)
    at = (ALIASES.c.tenant_id == desk.tenant, ALIASES.c.case_id == case.case_id)
    aliases = desk.connection.execute(sa.select(ALIASES.c.alias).where(*at).order_by(ALIASES.c.alias)).scalars()
    return CaseFile(
        case,
        findings.of_case(desk, case.case_id, limit, offset),
        writing.notes(desk, case.case_id),
        writing.attachments(desk, case.case_id),
        writing.overturns(desk, case.case_id),
        tuple(aliases),
        record.entries(desk, case.case_id, limit=entries),
    )


def related(desk: Desk, ident: str, limit: int = 20) -> tuple[Related, ...]:
    """Cases that share a credential, session, address, network, client, actor, target or account, closest first.

    A term that more than :data:`COMMON` cases have is left out: an office's address relates everybody.
    """
    case = find(desk, ident)
    own, other = TERMS.alias("own"), TERMS.alias("other")
    mine = desk.connection.execute(
        sa.select(own.c.kind, own.c.term).where(
            own.c.tenant_id == desk.tenant, own.c.case_id == case.case_id, own.c.kind.in_(PIVOTS)
        )
    ).all()
    shared: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, term in sorted(mine, key=lambda row: (PIVOTS.index(row.kind), row.term))[:200]:
        at = (other.c.tenant_id == desk.tenant, other.c.term == term, other.c.kind == kind)
        found = desk.connection.execute(sa.select(other.c.case_id).where(*at).limit(COMMON + 1)).scalars().all()
        if len(found) <= COMMON:
            for ident_ in found:
                shared[ident_].append((kind, term))
    shared.pop(case.case_id, None)
    closest = sorted(shared.items(), key=lambda item: (PIVOTS.index(item[1][0][0]), -len(item[1]), item[0]))[:limit]
    query = sa.select(*COLUMNS).where(
        CASES.c.tenant_id == desk.tenant, CASES.c.case_id.in_([ident_ for ident_, _ in closest])
    )
    rows = {row.case_id: from_row(row) for row in desk.connection.execute(query)}
    return tuple(Related(rows[ident_], tuple(shares)) for ident_, shares in closest if ident_ in rows)
