"""Has the new credential been used, from where, and for what? What its sessions did is told too.

No: the log in which a use would show goes on for a day or more (``watch_hours``) without one. Unknown: that log was
not given, ends too early or was silent, or no log shows the use of such a credential.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from keywitness.behaviour.usage import Use
from keywitness.context.ranges import SAYS, network_kind
from keywitness.model import Answer
from keywitness.questions import Facts, Question
from keywitness.questions.complete import blind, unless_blind
from keywitness.questions.issued import say
from keywitness.questions.unusual_location import describe
from keywitness.words import named


def ask(facts: Facts) -> Answer:
    change = facts.change
    if change.outcome == "failure":
        return Answer("no", "the attempt failed: there is no new credential to use")
    uses = facts.behaviour.usage.signed() or (facts.behaviour.usage.uses if _signs_in(facts) else ())
    if uses:
        return _used(facts, uses)
    if not facts.operation.use_log:
        because = f"no log shows the use of {named(change.credential_type)}"
        return Answer("unknown", because, missing=("host or service logs where it would be used",))
    return _unused(facts)


def _signs_in(facts: Facts) -> bool:
    """Whether a sign-in of the target may be a use: not of a key, which has an id and signs calls with it."""
    return not facts.change.credential_ids or "signin" in facts.operation.use_log


def _unused(facts: Facts) -> Answer:
    """No use was seen: a "no" only as far as the log where a use would show reaches."""
    wanted = facts.use_log()
    seen_until = max((c.last for c in facts.own_log(wanted)), default=None)
    if seen_until is None:
        missing = (f"the {wanted} log, where a use would show",)
        return Answer("unknown", f"no {wanted} log was given", missing=missing)
    watched = seen_until - facts.change.time
    if watched < timedelta(hours=facts.thresholds["watch_hours"]):
        missing = (f"the {wanted} log after {seen_until:%Y-%m-%d %H:%M} UTC",)
        return Answer("unknown", f"the {wanted} log ends {_span(watched)} after the change", missing=missing)
    answer = Answer("no", f"not used in the {_span(watched)} of {wanted} log after it")
    return _watched(facts, answer, wanted, seen_until)


def _watched(facts: Facts, answer: Answer, wanted: str, until: datetime) -> Answer:
    """Unknown when the log was silent in the first hours (``watch_hours``) or for much of the time (``gap_share``)."""
    at = facts.change.time
    early = blind(facts, at, at + timedelta(hours=facts.thresholds["watch_hours"]), (wanted,))
    gaps = blind(facts, at, until, (wanted,))
    silent = sum((min(gap.end, until) - max(gap.start, at) for gap in gaps), timedelta())
    if early or silent > facts.thresholds["gap_share"] * (until - at):
        return unless_blind(answer, gaps)
    return replace(answer, against=tuple(f"{g.log_name()} was silent in between: {g.why} ({g.span()})" for g in gaps))


def _used(facts: Facts, uses: tuple[Use, ...]) -> Answer:
    first = uses[0]
    total, failed = sum(u.count for u in uses), sum(u.count - u.succeeded for u in uses)
    what = "the target signed in" if first.kind == "sign-in" else "first used"
    network = "" if first.source_ip is None else f"; {_network(facts, first)}"
    because = (
        f"{what} {_span(first.first - facts.change.time)} later, at {first.first:%Y-%m-%d %H:%M} UTC, from"
        f" {_where(facts, first)} for {first.first_operation}; {total} call(s) in all, {failed} failed{network}"
    )
    if told := say(facts.issued):
        because = f"{because}; {told}"
    later = tuple(use for session in facts.issued for use in session.uses)
    kind = "foreign network" if any(_foreign(facts, use) for use in (*uses, *later)) else "known network"
    return Answer("yes", because, tuple(u.first_event for u in (*uses[:5], *later[:5])), kind=kind)


def _network(facts: Facts, use: Use) -> str:
    """How the address of a use relates to the address that made the credential."""
    if use.source_ip == facts.change.source_ip:
        return "the same address as its creator"
    there = facts.places.get(use.source_ip or "")
    if there is None or facts.place is None or there.asn is None:
        return "another address than its creator"
    return "the same network as its creator" if there.asn == facts.place.asn else "another network than its creator"


def _foreign(facts: Facts, use: Use) -> bool:
    """A successful use from a network that the actor had never used before."""
    there = facts.places.get(use.source_ip or "")
    known = facts.behaviour.places.networks
    return bool(use.succeeded and there and there.asn is not None and known and there.asn not in known)


def _where(facts: Facts, use: Use) -> str:
    there = facts.places.get(use.source_ip or "")
    kind = network_kind(use.source_ip, there)
    said = f", {SAYS[kind]}," if kind else ""
    return f"{use.source_ip or 'a cloud service'}{f' in {describe(there)}' if there else ''}{said}"


def _span(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 2_880 else f"{minutes // 1_440} days"


QUESTION: Final[Question] = Question(
    "used_since", "Has the new credential been used?", ask, needs=("later",), uses=("usage",), window="after"
)
