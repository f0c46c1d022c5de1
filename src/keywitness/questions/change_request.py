"""Is there an approved change that covers it?"""

from typing import Final

from keywitness.model import Answer
from keywitness.questions import Facts, Question
from keywitness.questions.authorisation import TESTS, Authorisation, Match

_STAMP: Final = "%Y-%m-%d %H:%M"


def ask(facts: Facts) -> Answer:
    found = facts.authorisation
    if found is None:
        return Answer(
            "unknown",
            "no source of change tickets is configured",
            missing=("change tickets (changes.csv or a ticket system)",),
            kind="source unavailable",
        )
    if found.best is None:
        because = f"none of {found.searched} change tickets comes near this actor, target, action and time"
        return Answer("no", because, kind=found.kind)
    ticket = found.best.ticket
    if found.covered:
        by = f", approved by {ticket.approver}" if ticket.approver else ""
        because = f"{ticket.kind} change {ticket.id}{by}, covers it: {', '.join(TESTS)} all agree"
        return Answer("yes", because, evidence=(ticket.id,), kind=found.kind)
    against = (f"{ticket.id} agrees on {_listed(found.best)}",)
    return Answer("no", _why_not(facts, found, found.best), (ticket.id,), against, kind=found.kind)


def _why_not(facts: Facts, found: Authorisation, best: Match) -> str:
    ticket, at = best.ticket, facts.change.time
    if found.used_by:
        return f"{ticket.id} would fit, but it had been used up by {found.used_by}"
    if not best.failed():
        return f"{ticket.id} would fit, but it allows {ticket.max_uses} changes"
    match found.kind:
        case "approved after the fact":
            when = max(t for t in (ticket.created, ticket.approved_at) if t)
            return f"{ticket.id} was approved only at {when:{_STAMP}} UTC, after the change"
        case "not approved":
            return f"{ticket.id} fits, but its state is {ticket.status!r} with approver {ticket.approver or 'none'}"
    parts = {
        "actor": f"it names the actor {ticket.actor!r}",
        "target": f"it names the target {ticket.target!r}",
        "action": f"it is for {ticket.operation!r}",
        "window": f"its window is {ticket.start:{_STAMP}} to {ticket.end:{_STAMP}} UTC, not {at:{_STAMP}}",
        "approval": f"its state is {ticket.status!r}",
    }
    return f"{ticket.id} does not cover it: " + "; ".join(parts[test] for test in best.failed())


def _listed(match: Match) -> str:
    return ", ".join(test for test in TESTS if test in match.passed)


QUESTION: Final[Question] = Question("change_request", "Does an approved change cover it?", ask, needs=("changes",))
