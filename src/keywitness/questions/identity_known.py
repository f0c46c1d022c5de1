"""Does the directory know who acted and on whom?

No: it does not know one of them, or one had left by then. Unknown: no directory is given. Whatever the answer, it
says what the target can do, where an inventory says that.
"""

from dataclasses import replace
from datetime import date
from typing import Final

from keywitness.context.identities import Identity
from keywitness.model import Answer, Party
from keywitness.questions import Facts, Question

_PEOPLE: Final = frozenset({"user", "service_principal", "service_account", "application"})


_SHOWN: Final = 6  # grants


def ask(facts: Facts) -> Answer:
    answer, reach = _known(facts), facts.reach()
    if reach is None:
        return answer
    more = f" and {len(reach.grants) - _SHOWN} more" if len(reach.grants) > _SHOWN else ""
    can = f"can: {', '.join(reach.grants[:_SHOWN]) or 'nothing'}{more}"
    kind = "privileged" if reach.privileged else "not privileged"
    return replace(answer, because=f"{answer.because}; {facts.change.target.label()} {can} ({kind}: {reach.why})")


def _known(facts: Facts) -> Answer:
    change = facts.change
    if not facts.context.directory.available:
        return Answer("unknown", "no directory is given", missing=("identities (identities.csv)",))
    gone = [i for i in (facts.actor, facts.target) if i and i.left and i.left < change.time.date()]
    if gone:
        when = f"left on {gone[0].left}" if gone[0].left != date.min else "has left"
        return Answer("no", f"{gone[0].name} {when}", kind="left")
    unknown = [
        f"the {role} {party.label()}"
        for role, party, identity in (("actor", change.actor, facts.actor), ("target", change.target, facts.target))
        if identity is None and _should_be_known(party, role)
    ]
    if unknown:
        known = tuple(_say(i) for i in (facts.actor, facts.target) if i)
        return Answer("no", f"the directory does not know {' nor '.join(unknown)}", against=known)
    said = [f"actor: {_say(facts.actor)}"] if facts.actor else [f"actor: {change.actor.label()} ({change.actor.type})"]
    if facts.target and not change.is_self:
        said.append(f"target: {_say(facts.target)}")
    return Answer("yes", "; ".join(said))


def _should_be_known(party: Party, role: str) -> bool:
    if role == "actor":
        return party.type not in ("cloud_service", "root")
    return party.type in _PEOPLE


def _say(identity: Identity) -> str:
    parts = [identity.role or identity.kind, "admin" if identity.admin else "not admin"]
    if identity.manager:
        parts.append(f"manager {identity.manager}")
    return f"{identity.name} ({', '.join(parts)})"


QUESTION: Final[Question] = Question(
    "identity_known", "Does the directory know actor and target?", ask, needs=("identities",)
)
