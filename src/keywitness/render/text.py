"""The report for a terminal: what needs a person first and in full, what is closed as one line each."""

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from keywitness.model import Finding, Report
from keywitness.render import Format, casetext, story, summary, words
from keywitness.render.paint import ACTIONS, is_whole, minute, say, section, table

WIDTH: Final = 110
"""Columns of a report that no terminal asked for."""

MOST: Final = 10
"""Lines of a list at the end of the report; the JSON and the rejects file have the rest."""


def render_text(report: Report, width: int | None = None, colour: bool = False) -> str:
    """The report as text; without ``colour`` it holds no escape sequence at all."""
    console = Console(
        file=StringIO(),
        width=width or WIDTH,
        color_system="standard" if colour else None,
        force_terminal=colour,
        legacy_windows=False,
        _environ={},
    )
    with console.capture() as capture:
        print_report(report, console)
    return "".join(f"{line.rstrip(' ')}\n" for line in capture.get().rstrip("\n").split("\n"))


def render(report: Report) -> str:
    return render_text(report)


def print_report(report: Report, console: Console) -> None:
    """Print the report, with escapes for what the console's encoding lacks.

    Whether in colour, and how wide, is the console's to say.
    """
    if console.encoding.lower().startswith("utf"):
        return _print(report, console)
    with console.capture() as capture:
        _print(report, console)
    encoded = capture.get().encode(console.encoding, errors="backslashreplace")
    console.file.write(encoded.decode(console.encoding))
    return None


def _print(report: Report, console: Console) -> None:
    for part in _parts(report):
        console.print(part, soft_wrap=is_whole(part), highlight=False)


def _parts(report: Report) -> Iterator[RenderableType]:
    yield from _head(report)
    for case in (*summary.cases(report, "escalate"), *summary.cases(report, "review")):
        yield from casetext.parts(case)
    closed = summary.closed(report)
    yield from section(f"Closed: {words.count(len(closed), 'change')}", _closed(closed))
    yield from section("Hidden by suppressions", _suppressed(report))
    yield from section("What the answers rest on", _rests_on(report))
    yield from section("Set aside", _set_aside(report))
    yield from section("What is missing", _missing(report))
    yield from section("Cases for a person", _index(report))
    yield Text()
    yield Text("Any answer again, with its records and its query: keywitness explain CASE QUESTION", style="dim")


def _head(report: Report) -> Iterator[RenderableType]:
    yield Text.assemble(("keywitness ", "bold"), say(report.version), "  ", say(report.organisation, "bold"))
    counted = Text()
    for action, number in summary.counts(report).items():
        style = ACTIONS[action] if number else "dim"
        counted.append(f"{words.MARKS[action]} {words.count(number, 'case')} {words.DONE[action]}   ", style=style)
    yield counted
    reach = summary.period(report)
    yield Text(
        f"{words.count(len(report.findings), 'credential change')} in {words.count(report.records, 'record')} of"
        f" {words.count(report.files, 'file')}"
        + (f", {minute(words.utc(reach[0]))} to {minute(words.utc(reach[1]))} UTC" if reach else "")
        + f"; {len(report.rejects):,} set aside"
    )


def _index(report: Report) -> Iterator[RenderableType]:
    """A line a case, last: a long report leaves its end on the screen."""
    waiting = (*summary.cases(report, "escalate"), *summary.cases(report, "review"))
    if not waiting:
        return
    made = table("", "Case", "Who and whom", "Begun (UTC)", "Why", expand=True)
    made.columns[0].no_wrap = made.columns[1].no_wrap = made.columns[3].no_wrap = True
    for case in waiting:
        why = ", ".join(words.reason(r) for r in story.reasons(case)) or "a person must settle it"
        mark = Text(f"{words.MARKS[case.action]} {case.priority}", style=ACTIONS[case.action])
        made.add_row(
            mark, say(case.case_id), say(story.title(case)), Text(minute(words.utc(story.begun(case)))), say(why)
        )
    yield made


def _closed(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    if not findings:
        return
    made = table("Time (UTC)", "Actor → target", "Operation", "Why closed", expand=True)
    for column in made.columns:
        column.no_wrap, column.overflow = True, "ellipsis"
    made.columns[1].max_width = made.columns[2].max_width = 34
    made.columns[3].ratio = 1
    for finding in findings:
        change = finding.change
        who = f"{change.actor.label()} → {change.target.label()}"
        time = minute(words.utc(change.time))
        made.add_row(Text(time), say(who), say(change.operation), say(summary.why_closed(finding)))
    yield made


def _suppressed(report: Report) -> Iterator[RenderableType]:
    for ident, hidden in summary.suppressed(report).items():
        cases = ", ".join(dict.fromkeys(finding.case_id for finding in hidden))
        yield say(f"  {ident} hid {words.count(len(hidden), 'change')} ({cases}): {hidden[0].decision.because}")


def _rests_on(report: Report) -> Iterator[RenderableType]:
    if not report.coverage:
        yield Text("  no log was read")
        return
    made = table("Log", "Tenant", "First (UTC)", "Last (UTC)", "Records", "Days", "Regions")
    for column in made.columns[2:6]:
        column.no_wrap = True
    made.columns[4].justify = made.columns[5].justify = "right"
    for log in report.coverage:
        first, last = minute(words.utc(log.first)), minute(words.utc(log.last))
        numbers = f"{log.records:,}", f"{log.days:,}"
        cells = (f"{log.provider} {log.log}", log.tenant or "", first, last, *numbers, ", ".join(log.regions))
        made.add_row(*map(say, cells))
    yield made


def _set_aside(report: Report) -> Iterator[RenderableType]:
    for reason, number in summary.reject_reasons(report)[:MOST]:
        yield say(f"  {number:,} × {reason}")
    if report.rejects:
        yield Text("The first of them:")
    for reject in summary.first_rejects(report):
        yield say(f"  {reject.source}: {reject.reason}")


def _missing(report: Report) -> Iterator[RenderableType]:
    for part in summary.not_given(report):
        yield say(f"  {part}: no file was given")
    for text, number in summary.gaps(report)[:MOST]:
        yield say(f"  {text}: would settle {words.count(number, 'answer')}")


FORMAT: Final[Format] = Format("text", ".txt", render)
