"""Are there several credentials or several principals by one hand, beyond what changes cover?

One hand: the same principal, session, key or (unless shared) address within 24 hours either side. Without a source of
tickets, what the actor usually does on a day counts instead.
"""

from typing import Final

from keywitness.model import Answer
from keywitness.questions import Facts, Question
from keywitness.words import counted


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
    targets = {c.target_principal for c in open_ones} | {change.target_principal}
    if _many(facts, len(open_ones) + 1, len(targets)):
        because = (
            f"{len(open_ones) + 1} credential changes on {len(targets)} principals by the same hand within 24 hours,"
            " none covered by a change"
        )
        return Answer("yes", because, (change.event_id, *(c.event_id for c in open_ones)))
    return Answer("no", f"{counted(len(open_ones), 'other uncovered change')} by the same hand within 24 hours")


def _without_tickets(facts: Facts) -> Answer:
    change = facts.change
    others = [c for c, _ in facts.siblings if c.scope == "core"]
    targets = {c.target_principal for c in others} | {change.target_principal}
    if not _many(facts, len(others) + 1, len(targets)):
        return Answer("no", f"{counted(len(others), 'other change')} by the same hand within 24 hours")
    own = facts.behaviour.habit.doers.get(change.actor_principal)
    usual = own.count / own.days if own and own.days else 0.0
    because = f"{len(others) + 1} credential changes on {len(targets)} principals by the same hand within 24 hours"
    evidence = (change.event_id, *(c.event_id for c in others))
    if usual >= len(others) + 1:
        return Answer("no", f"{because}, as usual for it: {usual:.0f} on a day that it makes any", evidence)
    return Answer("yes", because, evidence, (f"usual on a day that it makes any: {usual:.1f}",))


def _many(facts: Facts, credentials: int, targets: int) -> bool:
    return credentials >= facts.thresholds["pattern_credentials"] or targets >= facts.thresholds["pattern_targets"]


QUESTION: Final[Question] = Question(
    "pattern", "Is it one of several by the same hand?", ask, uses=("habit",), window="around"
)
