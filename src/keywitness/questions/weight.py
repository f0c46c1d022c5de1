"""What each sign before a change weighs: less the longer ago it was, and less when there were too few of its kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keywitness.behaviour.signs import Sign
from keywitness.model import Party
from keywitness.questions import Facts
from keywitness.questions.complete import blind
from keywitness.questions.earlier import links
from keywitness.words import counted

_DAY: Final = timedelta(days=1)
_LITTLE: Final = 0.5  # of its weight, at most, counts a sign that stayed below its own threshold
_WORDS: Final = {
    "risk": "{n} in the 30 days before, last {what} at {last}",
    "tampering": "{n} in the 7 days before, last {what} at {last}",
    "failed_sign_in": "{n} in the 24 hours before, last at {last}",
    "denied": "{n} to {operations} in the 24 hours before, last {what} at {last}",
    "discovery": "{operations} never used before in the 24 hours before, last {what} at {last}",
}
_NOUNS: Final = {
    "risk": ("risk detection or alert", "risk detections or alerts"),
    "tampering": ("change to logging or MFA", "changes to logging or MFA"),
    "failed_sign_in": ("failed sign-in", ""),
    "denied": ("denied call", ""),
    "discovery": ("read", ""),
}
_MEASURE: Final = {
    "risk": "risk_detections",
    "tampering": "tampering",
    "failed_sign_in": "failed_sign_ins",
    "denied": "denied_calls",
    "discovery": "new_read_operations",
}


@dataclass(frozen=True, slots=True)
class Addend:
    """``full``: it reached the threshold of its own kind, and may convict alone."""

    kind: str
    said: str
    weight: float
    event_id: str
    full: bool
    more: tuple[str, ...] = ()  # further ids that prove it


def addends(facts: Facts) -> tuple[Addend, ...]:
    """All signs before the change, in a stable order: what is known of events first, then of accounts."""
    return (*(_event(sign, facts) for sign in facts.behaviour.signs.found), *_accounts(facts), *_cases(facts))


def settled(facts: Facts) -> tuple[str, ...]:
    """The earlier cases that an analyst found harmless: they speak against."""
    return tuple(link.said(facts) for link in links(facts) if link.verdict and link.verdict.kind == "harmless")


def total(signs: tuple[Addend, ...]) -> str:
    """The sum as its parts: ``0.8 + 0.5 = 1.3``."""
    parts = " + ".join(f"{sign.weight:.1f}" for sign in signs)
    return f"{parts} = {sum(sign.weight for sign in signs):.1f}"


def _event(sign: Sign, facts: Facts) -> Addend:
    share = min(1.0, _measured(sign, facts) / facts.thresholds[_MEASURE[sign.kind]])
    last = f"{sign.last:%Y-%m-%d %H:%M} UTC"
    operations = counted(sign.operations, "read operation" if sign.kind == "discovery" else "operation")
    number = counted(sign.count, *_NOUNS[sign.kind])
    said = _WORDS[sign.kind].format(n=number, operations=operations, what=sign.what, last=last)
    weight = facts.thresholds[f"weight_{sign.kind}"] * (1 if share >= 1 else share * _LITTLE)
    return Addend(sign.kind, said, weight * _age(sign.last, facts), sign.last_event, share >= 1)


def _measured(sign: Sign, facts: Facts) -> int:
    """To an actor without a history every read is new, so that nothing is."""
    if sign.kind != "discovery":
        return sign.count
    return sign.operations if facts.behaviour.rhythm.days >= facts.thresholds["rhythm_days"] else 0


def _accounts(facts: Facts) -> Iterator[Addend]:
    """New and dormant accounts. Dormant needs a log that reaches back as far, and earlier activity in it."""
    account, change = facts.behaviour.account, facts.change
    parties: dict[str, Party] = {"actor": change.actor, "target": change.target}
    for role, seen in sorted(account.created.items()):
        said = f"the account of the {role} {parties[role].label()} was created at {seen.time:%Y-%m-%d %H:%M} UTC"
        yield Addend(
            "new account", said, facts.thresholds["weight_new_account"] * _age(seen.time, facts), seen.event_id, False
        )
    for role, seen in sorted(account.last.items()):
        silent = (change.time - seen.time) // _DAY
        if silent >= facts.thresholds["dormant_days"] and role not in account.created and not _unseen(seen.time, facts):
            said = (
                f"the {role} {parties[role].label()} had been silent for {counted(silent, 'day')} until the day before"
            )
            yield Addend("dormant account", said, facts.thresholds["weight_dormant_account"], seen.event_id, False)


def _cases(facts: Facts) -> Iterator[Addend]:
    """Escalated cases in which the same hand, or only the target, stood before; a confirmed one weighs the most."""
    for link in links(facts):
        if link.verdict and link.verdict.kind == "harmless":
            continue
        kind = "case_target" if not link.close else "confirmed_case" if link.verdict else "case"
        weight = facts.thresholds[f"weight_{kind}"]
        full = weight >= facts.thresholds["signs_needed"]
        faded = weight * _age(link.last.time, facts)
        yield Addend("earlier case", link.said(facts), faded, link.case_id, full, link.events)


def _unseen(since: datetime, facts: Facts) -> bool:
    """Whether it was rather the log that slept: for more than ``gap_share`` of the time."""
    end = facts.change.time
    silent = sum((min(g.end, end) - max(g.start, since) for g in blind(facts, since, end)), timedelta())
    return silent > facts.thresholds["gap_share"] * (end - since)


def _age(time: datetime, facts: Facts) -> float:
    """The share of its weight that is left: half of it after each ``sign_half_life``."""
    days: float = max(timedelta(), facts.change.time - time) / _DAY
    left: float = 0.5 ** (days / facts.thresholds["sign_half_life"])
    return left
