"""Is there an approved change that covers it?

Yes: one ticket passes five tests: actor, target, action, time window, and approved (by somebody else than the actor)
when it happened. No: none does, and the nearest one and its failed tests are named. Unknown: no source of tickets;
a ticket fails only because it spells a name with other separators, has it in its text alone, or names no end; or no
directory, where a ticket differs in nothing but the names of actor and target.
"""

from collections.abc import Collection, Iterator
from typing import Final

from keywitness.context import ChangeRequest
from keywitness.model import Answer
from keywitness.questions import Facts, Question
from keywitness.questions.acting import UNPROVEN, beginning
from keywitness.questions.authorisation import TESTS, Authorisation, Match
from keywitness.questions.deployed import Deployed
from keywitness.questions.nearly import doubt

_STAMP: Final = "%Y-%m-%d %H:%M"
TICKETS: Final = "change tickets (changes.csv or a ticket system)"
_NAMES: Final = frozenset({"actor", "target"})
"""The tests that compare names, of which one identity may have several."""


def ask(facts: Facts) -> Answer:
    found = facts.authorisation
    if found is None or not found.known:
        return _unavailable(facts, found)
    if found.kind == "deployed" and found.deployment:
        return _deployed(found.deployment)
    against = tuple(_near(found))
    if found.best is None:
        because = f"none of {found.searched} change tickets comes near this actor, target, action and time"
        return Answer("no", because, against=against, kind=found.kind)
    ticket = found.best.ticket
    if found.kind == "unproven":
        because = f"{ticket.id} would cover it, if it was {facts.change.actor.label()}: {UNPROVEN}"
        return Answer("unknown", because, (ticket.id,), against, (beginning(facts.change),), found.kind)
    if found.covered:
        by = f", approved by {ticket.approver}," if ticket.approver else ""
        because = f"{ticket.kind} change {ticket.id}{by} covers it: {', '.join(TESTS)} all agree"
        return Answer("yes", because, evidence=(ticket.id,), kind=found.kind)
    if not found.used_by and (why := doubt(found.best.failed(), ticket, facts.change)):
        because = f"{ticket.id} may be meant for it, but {why}"
        return Answer("unknown", because, (ticket.id,), against, (f"whether {ticket.id} is meant for it",), found.kind)
    if not facts.context.directory.available and _NAMES.issuperset(found.best.failed()) and not found.used_by:
        because = f"{_why_not(facts, found, found.best)}, and no directory says who that is"
        return Answer("unknown", because, (ticket.id,), against, ("identities (identities.csv)",), found.kind)
    return Answer("no", _why_not(facts, found, found.best), (ticket.id,), against, kind=found.kind)


def _unavailable(facts: Facts, found: Authorisation | None) -> Answer:
    """Nothing covers it among what could be read, and that isn't all. Which source it is stands in ``missing``."""
    gaps = [str(gap) for gap in facts.context.gaps if gap.covers(facts.change.time)]
    if gaps:
        because = f"the change tickets of {' and '.join(gaps)} could not be read"
    else:
        because = "no source of change tickets is configured"
    if found and found.searched:
        because += f"; none of {found.searched} tickets from elsewhere covers it"
    if facts.context.deployments is not None:
        because += f"; none of {len(facts.context.deployments)} deployments covers it"
    missing = tuple(f"change tickets of {gap}" for gap in gaps) or (TICKETS,)
    near = tuple(_near(found)) if found else ()
    return Answer("unknown", because, against=near, missing=missing, kind="source unavailable")


def _deployed(found: Deployed) -> Answer:
    made, resource = found.deployment, found.resource
    what = f"{resource.address} in {made.environment}" if made.environment else resource.address
    commit = f" of commit {made.commit[:12]}" if made.commit else ""
    because = (
        f"deployment {made.id}{commit}, approved by {made.approver}, made {what} between {made.started:{_STAMP}} and"
        f" {made.finished:{_STAMP}} UTC: {', '.join(TESTS)} all agree"
    )
    return Answer("yes", because, evidence=(made.id,), kind="deployed")


def _near(found: Authorisation) -> Iterator[str]:
    """What comes near without covering it: it speaks against a "no"."""
    if found.best:
        yield f"{found.best.ticket.id} agrees on {_listed(found.best.passed)}"
    if found.deployment:
        made = found.deployment
        yield f"deployment {made.deployment.id} ({made.resource.address}) agrees on {_listed(made.passed)}"


def _why_not(facts: Facts, found: Authorisation, best: Match) -> str:
    ticket, at = best.ticket, facts.change.time
    if found.used_by:
        return f"{ticket.id} would fit, but it had been used up by {found.used_by}"
    if not best.failed():
        return f"{ticket.id} would fit, but it allows {ticket.max_uses} changes"
    if found.kind == "approved after the fact":
        return f"{ticket.id} {_late(ticket)}"
    parts = {
        "actor": f"it names the actor {ticket.actor!r}",
        "target": f"it names the target {ticket.target!r}",
        "action": f"it is for {ticket.operation!r}",
        "window": f"its window is {ticket.start:{_STAMP}} to {ticket.end:{_STAMP}} UTC, not {at:{_STAMP}}",
        "approval": _state(facts, best),
    }
    if found.kind == "not approved":
        return f"{ticket.id} fits, but {parts['approval']}"
    return f"{ticket.id} does not cover it: " + "; ".join(parts[test] for test in best.failed())


def _state(facts: Facts, best: Match) -> str:
    """Why the approval test failed."""
    ticket, change = best.ticket, facts.change
    if best.late:
        return f"it {_late(ticket)}"
    same = facts.context.directory.same
    if same(ticket.approver, change.actor_principal, change.actor.id, change.actor.name):
        return f"its approver {ticket.approver} is the actor"
    return f"its state is {ticket.status!r} with approver {ticket.approver or 'none'}"


def _late(ticket: ChangeRequest) -> str:
    when = max(t for t in (ticket.created, ticket.approved_at) if t)
    word = "approved" if when == ticket.approved_at else "written"
    return f"was {word} only at {when:{_STAMP}} UTC, after the change"


def _listed(passed: Collection[str]) -> str:
    return ", ".join(test for test in TESTS if test in passed)


QUESTION: Final[Question] = Question("change_request", "Does an approved change cover it?", ask, needs=("changes",))
