"""In which escalated cases the actor, the target, the session or the signing key of a change stood before."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from keywitness.context.cases import Earlier, Verdict
from keywitness.model import Party, PrincipalId
from keywitness.questions.known import Facts
from keywitness.words import counted

_SHOWN: Final = 5  # events of a case, the latest


@dataclass(frozen=True, slots=True)
class Link:
    """``who``: what both share. ``last``: the case's last change before this one. ``close``: the hand is the same."""

    case_id: str
    who: str
    last: Earlier
    events: tuple[str, ...]
    verdict: Verdict | None
    close: bool

    def said(self, facts: Facts) -> str:
        """``the actor ann was in the escalated case KW-1 2 days before``."""
        days = (facts.change.time - self.last.time) // timedelta(days=1)
        ended = ""
        if self.verdict:
            by = f" by {self.verdict.by}" if self.verdict.by else ""
            ended = f", which ended as {self.verdict.said}{by}"
        when = f"{counted(days, 'day')} before" if days else "less than a day before"
        return f"{self.who} was in the escalated case {self.case_id} {when}{ended}"


def links(facts: Facts) -> tuple[Link, ...]:
    """The cases, the latest last. What this run has seen by the same hand within a day is left to the pattern."""
    change, known = facts.change, facts.context.cases
    if not known.escalated:
        return ()
    here = {change.event_id, *(c.event_id for c, _ in facts.siblings)}
    names = (_named(change.actor, change.actor_principal), _named(change.target, change.target_principal))
    found = []
    for case in known.naming(*names, change.session_id, change.credential_used):
        before = [e for e in known.escalated[case] if e.time < change.time and e.event_id not in here]
        if before:
            who, close = _shared(facts, before)
            events = tuple(e.event_id for e in before[-_SHOWN:])
            found.append(Link(case, who, before[-1], events, known.verdicts.get(case), close))
    return tuple(sorted((link for link in found if link.who), key=lambda k: (k.last.time, k.case_id)))


def _shared(facts: Facts, before: list[Earlier]) -> tuple[str, bool]:
    """What is shared, the closest first. A target alone is not the same hand: who cleans up renews its credentials."""
    change = facts.change
    if change.credential_used and any(change.credential_used in (e.key, *e.credentials) for e in before):
        return f"the key {change.credential_used} that signed it", True
    if change.session_id and any(change.session_id == e.session for e in before):
        return "the session", True
    actor = _named(change.actor, change.actor_principal)
    if any(actor in (e.actor, e.target) for e in before):
        return f"the actor {change.actor.label()}", True
    if any(change.target_principal in (e.actor, e.target) for e in before):
        return f"the target {change.target.label()}", False
    return "", False


def _named(party: Party, principal: PrincipalId) -> PrincipalId | None:
    """The principal, unless the record names none, or it is the cloud's own service, which everybody shares."""
    return principal if (party.id or party.name) and party.type != "cloud_service" else None
