"""Are there several credentials or several principals by one hand, beyond what changes cover?

One hand: the same principal, session, key or (unless shared) address within 24 hours either side. A change that two
logs tell counts once. Without a source of tickets, what the actor usually does on a day counts instead. Unknown: the
log was silent within 24 hours either side.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from keywitness.model import Answer, CredentialChange
from keywitness.questions import Facts, Question
from keywitness.questions.complete import blind, unless_blind
from keywitness.questions.uses import add
from keywitness.words import counted

_DAY: Final = timedelta(days=1)


def ask(facts: Facts) -> Answer:
    change = facts.change
    others = [c for c, _ in facts.siblings if c.scope == "core"]
    if facts.authorisation is None or not facts.authorisation.known:
        return _without_tickets(facts)
    if facts.authorisation.covered:
        covered = sum(1 for c, ticketed in facts.siblings if ticketed and c.scope == "core")
        near = counted(len(others), "other change")
        because = f"covered by a change itself; {near} within 24 hours, {covered} of them covered"
        return Answer("no", because)
    open_ones = [c for c, ticketed in facts.siblings if not ticketed and c.scope == "core"]
    made = _told_once(change, open_ones)
    targets = {c.target_principal for c in made}
    if _many(facts, len(made), len(targets)):
        because = (
            f"{len(made)} credential changes on {len(targets)} principals by the same hand within 24 hours,"
            " none covered by a change"
        )
        return Answer("yes", because, (change.event_id, *(c.event_id for c in open_ones)))
    return _alone(facts, f"{counted(len(made) - 1, 'other uncovered change')} by the same hand within 24 hours")


def _without_tickets(facts: Facts) -> Answer:
    change = facts.change
    others = [c for c, _ in facts.siblings if c.scope == "core"]
    made = _told_once(change, others)
    targets = {c.target_principal for c in made}
    if not _many(facts, len(made), len(targets)):
        return _alone(facts, f"{counted(len(made) - 1, 'other change')} by the same hand within 24 hours")
    own = facts.behaviour.habit.doers.get(change.actor_principal)
    usual = own.count / own.days if own and own.days else 0.0
    because = f"{len(made)} credential changes on {len(targets)} principals by the same hand within 24 hours"
    evidence = (change.event_id, *(c.event_id for c in others))
    if usual >= len(made):
        return Answer("no", f"{because}, as usual for it: {usual:.0f} on a day that it makes any", evidence)
    return Answer("yes", because, evidence, (f"usual on a day that it makes any: {usual:.1f}",))


def _alone(facts: Facts, because: str) -> Answer:
    """No, unless the log was silent near the change: nobody knows what was made then."""
    at = facts.change.time
    return unless_blind(Answer("no", because), blind(facts, at - _DAY, at + _DAY))


def _told_once(change: CredentialChange, others: Sequence[CredentialChange]) -> list[CredentialChange]:
    """The change and the others, without what another log tells again."""
    made: list[CredentialChange] = []
    for one in sorted((change, *others), key=lambda c: (c.time, c.event_id)):
        add(made, one)
    return made


def _many(facts: Facts, credentials: int, targets: int) -> bool:
    return credentials >= facts.thresholds["pattern_credentials"] or targets >= facts.thresholds["pattern_targets"]


QUESTION: Final[Question] = Question(
    "pattern", "Is it one of several by the same hand?", ask, uses=("habit",), window="around"
)
