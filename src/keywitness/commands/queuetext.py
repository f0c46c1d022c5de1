"""The queue and one case of the store for a terminal, or for a pipe."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from keywitness.exports.json import as_dict
from keywitness.render.casetext import parts
from keywitness.render.paint import is_whole, say, section, table
from keywitness.render.safe import visible
from keywitness.render.words import span, utc
from keywitness.store.lifecycle import VERDICTS
from keywitness.store.records import CaseFile, CaseRow
from keywitness.store.summary import case_of

COLUMNS: Final = ("case", "status", "decision", "clock", "owner", "actor → target", "why", "changed")


def print_queue(cases: Sequence[CaseRow], now: datetime, *, more: bool, as_json: bool) -> None:
    """A table on a terminal; elsewhere one case a line with tabs between, or one JSON object a line."""
    console = Console()
    if as_json:
        for case in cases:
            print(json.dumps(as_dict(case), ensure_ascii=True))
    elif not console.is_terminal:
        for case in cases:
            print("\t".join(map(visible, _cells(case, now))))
    else:
        made = table(*COLUMNS)
        for case in cases:
            made.add_row(*map(say, _cells(case, now)))
        console.print(made)
        if more:
            console.print(Text("There are more: --limit N shows more of them", style="dim"))


def clock(case: CaseRow, now: datetime) -> str:
    """``12 minutes left``, ``2 hours late``, ``stands still``; "" when closed."""
    if not case.is_open:
        return ""
    if case.paused_at:
        return f"stands still: {case.pause_reason}"
    return f"{span(now - case.due_at)} late" if case.late(now) else f"{span(case.due_at - now)} left"


def _cells(case: CaseRow, now: datetime) -> tuple[str, ...]:
    why = ", ".join(case.reasons) or case.close_reason or f"{len(case.unknowns)} not evaluable"
    decision = f"{case.decision} {case.priority}"
    told = (case.case_id, case.status, decision, clock(case, now), case.assignee or "–")
    return (*told, case.title, why, utc(case.last_at))


def print_case(file: CaseFile, now: datetime) -> None:
    """The case as triage tells it, and what people did with it."""
    console = Console()
    for part in (*parts(case_of(file.case.case_id, [s.finding for s in file.findings])), *_people(file, now)):
        console.print(part, soft_wrap=is_whole(part), highlight=False)


def _people(file: CaseFile, now: datetime) -> Iterator[RenderableType]:
    yield from section("At the desk", (say(line) for line in _state(file.case, now)))
    yield from section("Notes", (say(f"{utc(note.at)} {note.author}: {note.text}") for note in file.notes))
    overturned = (
        f"{utc(o.at)} {o.author}: {o.question} is {o.now} and not {o.was}, because {o.reason}" for o in file.overturns
    )
    yield from section("Overturned answers", map(say, overturned))
    files = (f"{a.number}: {a.name} ({a.size:,} bytes, SHA-256 {a.sha256})" for a in file.attachments)
    yield from section("Files", map(say, files))
    entries = (f"{e.number} {utc(e.at)} {e.who} {e.action} {e.hash[:16]}" for e in reversed(file.record))
    yield from section("Record", map(say, entries))


def _state(case: CaseRow, now: datetime) -> Iterator[str]:
    yield f"{case.status}, {case.priority}, {f'with {case.assignee}' if case.assignee else 'with nobody'}"
    if case.is_open:
        yield f"clock: {clock(case, now)} (due {utc(case.due_at)})"
    elif case.close_reason:
        verdict = VERDICTS.get(case.verdict_id or 0, "no verdict")
        yield f"closed {utc(case.closed_at or now)}: {case.close_reason.replace('_', ' ')} ({verdict})"
