"""``keywitness explain``: the records, the query and the context behind an answer, from what triage kept in --out."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from keywitness.behaviour import FAMILIES
from keywitness.behaviour.measure import prepare
from keywitness.behaviour.tables import Tables, sources
from keywitness.commands import kept
from keywitness.commands.kept import Run
from keywitness.errors import UsageError
from keywitness.lake.loose import EVENT_FILES
from keywitness.model import Finding
from keywitness.questions import QUESTIONS, Facts, Question
from keywitness.render.safe import visible

MOST_ROWS: Final = 12
TABLES: Final = "tables"
_SLIM: Final = ("time", "operation", "outcome", "actor_name", "source_ip")


def run(ident: str, question: str | None, folder: Path) -> int:
    questions = _questions(question)
    loaded = kept.load(folder)
    judged = loaded.judged()
    wanted = [pair for pair in judged if ident in (pair[1].case_id, pair[1].change.event_id)]
    if not wanted:
        raise kept.unknown(ident, "case and no event", folder, (finding for _, finding in judged))
    for facts, finding in wanted:
        for line in _explain(loaded, facts, finding, questions):
            print(line)
    return 0


def _questions(name: str | None) -> tuple[Question, ...]:
    found = tuple(q for q in QUESTIONS if name in (None, q.id))
    if not found:
        raise UsageError(f"{name} is no question; there are {', '.join(q.id for q in QUESTIONS)}")
    return found


def _explain(loaded: Run, facts: Facts, finding: Finding, questions: Sequence[Question]) -> Iterator[str]:
    change = finding.change
    yield visible(f"{change.event_id} in case {finding.case_id}: {finding.decision.action}, {finding.decision.because}")
    yield visible(finding.sentence)
    tables = _tables(loaded, facts)
    for question in questions:
        answer = finding.answers[question.id]
        yield ""
        yield f"== {question.id}: {answer.answer}"
        yield f"   {question.text}"
        yield from (visible(f"   {text}") for text in (answer.because, *(f"against: {a}" for a in answer.against)))
        yield from (visible(f"   missing: {text}") for text in answer.missing)
        yield from (visible(f"   rests on: {text}") for text in answer.rests_on)
        yield from _context(loaded, facts, question)
        yield from _records(loaded, (change.event_id, *answer.evidence) if len(questions) == 1 else answer.evidence)
        yield from _queries(loaded, tables, question)


def _context(loaded: Run, facts: Facts, question: Question) -> Iterator[str]:
    """The tickets, identities, hours and indicators that the answer used."""
    if question.id == "change_request" and facts.authorisation and facts.authorisation.best:
        best = facts.authorisation.best
        yield visible(f"   ticket: {best.ticket}")
        tests = ", ".join(f"{t} {'passed' if t in best.passed else 'FAILED'}" for t in (*best.passed, *best.failed()))
        yield f"   tests: {tests}"
    if question.id == "change_request" and facts.authorisation and facts.authorisation.deployment:
        made = facts.authorisation.deployment
        yield visible(f"   deployment: {made.deployment}")
        yield visible(f"   resource: {made.resource}; passed: {', '.join(sorted(made.passed))}")
    if question.id == "off_hours":
        organisation = loaded.context.organisation
        yield visible(
            f"   hours: {organisation.hours}; local time {facts.moment.local}, zone of {facts.moment.zone_from}"
        )
    if question.id in ("identity_known", "atypical_actor"):
        yield visible(f"   actor: {facts.actor or facts.change.actor}")
        yield visible(f"   target: {facts.target or facts.change.target}")
    if question.id == "unusual_location":
        yield visible(f"   place: {facts.place}")


def _records(loaded: Run, evidence: Sequence[str]) -> Iterator[str]:
    for row in _rows(loaded, list(dict.fromkeys(evidence))):
        yield visible(f"   record {row['event_id']}: {row['file']}, record {row['record']}")
        if row["raw"]:
            text = json.dumps(json.loads(row["raw"], strict=False), indent=2, ensure_ascii=True)
            yield from (f"      {line}" for line in text.splitlines())
        else:
            yield visible("      " + " ".join(str(row[key]) for key in _SLIM))


def _rows(loaded: Run, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The events with these ids, with their full record where it was kept."""
    records, events = loaded.lake.records(), loaded.lake.events()
    full = loaded.lake.engine.rows(records.filter(records.event_id.isin(ids)))
    texts = {(row["file"], row["record"]): row["raw"] for row in full}
    found = loaded.lake.engine.rows(events.filter(events.event_id.isin(ids)))
    return [row | {"raw": texts.get((row["file"], row["record"]))} for row in found]


def _queries(loaded: Run, tables: Tables, question: Question) -> Iterator[str]:
    for family in (f for f in FAMILIES if f.name in question.uses):
        expression = family.query(tables)
        yield f"   query {family.name} (tables as Parquet in {loaded.folder / TABLES}):"
        yield from (f"      {line}" for line in loaded.lake.engine.sql(expression).splitlines())
        rows = loaded.lake.engine.rows(expression)
        yield f"   {len(rows)} row(s):"
        for row in rows[:MOST_ROWS]:
            yield visible("      " + ", ".join(f"{k}={_short(v)}" for k, v in row.items() if k != "change"))


def _tables(loaded: Run, facts: Facts) -> Tables:
    """The queried tables for this one change, also written beside the run so that the SQL can be run by anybody."""
    resolve = loaded.context.directory.resolve
    tables = prepare(loaded.lake, [facts.change], loaded.changes(), loaded.context.geo, resolve)
    folder = loaded.folder / TABLES
    folder.mkdir(exist_ok=True)
    for name, table in sources(tables).items():
        if name != EVENT_FILES:
            pq.write_table(table.to_pyarrow(), folder / f"{name}.parquet")
    return tables


def _short(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
