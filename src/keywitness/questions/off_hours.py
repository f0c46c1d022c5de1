"""Did it happen at a time when this identity does not usually work?

People are judged by business hours in their own zone, unless their own rhythm says otherwise; automation by its own
rhythm alone. Unknown: no business hours are given and too few active days are known (``rhythm_days``).
"""

from typing import Final

from keywitness.model import Answer
from keywitness.questions import Facts, Question

_MACHINES: Final = frozenset({"role", "service_principal", "service_account", "application", "cloud_service"})


def is_machine(facts: Facts) -> bool:
    """Whether the actor is judged by its own rhythm alone: a service in the directory, or no person as far as known."""
    if facts.actor is not None:
        return facts.actor.kind not in ("human", "person", "user", "")
    return facts.change.actor.type in _MACHINES and "@" not in (facts.change.actor.id or "").rpartition("/")[2]


def ask(facts: Facts) -> Answer:
    if is_machine(facts):
        return _by_rhythm(facts)
    moment = facts.moment
    if moment.zone_from == "UTC":
        return _by_rhythm(facts)
    if moment.working:
        whose = "actor's own" if moment.zone_from == "identity" else f"{moment.zone_from}'s"
        return Answer("no", f"{moment.why} in the {whose} time zone")
    days, share = _usual(facts)
    if facts.behaviour.rhythm.days >= facts.thresholds["rhythm_days"] and share >= facts.thresholds["rhythm_share"]:
        because = f"{moment.why}, but active around this hour on {days} of {_span(facts)}"
        return Answer("no", because, against=(f"outside business hours: {moment.why}",))
    against = (f"active around this hour on {days} of {_span(facts)}",) if days else ()
    return Answer("yes", f"{moment.why}; active around this hour on {days} of {_span(facts)}", against=against)


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
    uses=("rhythm",),
    window="before",
)
