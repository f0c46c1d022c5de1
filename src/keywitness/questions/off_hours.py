"""Did it happen at a time when this identity does not usually work?

People are judged by business hours in their own zone (or the one that their usual hours suggest), unless they are on
call (``oncall.csv``) or their own rhythm says otherwise; automation by its own rhythm or cadence alone. Unknown: no
business hours are given and too few active days are known (``rhythm_days``), or it was within the organisation's hours
while no directory says where the actor lives and the own rhythm doesn't either.
"""

from typing import Final

from keywitness.context.identities import Identity
from keywitness.context.oncall import on_call
from keywitness.model import Answer, CredentialChange
from keywitness.questions import Facts, Question

_MACHINES: Final = frozenset({"role", "service_principal", "service_account", "application", "cloud_service"})


def is_machine(facts: Facts) -> bool:
    """Whether the actor is judged by its own rhythm alone."""
    return no_person(facts.change, facts.actor)


def no_person(change: CredentialChange, actor: Identity | None) -> bool:
    """Whether the actor is a service in the directory, or no person as far as known."""
    if actor is not None:
        return actor.kind not in ("human", "person", "user", "")
    person = change.actor.type == "role" and "@" in (change.actor.id or "").rpartition("/")[2]  # a session of one
    return change.actor.type in _MACHINES and not person


def ask(facts: Facts) -> Answer:
    if is_machine(facts):
        return _by_cadence(facts) or _by_rhythm(facts)
    moment, change, known = facts.moment, facts.change, facts.context
    if shift := on_call(known.oncall or (), change.time, change.actor_principal, change.actor, known.directory):
        because = f"on call from {shift.start:%Y-%m-%d %H:%M} to {shift.end:%Y-%m-%d %H:%M} UTC"
        outside = () if moment.working else (f"outside business hours: {moment.why}",)
        return Answer("no", because, (f"oncall.csv: {shift.identity}",), outside)
    if moment.zone_from == "UTC":
        return _by_rhythm(facts)
    days, share = _usual(facts)
    if moment.working:
        return _within(facts, share)
    if facts.behaviour.rhythm.days >= facts.thresholds["rhythm_days"] and share >= facts.thresholds["rhythm_share"]:
        because = f"{moment.why}, but active around this hour on {days} of {_span(facts)}"
        return Answer("no", because, against=(f"outside business hours: {moment.why}",))
    against: tuple[str, ...] = (f"active around this hour on {days} of {_span(facts)}",) if days else ()
    if moment.zone_from == "inferred":
        against += (f"the time zone is {_zone(facts)}",)
    return Answer("yes", f"{moment.why}; active around this hour on {days} of {_span(facts)}", against=against)


def _within(facts: Facts, share: float) -> Answer:
    """No; but whoever is in no directory may live by another clock, unless the own rhythm says that it is this one."""
    because = f"{facts.moment.why} {_whose(facts)}"
    own = facts.context.directory.available or facts.moment.zone_from != "organisation"
    if own or share >= facts.thresholds["rhythm_share"]:
        return Answer("no", because)
    said = f"{because}, and no directory says whether that is the actor's"
    return Answer("unknown", said, missing=("the actor's time zone (identities.csv)",))


def _whose(facts: Facts) -> str:
    """In whose time zone that was."""
    whose = {"identity": "in the actor's own time zone", "inferred": f"in {_zone(facts)}"}
    return whose.get(facts.moment.zone_from, f"in the {facts.moment.zone_from}'s time zone")


def _zone(facts: Facts) -> str:
    found = facts.behaviour.clock.zone(facts.thresholds["zone_days"], facts.thresholds["zone_contrast"])
    return found.said() if found else "inferred"


def _by_cadence(facts: Facts) -> Answer | None:
    """A job that runs each week or month is on time when this is its next run, however few its active days are."""
    cadence = facts.behaviour.cadence
    interval = cadence.interval(facts.thresholds["cadence_runs"])
    if interval is None:
        return None
    runs = f"{len(cadence.days_before)} times before, the last {cadence.days_before[0]} days ago"
    return Answer("no", f"it runs every {interval} days around {facts.moment.local:%H}:00: {runs}")


def _by_rhythm(facts: Facts) -> Answer:
    rhythm, needed = facts.behaviour.rhythm, int(facts.thresholds["rhythm_days"])
    if rhythm.days < needed:
        because = f"only {_span(facts)}: too few to know a rhythm ({needed} needed)"
        return Answer(
            "unknown", because, missing=(f"{needed - rhythm.days} more active days of {facts.change.log} log",)
        )
    days, share = _usual(facts)
    local = facts.moment.local
    because = f"active around {local:%H}:00 on {days} of {_span(facts)}"
    if share >= facts.thresholds["machine_rhythm_share"]:
        return Answer("no", because)
    return Answer("yes", because, against=() if facts.moment.working is False else (f"{facts.moment.why}",))


def _usual(facts: Facts) -> tuple[int, float]:
    """Days active around this hour, the better of this weekday and any day, and their share of the days it could be."""
    rhythm = facts.behaviour.rhythm
    if not rhythm.days:
        return 0, 0.0
    any_day, same_day = rhythm.around_hour, rhythm.around_week_hour
    weeks = max(1, rhythm.days / 7)
    return max(any_day, same_day), max(any_day / rhythm.days, same_day / weeks if same_day >= 3 else 0.0)


def _span(facts: Facts) -> str:
    return f"{facts.behaviour.rhythm.days} active days in {facts.lookback()}"


QUESTION: Final[Question] = Question(
    "off_hours",
    "Did it happen outside this identity's hours?",
    ask,
    needs=("hours",),
    uses=("rhythm", "cadence", "clock"),
    window="before",
)
