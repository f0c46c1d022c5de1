"""A case's row from its findings: what the queue shows of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from keywitness.model import Case, CaseId, Finding
from keywitness.render import story
from keywitness.store.lifecycle import CLOSE_REASONS
from keywitness.store.plain import plain
from keywitness.store.records import CaseRow
from keywitness.store.sla import Rules, due, took
from keywitness.store.terms import normal


def case_of(case_id: str, findings: Sequence[Finding]) -> Case:
    """The case as the renderers take it, under the id that the store knows it by."""
    return Case(CaseId(case_id), tuple(sorted(findings, key=lambda f: (f.change.time, f.change.event_id))))


def facts(case: Case, now: datetime) -> dict[str, Any]:
    """The columns that follow from the findings alone. Ids of questions, reasons and providers hold no blanks."""
    lead = story.lead(case)
    return {
        "decision": case.action,
        "priority": case.priority,
        "reasons": story.reasons(case),
        "unknowns": story.not_evaluable(case),
        "title": plain(story.title(case), 400),
        "sentence": plain(story.headline(case), 2_000),
        "operations": plain(story.operations(case), 400),
        "providers": tuple(dict.fromkeys(f.change.provider for f in case.findings)),
        "campaign": normal(lead.change.actor_principal),
        "used": any(f.answers["used_since"].answer == "yes" for f in case.findings if "used_since" in f.answers),
        "findings": len(case.findings),
        "first_at": case.findings[0].change.time,
        "last_at": case.findings[-1].change.time,
        "facts_at": now,
    }


def opened(case: Case, now: datetime, rules: Rules) -> CaseRow:
    """A new case: closed at once when triage closes all that is in it, else new, with its clock running."""
    known = facts(case, now)
    closed = case.action == "close"
    return CaseRow(
        case_id=case.case_id,
        version=1,
        status="closed" if closed else "new",
        priority_by="",
        assignee=None,
        reported_at=now,
        updated_at=now,
        clock_from=now,
        acknowledged_at=None,
        escalated_at=None,
        contained_at=None,
        closed_at=now if closed else None,
        due_at=due(rules, case.priority, False, now, now - now),
        paused_at=None,
        paused_seconds=0,
        pause_reason="",
        acknowledged_after=None,
        resolved_after=None,
        lag=took(known["first_at"], now, now - now),
        reopens=0,
        close_reason="automated_closure" if closed else None,
        verdict_id=CLOSE_REASONS["automated_closure"] if closed else None,
        merged_into=None,
        **known,
    )
