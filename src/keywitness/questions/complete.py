"""Which logs and days an answer rests on, and what becomes of a "no" that no log could have contradicted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from keywitness.behaviour.gaps import LogGap
from keywitness.lake.profiles import LOOKBACK_DAYS
from keywitness.model import Answer, Coverage
from keywitness.questions.acting import beginning
from keywitness.questions.known import Facts
from keywitness.words import counted

if TYPE_CHECKING:
    from keywitness.questions import Question

SHOWN: Final = 3  # gaps told in one sentence
_DAY: Final = timedelta(days=1)
_SIGNS: Final = ("signin", "risk")
"""How the names of the logs end in which signs against a principal stand, beside the change's own."""


def ask(question: "Question", facts: Facts) -> Answer:
    """The answer with what it rests on; a "yes" out of the past says where that past is full of holes."""
    answer = _with_copies(facts, _if_it_was(question, facts, question.ask(facts)))
    start, end = _window(question.window, facts)
    if start == end:
        return answer
    logs = _logs(question.window, facts)
    told = tuple(_rest(cover, start, end, facts.silences) for cover in facts.coverage_of(logs))
    against = answer.against
    if question.window == "before" and answer.answer == "yes":
        against += tuple(
            f"{g.log_name()} has gaps in the lookback: {g.why} ({g.span()})" for g in blind(facts, start, end)
        )
    return replace(answer, against=against, rests_on=tuple(filter(None, told)))


def _with_copies(facts: Facts, answer: Answer) -> Answer:
    """A change that several logs tell is proved by each of their records."""
    change = facts.change
    if change.event_id not in answer.evidence or not change.copies:
        return answer
    return replace(answer, evidence=tuple(dict.fromkeys((*answer.evidence, *change.copies))))


def _if_it_was(question: "Question", facts: Facts, answer: Answer) -> Answer:
    """A "no" out of the past of the person whom a session names is one only if it was that person."""
    if not facts.unproven or answer.answer != "no" or question.window != "before":
        return answer
    because = f"{answer.because}, if it was {facts.change.actor.label()}, which no log shows"
    return replace(answer, answer="unknown", because=because, missing=(beginning(facts.change),), kind="unproven")


def blind(facts: Facts, start: datetime, end: datetime, logs: Iterable[str] = ()) -> tuple[LogGap, ...]:
    """The gaps between two times of ``logs`` (``provider.log``), or of the change's own, where they concern it."""
    change = facts.change
    wanted = tuple(logs) or (f"{change.provider}.{change.log}",)
    return tuple(
        gap
        for gap in facts.silences
        if f"{gap.provider}.{gap.log}" in wanted
        and (gap.provider != change.provider or gap.tenant in (None, change.tenant))
        and gap.region in (None, change.region)
        and gap.overlaps(start, end)
    )


def unless_blind(answer: Answer, gaps: tuple[LogGap, ...]) -> Answer:
    """A "no" that rests on absence, or unknown when a log in which something would show was silent."""
    if answer.answer != "no" or not gaps:
        return answer
    said = "; ".join(f"{gap.log_name()} was {_silent(gap)}" for gap in gaps[:SHOWN])
    missing = tuple(f"the {gap.log_name()} log of {gap.span()}" for gap in gaps)
    return Answer("unknown", f"{answer.because}, but {said}", answer.evidence, answer.against, missing, "gap")


def sign_logs(facts: Facts) -> tuple[str, ...]:
    """The change's own log, and the sign-in and risk logs of the same provider."""
    change = facts.change
    near = {f"{c.provider}.{c.log}" for c in facts.coverage if c.provider == change.provider and c.log.endswith(_SIGNS)}
    return (f"{change.provider}.{change.log}", *sorted(near - {f"{change.provider}.{change.log}"}))


def _silent(gap: LogGap) -> str:
    return f"{gap.why} ({gap.span()})" if gap.event_id else f"silent on {gap.span()}: {gap.why}"


def _window(window: str, facts: Facts) -> tuple[datetime, datetime]:
    at = facts.change.time
    last = max((c.last for c in facts.coverage), default=at)
    return {
        "before": (at - timedelta(days=LOOKBACK_DAYS), at),
        "around": (at - _DAY, at + _DAY),
        "after": (at, max(at, last)),
    }.get(window, (at, at))


def _logs(window: str, facts: Facts) -> tuple[str, ...]:
    if window == "after" and (use := facts.use_log()):
        return (use,)
    return sign_logs(facts)


def _rest(cover: Coverage, start: datetime, end: datetime, gaps: Iterable[LogGap]) -> str:
    """``aws.cloudtrail of 111122223333, 2026-06-17 to 2026-09-15, silent on 2 days``; "" when it covers none of it."""
    first, last = max(start, cover.first), min(end, cover.last)
    if last < first:
        return ""
    key = (cover.provider, cover.log, cover.tenant)
    own = [g for g in gaps if (g.provider, g.log, g.tenant) == key and g.region is None and g.overlaps(first, last)]
    silent = sum(((min(g.end, last) - max(g.start, first)) for g in own), timedelta())
    days = -(-silent // _DAY)
    told = f", silent on {counted(days, 'day')}" if days else ""
    whose = f" of {cover.tenant}" if cover.tenant else ""
    return f"{cover.provider}.{cover.log}{whose}, {first:%Y-%m-%d} to {last:%Y-%m-%d}{told}"
