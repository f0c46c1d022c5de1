"""One case for a terminal: the sentence, the decision, the answers, what speaks against, and what to do."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from keywitness.model import Case, Finding
from keywitness.render import facts, story, words
from keywitness.render.paint import ACTIONS, CHIPS, TONES, bullet, grid, say, section, table, whole
from keywitness.render.safe import visible

MOMENTS: Final = 40
CHANGES: Final = 40
IDS: Final = 60
"""What is shown of a case with very many; the JSON has all."""


def parts(case: Case) -> Iterator[RenderableType]:
    """The case in full, part by part."""
    style = ACTIONS[case.action]
    name = f"{words.MARKS[case.action]} {words.ACTIONS[case.action].upper()}  {case.priority}  "
    yield Text()
    yield Rule(Text.assemble((name, style), say(case.case_id, "bold")), align="left", style=style)
    yield say(story.headline(case), "bold")
    if len(case.findings) > 1:
        yield say(story.lead(case).sentence)
    yield from _decision(case)
    yield from section("Answers", [_answers(case)])
    yield from section("Against this verdict", _against(case))
    yield from (
        _changes(case) if len(case.findings) > 1 else section("The change", [_facts(facts.facts(case.findings[0]))])
    )
    yield from section("Timeline, in UTC and the actor's time", _timeline(case))
    yield from section("Contain, least destructive first", _containment(case))
    yield from section("Evidence", _evidence(case))
    yield whole(f"keywitness explain {case.case_id} QUESTION", style="dim")


def _decision(case: Case) -> Iterator[RenderableType]:
    decision = story.lead(case).decision
    yield Text()
    yield Text.assemble(
        (words.ACTIONS[case.action], ACTIONS[case.action]),
        f", {case.priority}: first response within {words.TARGETS[case.priority]}. ",
        say(decision.because),
    )
    yield from map(_chip, story.chips(case))
    unsettled = story.not_evaluable(case)
    if unsettled:
        yield say(f"  ? Not evaluable: {len(unsettled)} ({', '.join(words.question(q) for q in unsettled)})")


def _chip(chip: story.Chip) -> Text:
    style = {"lit": "bold", "unlit": "dim"}.get(chip.state, "")
    meaning = f" ({chip.meaning})" if chip.state == "lit" and chip.meaning else ""
    named = say(f"  {CHIPS[chip.state]} {chip.name}: {story.STATES[chip.state]}", style)
    return Text.assemble(named, say(meaning))


def _answers(case: Case) -> Table:
    made = grid(None, None, 1)
    for row in story.rows(case):
        verdict = Text(row.verdict.upper(), style=TONES[row.tone])
        made.add_row(Text(visible(row.question)), verdict, Group(*_answer(row)))
    return made


def _answer(row: story.Row) -> Iterator[Text]:
    share = f" [{row.share}]" if row.share else ""
    more = f" (and {words.count(len(row.others), 'answer')} like it)" if row.others else ""
    yield Text.assemble(say(row.because), share, more)
    for text in row.against:
        yield Text.assemble(("Against: ", "bold"), say(text))
    for text in row.missing:
        yield Text.assemble(("Missing: ", "bold"), say(text))


def _against(case: Case) -> Iterator[RenderableType]:
    found = story.against(case)
    for text in found:
        yield bullet(text)
    if not found:
        yield bullet("nothing was found that speaks against it")
    yield Text.assemble(("Would flip it: ", "bold"), say(story.lead(case).decision.flip or "no single fact"))
    missing = story.missing(case)
    if missing:
        yield Text.assemble(("Missing for the decision: ", "bold"), say("; ".join(missing)))


def _changes(case: Case) -> Iterator[RenderableType]:
    shared = facts.shared(case)
    listed: list[RenderableType] = [_findings(case, [name for name, _ in shared])]
    if len(case.findings) > CHANGES:
        listed.append(Text(f"and {len(case.findings) - CHANGES:,} more", style="dim"))
    yield from section(words.count(len(case.findings), "change"), listed)
    yield from section("What they share", [_facts(shared)] if shared else [])


def _facts(pairs: Sequence[tuple[str, str]]) -> Table:
    made = grid(None, 1)
    for name, value in pairs:
        made.add_row(Text(name, style="dim"), say(value))
    return made


def _findings(case: Case, shared: Sequence[str]) -> Table:
    """The changes side by side, without the columns that say the same in each row."""
    columns = ["#", "Time (UTC)", "Target", "Credential", "Decision"]
    if "Operation" not in shared:
        columns.insert(2, "Operation")
    if any(finding.parent_event_id for finding in case.findings):
        columns.append("Made by")
    made = table(*columns)
    for number, finding in enumerate(case.findings[:CHANGES], 1):
        cells = _cells(number, finding, case)
        made.add_row(*(cells[column] for column in columns))
    return made


def _cells(number: int, finding: Finding, case: Case) -> dict[str, Text]:
    change, decision = finding.change, finding.decision
    return {
        "#": Text(str(number)),
        "Time (UTC)": Text(words.utc(change.time).removesuffix(" UTC")),
        "Operation": say(change.operation),
        "Target": say(change.target.label() + ("" if change.outcome == "success" else f" ({change.outcome})")),
        "Credential": say(change.credential_id or "not in the record"),
        "Decision": Text(f"{decision.action} {decision.priority}", style=ACTIONS[decision.action]),
        "Made by": say(story.parent(finding, case)),
    }


def _timeline(case: Case) -> Iterator[RenderableType]:
    entries, left_out = story.thinned(story.timeline(case), MOMENTS)
    made = grid(None, None, None, 1)
    for entry in entries:
        style = "bold" if entry.kind == "change" else ""
        times = words.utc(entry.time).removesuffix(" UTC"), words.local(entry.time, story.zone(case))
        made.add_row(*map(say, times), Text(entry.kind, style=style), say(entry.what, style))
    if entries:
        yield made
    if left_out:
        yield Text(f"and {left_out:,} more", style="dim")


def _containment(case: Case) -> Iterator[RenderableType]:
    found = story.commands(case)
    for command in found:
        yield whole(command.text, indent=2)
    if not all(command.exact for command in found):
        yield Text(story.INEXACT, style="bold yellow")


def _evidence(case: Case) -> Iterator[RenderableType]:
    """Each id once, alone at the start of its line, with what it is and which answers rest on it."""
    cited: dict[str, list[str]] = {}
    for number, finding in enumerate(case.findings, 1):
        credentials = ", ".join(finding.change.credential_ids)
        cited[finding.change.event_id] = [f"change #{number}{f' ({credentials})' if credentials else ''}"]
    for row in story.rows(case):
        for ident in row.evidence:
            cited.setdefault(ident, []).append(row.ident)
    for ident, uses in list(cited.items())[:IDS]:
        yield whole(f"{ident}  {', '.join(dict.fromkeys(uses))}", indent=2)
    if len(cited) > IDS:
        yield Text(f"  and {len(cited) - IDS:,} more", style="dim")
