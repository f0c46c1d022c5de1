"""The report for a terminal: what needs a person first and in full, what is closed as one line each.

Data reaches Rich only as ``Text`` that went through
:func:`~keywitness.render.safe.visible`, never as a string that Rich would read
markup from. Ids and commands are never broken over lines, so they can be
copied. A terminal that is not Unicode needs a console whose file replaces what
it can't encode.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from keywitness.model import Action, Case, Finding, Report
from keywitness.render import Format, story, summary, words
from keywitness.render.safe import clip, visible

WIDTH: Final = 110
"""Columns of a report that no terminal asked for."""

LONGEST: Final = 600
"""Characters of one text that are shown; the JSON has the rest."""

MOMENTS: Final = 40
IDS: Final = 20

STYLES: Final[dict[Action, str]] = {"escalate": "bold red", "review": "bold yellow", "close": "bold green"}
TONES: Final[dict[words.Tone, str]] = {"alarm": "bold red", "calm": "green", "open": "bold yellow"}
CHIPS: Final[dict[story.State, str]] = {"lit": "■", "unlit": "□", "settled": "▣", "open": "?"}


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
    return "".join(f"{line.rstrip()}\n" for line in capture.get().split("\n")).rstrip("\n") + "\n"


def render(report: Report) -> str:
    return render_text(report)


def print_report(report: Report, console: Console) -> None:
    """Print the report. Whether in colour, and how wide, is the console's to say."""
    for part in _parts(report):
        console.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap is True, highlight=False)


def say(text: str, style: str = "") -> Text:
    """Hostile text as Rich may print it, clipped."""
    return Text(visible(clip(text, LONGEST)), style=style)


def whole(text: str, indent: int = 0, style: str = "") -> Text:
    """Hostile text on one line that nothing breaks, in full: the terminal may wrap it, and a copy stays whole."""
    return Text(" " * indent + visible(text), style=style, no_wrap=True, overflow="ignore")


def _parts(report: Report) -> Iterator[RenderableType]:
    yield from _head(report)
    for case in (*summary.cases(report, "escalate"), *summary.cases(report, "review")):
        yield from case_parts(case)
    yield from _closed(summary.closed(report))
    yield from _rests_on(report)
    yield from _set_aside(report)
    yield from _missing(report)
    yield Text()
    yield Text("Any answer again, with its records and its query: keywitness explain CASE QUESTION", style="dim")


def _head(report: Report) -> Iterator[RenderableType]:
    head = Text.assemble(("keywitness ", "bold"), say(report.version), "  ", say(report.organisation, "bold"))
    yield head
    counted = Text()
    for action, number in summary.counts(report).items():
        style = STYLES[action] if number else "dim"
        counted.append(f"{words.MARKS[action]} {words.count(number, 'case')} {words.DONE[action]}   ", style=style)
    yield counted
    reach = summary.period(report)
    yield Text(
        f"{words.count(len(report.findings), 'credential change')} in {words.count(report.records, 'record')} of"
        f" {words.count(report.files, 'file')}"
        + (f", {words.utc(reach[0])} to {words.utc(reach[1])}" if reach else "")
        + f"; {len(report.rejects):,} set aside"
    )


def case_parts(case: Case) -> Iterator[RenderableType]:
    """One case in full."""
    style = STYLES[case.action]
    name = f"{words.MARKS[case.action]} {words.ACTIONS[case.action].upper()}  {case.priority}  "
    yield Text()
    yield Rule(Text.assemble((name, style), say(case.case_id, "bold")), align="left", style=style)
    yield say(story.headline(case), "bold")
    if len(case.findings) > 1:
        yield say(story.lead(case).sentence)
    yield from _decision(case)
    yield from _section("Answers", [_answers(case)])
    yield from _against(case)
    yield from _section("Changes", [_findings(case)] if len(case.findings) > 1 else [_facts(case.findings[0])])
    yield from _timeline(case)
    yield from _containment(case)
    yield from _evidence(case)
    yield whole(f"keywitness explain {case.case_id} QUESTION", style="dim")


def _section(title: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        if number == 0:
            yield Text()
            yield Text(title, style="bold underline")
        yield part


def _grid(*ratios: int | None) -> Table:
    """A table without lines; a ratio takes what the columns with None leave."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in ratios:
        table.add_column(ratio=ratio, overflow="fold")
    return table


def _decision(case: Case) -> Iterator[RenderableType]:
    decision = story.lead(case).decision
    yield Text()
    yield Text.assemble(
        (words.ACTIONS[case.action], STYLES[case.action]),
        f", {case.priority}: first response within {words.TARGETS[case.priority]}. ",
        say(decision.because),
    )
    for chip in story.chips(case):
        mark = f"  {CHIPS[chip.state]} "
        style = "bold" if chip.state == "lit" else "dim" if chip.state == "unlit" else ""
        yield Text.assemble((mark, style), say(f"{chip.name}: {story.STATES[chip.state]}", style), _meaning(chip))
    unsettled = story.not_evaluable(case)
    if unsettled:
        yield say(f"  ? Not evaluable: {len(unsettled)} ({', '.join(words.question(q) for q in unsettled)})")


def _meaning(chip: story.Chip) -> Text:
    return say(f" ({chip.meaning})") if chip.state == "lit" and chip.meaning else Text()


def _answers(case: Case) -> Table:
    table = _grid(None, None, 1)
    for row in story.rows(case):
        verdict = Text(row.verdict.upper(), style=TONES[row.tone])
        table.add_row(Text(visible(row.question)), verdict, Group(*_answer(row)))
    return table


def _answer(row: story.Row) -> Iterator[Text]:
    share = f" [{row.share}]" if row.share else ""
    more = f" (and {words.count(len(row.others), 'other answer')} like it)" if row.others else ""
    yield say(row.because + share + more)
    for text in row.against:
        yield Text.assemble(("Against: ", "bold"), say(text))
    for text in row.missing:
        yield Text.assemble(("Missing: ", "bold"), say(text))


def _against(case: Case) -> Iterator[RenderableType]:
    texts = story.against(case)
    lines: list[RenderableType] = [Text.assemble("  – ", say(text)) for text in texts] or [Text("  – nothing found")]
    flip = story.lead(case).decision.flip
    lines.append(Text.assemble(("What would flip it: ", "bold"), say(flip or "no single fact")))
    missing = story.missing(case)
    if missing:
        lines.append(Text.assemble(("Missing for the decision: ", "bold"), say("; ".join(missing))))
    yield from _section("Against this verdict", lines)


def _facts(finding: Finding) -> Table:
    table = _grid(None, 1)
    for name, value in story.facts(finding):
        table.add_row(Text(name, style="dim"), say(value))
    return table


def _findings(case: Case) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("#", "Time (UTC)", "Operation", "Target", "Credential", "Decision", "Made by"):
        table.add_column(Text(heading), overflow="fold")
    for number, finding in enumerate(case.findings, 1):
        change, decision = finding.change, finding.decision
        done = "" if change.outcome == "success" else f" ({change.outcome})"
        table.add_row(
            Text(str(number)),
            Text(words.utc(change.time).removesuffix(" UTC")),
            say(change.operation + done),
            say(change.target.label()),
            say(change.credential_id or "not in the record"),
            Text(f"{decision.action} {decision.priority}", style=STYLES[decision.action]),
            say(story.parent(finding, case)),
        )
    return table


def _timeline(case: Case) -> Iterator[RenderableType]:
    entries, left_out = story.thinned(story.timeline(case), MOMENTS)
    if not entries:
        return
    table = _grid(None, None, None, 1)
    for entry in entries:
        there = words.local(entry.time, story.zone(case))
        style = "bold" if entry.kind == "change" else ""
        table.add_row(Text(words.utc(entry.time)), say(there), Text(entry.kind, style=style), say(entry.what, style))
    note = [Text(f"and {left_out:,} more", style="dim")] if left_out else []
    yield from _section("Timeline", [table, *note])


def _containment(case: Case) -> Iterator[RenderableType]:
    found = story.commands(case)
    lines = [whole(command.text, indent=2) for command in found]
    if not all(command.exact for command in found):
        lines.append(Text(story.INEXACT, style="bold yellow"))
    yield from _section("Contain, least destructive first", lines)


def _evidence(case: Case) -> Iterator[RenderableType]:
    ids: list[tuple[str, str]] = [(f"change #{n}", f.change.event_id) for n, f in enumerate(case.findings, 1)]
    ids += [(row.ident, ident) for row in story.rows(case) for ident in _some(row.evidence)]
    yield from _section("Evidence", (whole(f"{ident}  {name}", indent=2) for name, ident in ids))


def _some(ids: Sequence[str]) -> Sequence[str]:
    rest = len(ids) - IDS
    return ids if rest <= 0 else (*ids[:IDS], f"and {rest:,} more")


def _closed(findings: Sequence[Finding]) -> Iterator[RenderableType]:
    if not findings:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column(Text("Time (UTC)"), no_wrap=True)
    for heading in ("Actor → target", "Operation", "Why closed"):
        table.add_column(Text(heading), no_wrap=True, overflow="ellipsis", ratio=2 if heading == "Why closed" else 1)
    for finding in findings:
        change = finding.change
        who = f"{change.actor.label()} → {change.target.label()}"
        time = words.utc(change.time).removesuffix(" UTC")
        table.add_row(Text(time), say(who), say(change.operation), say(summary.why_closed(finding)))
    yield from _section(f"Closed: {words.count(len(findings), 'change')}", [table])


def _rests_on(report: Report) -> Iterator[RenderableType]:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("Log", "Tenant", "First (UTC)", "Last (UTC)", "Records", "Days", "Regions"):
        table.add_column(Text(heading), overflow="fold", justify="right" if heading in ("Records", "Days") else "left")
    for log in report.coverage:
        first, last = (words.utc(t).removesuffix(" UTC") for t in (log.first, log.last))
        name, regions = f"{log.provider} {log.log}", story.names(log.regions, most=6)
        cells = (name, log.tenant or "", first, last, f"{log.records:,}", f"{log.days:,}", regions)
        table.add_row(*map(say, cells))
    yield from _section("What the answers rest on", [table] if report.coverage else [Text("no log was read")])


def _set_aside(report: Report) -> Iterator[RenderableType]:
    counted = (say(f"  {number:,} × {reason}") for reason, number in summary.reject_reasons(report)[:10])
    first = (
        whole(f"{clip(str(reject.source), LONGEST)}: {clip(reject.reason, LONGEST)}", 2)
        for reject in summary.first_rejects(report)
    )
    yield from _section("Set aside", chain(counted, [Text("first of them:")] if report.rejects else [], first))


def _missing(report: Report) -> Iterator[RenderableType]:
    lines = [say(f"  {part}: no file was given") for part in summary.not_given(report)]
    lines += [say(f"  {text}: would settle {words.count(n, 'answer')}") for text, n in summary.gaps(report)[:10]]
    yield from _section("What is missing", (Padding(line, 0) for line in lines))


FORMAT: Final[Format] = Format("text", ".txt", render)
