"""A case of the store meets what triage knows now: what is new is added, what changed replaces, nothing is lost."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import sqlalchemy as sa

from keywitness.model import Finding
from keywitness.render.evidence import pack
from keywitness.render.words import count
from keywitness.store import Desk, findings, terms
from keywitness.store.cases import ended, reopened
from keywitness.store.lifecycle import CLOSE_REASONS
from keywitness.store.records import CaseRow, StoredFinding
from keywitness.store.rows import RANKS, change
from keywitness.store.summary import case_of, facts
from keywitness.store.tables import ALIASES, CASES, FINDINGS, NOTES, OVERTURNS

Result = Literal["closed", "updated", "reopened", "merged", "unchanged"]
Identified = tuple[str, Finding]

_SHOWN: Final = 3


def renew(
    desk: Desk, case: CaseRow, called: str, incoming: Sequence[Identified], absorbed: Sequence[str]
) -> tuple[Result, str]:
    """Bring a case up to date. ``called`` is triage's id for it now, ``absorbed`` the cases that it just took in.

    A closed case opens again when a change is new, or looks worse, and isn't one to close.
    """
    held = {stored.finding_id: stored for stored in findings.of_case(desk, case.case_id)}
    columns = {
        ident: findings.to_columns(ident, finding, case.case_id, desk.tenant, desk.now) for ident, finding in incoming
    }
    fresh = [(ident, finding) for ident, finding in incoming if ident not in held]
    changed = [(i, f) for i, f in incoming if i in held and _differs(held[i], f, columns[i])]
    _write(desk, [columns[ident] for ident, _ in fresh], [columns[ident] for ident, _ in changed])
    _name(desk, case, called, [*fresh, *changed])
    if not fresh and not changed and not absorbed:
        return "unchanged", ""
    now = {**{ident: stored.finding for ident, stored in held.items()}, **dict(incoming)}
    known = facts(case_of(case.case_id, list(now.values())), desk.now)
    worse = [f for i, f in [*fresh, *changed] if _is_worse(held.get(i), f)]
    result, more = _status(desk, case, known["decision"], worse, absorbed)
    known |= _priority(case, known["priority"], worse)
    body = told((columns[ident], (ident, finding)) for ident, finding in [*fresh, *changed])
    why = _why(len(fresh), len(changed), worse, absorbed)
    body |= {"merged": list(absorbed), "why": why}
    change(desk, case, case.version, f"triage:case:{result}", body, **known, **more)
    return result, why


def told(written: "Iterable[tuple[dict[str, Any], Identified]]") -> dict[str, Any]:
    """What the record says of findings: the hashes of what was written, the answers, the decision."""
    said = [
        {
            "id": ident,
            "event": columns["event_id"],
            "sha256": columns["sha256"],
            "whole": columns["whole_sha256"],
            "decision": finding.decision.action,
            "answers": {question: answer.answer for question, answer in finding.answers.items()},
        }
        for columns, (ident, finding) in written
    ]
    return {"findings": said}


def _differs(stored: StoredFinding, finding: Finding, columns: dict[str, Any]) -> bool:
    return stored.sha256 != columns["sha256"] or pack(stored.finding) != pack(finding)


def _write(desk: Desk, fresh: list[dict[str, Any]], changed: list[dict[str, Any]]) -> None:
    if fresh:
        desk.connection.execute(FINDINGS.insert(), fresh)
    for row in changed:
        at = (FINDINGS.c.tenant_id == desk.tenant, FINDINGS.c.finding_id == row["finding_id"])
        desk.connection.execute(FINDINGS.update().where(*at).values(row))


def _name(desk: Desk, case: CaseRow, called: str, written: Sequence[Identified]) -> None:
    """Make the case be found by triage's new id for it, and by all that its new changes name."""
    named = [("case", called), *(term for _, finding in written for term in terms.of_finding(finding))]
    terms.insert(desk, terms.rows(desk.tenant, case.case_id, named))
    taken = (
        sa.select(CASES.c.case_id)
        .where(CASES.c.tenant_id == desk.tenant, CASES.c.case_id == called)
        .union(sa.select(ALIASES.c.case_id).where(ALIASES.c.tenant_id == desk.tenant, ALIASES.c.alias == called))
    )
    if desk.connection.execute(taken).first() is None:
        row = {"tenant_id": desk.tenant, "alias": called, "case_id": case.case_id}
        desk.connection.execute(ALIASES.insert().values(row))


def _is_worse(stored: StoredFinding | None, finding: Finding) -> bool:
    """Whether a change is one to look at, and wasn't, or wasn't for these reasons or with this priority."""
    now = finding.decision
    if now.action == "close":
        return False
    if stored is None:
        return True
    before = stored.finding.decision
    gained = set(now.reasons) - set(before.reasons)
    return RANKS[now.action] < RANKS[before.action] or now.priority < before.priority or bool(gained)


def _status(
    desk: Desk, case: CaseRow, decision: str, worse: Sequence[Finding], absorbed: Sequence[str]
) -> tuple[Result, dict[str, Any]]:
    if not case.is_open and worse:
        return "reopened", {"status": "new", **reopened(desk, case, acknowledged=False)}
    if decision == "close" and _untouched(desk, case):
        return "closed", ended(desk, case, "automated_closure", CLOSE_REASONS["automated_closure"])
    return ("merged" if absorbed else "updated"), {}


def _untouched(desk: Desk, case: CaseRow) -> bool:
    """Whether nobody has done anything with a case yet, so that triage may close it again."""
    if case.status != "new" or case.assignee or case.priority_by or case.reopens:
        return False
    return not any(
        desk.connection.execute(
            sa.select(table.c.number).where(table.c.tenant_id == desk.tenant, table.c.case_id == case.case_id).limit(1)
        ).first()
        for table in (NOTES, OVERTURNS)
    )


def _priority(case: CaseRow, judged: str, worse: Sequence[Finding]) -> dict[str, str]:
    """A person's priority stays, unless something worse than what that person saw came up."""
    if not case.priority_by:
        return {"priority": judged}
    higher = [f.decision.priority for f in worse if f.decision.priority < case.priority]
    return {"priority": min(higher), "priority_by": ""} if higher else {"priority": case.priority}


def _why(fresh: int, changed: int, worse: Sequence[Finding], absorbed: Sequence[str]) -> str:
    parts = [
        f"took in {', '.join(absorbed)}" if absorbed else "",
        f"{count(fresh, 'new change')}" if fresh else "",
        f"{count(changed, 'change')} judged anew" if changed else "",
        *(f"{f.decision.action}: {f.sentence}" for f in worse[:_SHOWN]),
        f"and {len(worse) - _SHOWN} more" if len(worse) > _SHOWN else "",
    ]
    return "; ".join(filter(None, parts))
