"""Is this a kind of change that this actor does not make, nor its role, nor its peers?

Yes: hardly ever by the actor (``habit_count``), which has no admin role, nor by peers of its role or team; for a
credential of one's own, nor by anybody. What no ticket covered makes no habit, where tickets of that time are known. No
also for automation that renews the target's credential at an interval (``rotation_runs``). Unknown: too few days of the
change's own log (``habit_days``).
"""

from collections.abc import Mapping
from typing import Final

from keywitness.behaviour.habit import Doer
from keywitness.context.identities import Identity
from keywitness.lake.profiles import LOOKBACK_DAYS
from keywitness.model import Answer, PrincipalId
from keywitness.questions import Facts, Question
from keywitness.questions.habits import taught
from keywitness.questions.off_hours import is_machine
from keywitness.words import at_most, counted


def ask(facts: Facts) -> Answer:
    change = facts.change
    if change.actor.type == "cloud_service":
        return Answer("no", f"{change.actor.label()} is the cloud's own service")
    doers = _doers(facts)
    own = doers.get(change.actor_principal)
    if rotation := _rotation(facts):
        return rotation
    if own and own.count >= facts.thresholds["habit_count"]:
        because = f"{_times(own)} by this actor in {_lookback(facts)}, last {own.last:%Y-%m-%d}"
        return Answer("no", because, against=_untaught(facts))
    if facts.actor and facts.actor.admin:
        because = f"its role in the directory is {facts.actor.role or 'admin'}, with admin rights"
        return Answer(
            "no", because, against=(f"{counted(own.count if own else 0, 'time')} before in {_lookback(facts)}",)
        )
    peers = _peers(facts)
    if len(peers) >= facts.thresholds["habit_peers"]:
        group = "people for themselves" if change.is_self else f"peers ({_group(facts.actor)})"
        return Answer("no", f"{len(peers)} {group} did this in {_lookback(facts)}")
    if facts.history_days() < facts.thresholds["habit_days"]:
        because = f"{counted(own.count if own else 0, 'time')} before, but only {facts.history_days()} days of history"
        needed = int(facts.thresholds["habit_days"])
        return Answer("unknown", because, missing=(f"{needed} days of {change.log} log before the change",))
    times = counted(own.count if own else 0, "time")
    because = (
        f"{times} by this actor and by {len(peers)} of its peers in {_lookback(facts)}"
        f"{'' if own else f' ({at_most(facts.history_days())})'}; {_others(facts)}"
    )
    kind = "first time" if own is None else "rare"
    because = "; ".join((because, *_untaught(facts)))
    return Answer("yes", because, (change.event_id,), _learned_peers(facts), kind=kind)


def _doers(facts: Facts) -> Mapping[str, Doer]:
    return taught(facts.behaviour.habit.doers, facts.untaught)


def _untaught(facts: Facts) -> tuple[str, ...]:
    """What the actor did before and no ticket covered: it is told, and makes no habit."""
    number = facts.untaught.get(facts.change.actor_principal, 0)
    return (f"{counted(number, 'earlier one')} that no ticket covered not counted",) if number else ()


def _others(facts: Facts) -> str:
    others = [d.count for p, d in _doers(facts).items() if p != facts.change.actor_principal]
    if not others:
        return "nobody else did"
    return f"{counted(sum(others), 'time')} by {counted(len(others), 'other')}"


def _rotation(facts: Facts) -> Answer | None:
    """Automation that renews this target's credential at an interval does what it is for."""
    rotation = facts.behaviour.rotation
    cadence = rotation.cadence(facts.thresholds["rotation_runs"]) if is_machine(facts) else None
    if cadence is None:
        return None
    days, strays = cadence
    every = f"every {days}\u00b1{strays} days" if strays else f"every {counted(days, 'day')}"
    because = f"rotation of {facts.change.target.label()} {every}, last {rotation.made[-1]:%Y-%m-%d}"
    kept = rotation.kept()
    against = (f"{counted(kept, 'older credential')} of it {'was' if kept == 1 else 'were'} created and kept",)
    return Answer("no", because, against=against if kept else (), kind="rotation")


def _learned_peers(facts: Facts) -> tuple[str, ...]:
    """Who does this and works alike, where the directory says nothing of the actor's role or team: counter-evidence."""
    if facts.actor and (facts.actor.role or facts.actor.team):
        return ()
    doers, enough = _doers(facts), facts.thresholds["peer_similarity"]
    found = [(p, alike) for p, alike in facts.behaviour.peers.alike.items() if p in doers and alike >= enough]
    if not found:
        return ()
    names = ", ".join(f"{p} ({alike:.0%} the same operations)" for p, alike in found[:3])
    return (f"{counted(len(found), 'principal')} that work{'s' if len(found) == 1 else ''} alike did this: {names}",)


def _peers(facts: Facts) -> list[str]:
    """Others who do this and are like the actor: same role or team; anybody, for a credential of one's own."""
    change, me = facts.change, facts.actor
    others = [p for p in _doers(facts) if p != change.actor_principal]
    if change.is_self:
        return others
    if me is None:
        return []
    found = ((p, facts.context.directory.get(PrincipalId(p))) for p in others)
    return [p for p, identity in found if identity and _alike(me, identity)]


def _alike(one: Identity, other: Identity) -> bool:
    same_role = bool(one.role) and one.role == other.role
    return one.admin == other.admin and (same_role or (bool(one.team) and one.team == other.team))


def _group(identity: Identity | None) -> str:
    return (identity.role or identity.team or "same role") if identity else "same role"


def _times(own: Doer) -> str:
    return f"{counted(own.count, 'time')} on {counted(own.days, 'day')}"


def _lookback(facts: Facts) -> str:
    days = min(LOOKBACK_DAYS, facts.history_days())
    return f"the {days} days of logs that end a day before"


QUESTION: Final[Question] = Question(
    "atypical_actor",
    "Is this a change that this actor does not make?",
    ask,
    needs=("habit",),
    uses=("habit", "rotation", "peers"),
    window="before",
)
