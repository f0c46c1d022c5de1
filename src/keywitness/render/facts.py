"""A change as names and values: what the record says of it, to be read letter by letter."""

from typing import Final

from keywitness.model import Case, Finding, Party

IDS: Final = frozenset({"Event", "Credential", "Signed with", "Session", "Record"})
"""The facts that are set in type that tells 0 from O."""


def facts(finding: Finding) -> tuple[tuple[str, str], ...]:
    """The change itself, as names and values, without what the record does not say."""
    change = finding.change
    found = (
        ("Event", change.event_id),
        ("Credential", ", ".join(change.credential_ids) or "its id is not in the record"),
        ("Type", f"{change.credential_type.replace('_', ' ')}, {change.change}"),
        ("Operation", change.operation),
        ("Outcome", f"{change.outcome}{f': {change.error}' if change.error else ''}"),
        ("Technique", f"{change.technique} ({change.scope})"),
        ("Actor", party(change.actor)),
        ("Target", "the actor itself" if change.is_self else party(change.target)),
        ("Address", " in ".join(filter(None, (change.source_ip, finding.place))) or change.source_service),
        ("Client", change.user_agent),
        ("Signed with", change.credential_used),
        ("Session", change.session_id),
        ("MFA", None if change.mfa is None else "yes" if change.mfa else "no"),
        ("Tenant", " in ".join(filter(None, (change.tenant, change.region)))),
        ("Made by", finding.parent_event_id and f"the credential that {finding.parent_event_id} made"),
        ("Told by other logs too", ", ".join(change.copies)),
        ("Remarks", "; ".join(change.remarks)),
        ("Record", str(change.source)),
    )
    return tuple((name, value) for name, value in found if value)


def shared(case: Case) -> tuple[tuple[str, str], ...]:
    """The facts that all changes of a case have in common."""
    first, *others = (facts(finding) for finding in case.findings)
    return tuple(fact for fact in first if all(fact in other for other in others))


def party(given: Party) -> str:
    """``dora (user, arn:aws:iam::…)``."""
    more = ", ".join(filter(None, (given.type, given.id if given.id != given.label() else None)))
    return f"{given.label()} ({more})" if more else given.label()
