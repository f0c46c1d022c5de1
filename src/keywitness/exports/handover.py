"""The shift handover: what is open and whose, what is late, what happened since; Markdown that also reads as text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from keywitness.render.safe import visible
from keywitness.render.words import count, span, utc
from keywitness.store import Desk, metrics, queue, record
from keywitness.store.queue import Filters
from keywitness.store.records import CaseRow

SHOWN: Final = 50
_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>()#+!|~&-])")


def handover(desk: Desk, hours: int) -> str:
    """The tenant's shift of the last ``hours``, for the next one."""
    return "\n".join(_lines(desk, desk.now - timedelta(hours=hours))) + "\n"


def inert(text: str) -> str:
    """Hostile text as Markdown that shows it and does nothing: no link, no image, no heading, one line."""
    return _MARKUP.sub(r"\\\1", visible(text))


def _lines(desk: Desk, since: datetime) -> Iterator[str]:
    counts, shift = queue.counts(desk), metrics.metrics(desk, since, desk.now)
    yield f"# Shift handover of {inert(desk.tenant)}, {utc(since)} to {utc(desk.now)}"
    yield ""
    decided = ", ".join(f"{n} {inert(decision)}" for decision, n in sorted(shift.decisions.items()))
    yield f"{count(shift.arrivals, 'case')} came in ({decided or 'none'}). {counts.total} open, {counts.late} late."
    yield from _times("Taken up after", shift.acknowledge)
    yield from _times("Closed after", shift.resolve)
    yield from _section("Late", desk, _page(desk, Filters(late=True)))
    escalated = _page(desk, Filters(statuses=("escalated", "contained")))
    yield from _section("With Tier 2", desk, escalated)
    working = _page(desk, Filters(statuses=("triage",)))
    yield from _section("In triage", desk, working)
    fresh = _page(desk, Filters(statuses=("new",)))
    yield from _section("New", desk, fresh)
    yield from _happened(desk, since)


def _page(desk: Desk, filters: Filters) -> tuple[CaseRow, ...]:
    return queue.page(desk, filters, size=SHOWN + 1).cases


def _times(what: str, found: Mapping[str, metrics.Times]) -> Iterator[str]:
    known = sorted((priority, times.mean) for priority, times in found.items() if times.mean is not None)
    told = ", ".join(f"{priority} {span(timedelta(seconds=mean))}" for priority, mean in known)
    if told:
        yield f"{what}, on average: {told}."


def _section(title: str, desk: Desk, cases: Iterable[CaseRow]) -> Iterator[str]:
    held = list(cases)
    yield ""
    yield f"## {title}"
    yield ""
    for case in held[:SHOWN]:
        owner = inert(case.assignee) if case.assignee else "nobody"
        late = f"{span(desk.now - case.due_at)} late" if case.late(desk.now) else f"due {utc(case.due_at)}"
        waits = f", waits: {inert(case.pause_reason)}" if case.paused_at else f", {late}"
        yield f"- **{inert(case.case_id)}** {case.decision} {case.priority}, {owner}{waits}: {inert(case.title)}"
    if len(held) > SHOWN:
        yield "- and more"
    if not held:
        yield "None."


def _happened(desk: Desk, since: datetime) -> Iterator[str]:
    """What people did, and what triage opened again, newest first."""
    yield ""
    yield "## What happened"
    yield ""
    shown = 0
    for entry in record.entries(desk, limit=2_000):
        if entry.at < since or shown >= SHOWN:
            break
        if entry.action in ("triage:case:opened", "triage:case:updated"):
            continue
        shown += 1
        yield f"- {utc(entry.at)} {inert(entry.who)} {inert(entry.action)} {inert(entry.subject)}"
    if not shown:
        yield "Nothing."
