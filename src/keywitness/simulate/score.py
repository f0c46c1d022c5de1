"""How a run did on a simulated company, by kind of change: what was escalated, left to a person, closed, or wrong."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from keywitness.model import Action, Answer, Finding

COLUMNS: Final[Mapping[str, str]] = {
    "change_request": "change_request",
    "off_hours": "off_hours",
    "unusual_location": "unusual_location",
    "suspicious_history": "suspicious_history",
    "atypical_actor": "atypical_actor",
    "pattern": "pattern",
    "intel": "threat_intel",
}
"""Columns of expected.csv that say an answer → the question."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One decision or answer that isn't what was expected; ``because`` is what the run said."""

    kind: str
    event_id: str
    what: str
    expected: str
    found: str
    because: str


@dataclass(slots=True)
class Row:
    """One kind of change: how many, what became of them, and what was wrong with the decisions and answers."""

    kind: str
    decided: dict[Action | str, int] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(self.decided.values())

    def wrong(self, *what: str) -> int:
        return sum(1 for miss in self.misses if miss.what in what)


def score(expected: Path, findings: Iterable[Finding]) -> dict[str, Row]:
    """Hold every row of expected.csv against its finding; a kind's row for each kind, in the order of their names."""
    judged = list(findings)
    found = {str(event): f for f in judged for event in (f.change.event_id, *f.change.copies)}
    with expected.open(encoding="utf-8", newline="") as file:
        wanted = sorted(csv.DictReader(file), key=lambda row: row["kind"])
    rows: dict[str, Row] = {}
    for line in wanted:
        row = rows.setdefault(line["kind"], Row(line["kind"]))
        finding = found.get(line["event_id"])
        action = finding.decision.action if finding else "not found"
        row.decided[action] = row.decided.get(action, 0) + 1
        row.misses.extend(_misses(line, finding))
    return rows


def merge(runs: Iterable[Mapping[str, Row]]) -> dict[str, Row]:
    """The rows of several runs as one."""
    total: dict[str, Row] = {}
    for rows in runs:
        for kind, row in rows.items():
            into = total.setdefault(kind, Row(kind))
            into.misses.extend(row.misses)
            for action, count in row.decided.items():
                into.decided[action] = into.decided.get(action, 0) + count
    return dict(sorted(total.items()))


def table(rows: Mapping[str, Row]) -> str:
    """The rows as text, with a last line for all."""
    lines = [f"{'kind':26}{'n':>6}{'escalated':>11}{'review':>8}{'closed':>8}{'wrong':>7}{'wrong answers':>15}"]
    for row in (*rows.values(), _all(rows)):
        decided = "".join(f"{row.decided.get(action, 0):>{width}}" for action, width in _WIDTHS)
        lines.append(f"{row.kind:26}{row.count:>6}{decided}{row.wrong('decision'):>7}{row.wrong(*_ANSWERS):>15}")
    return "\n".join(lines)


_WIDTHS: Final = (("escalate", 11), ("review", 8), ("close", 8))
_ANSWERS: Final = (*COLUMNS.values(), "parent")


def _all(rows: Mapping[str, Row]) -> Row:
    total = Row("all")
    for row in rows.values():
        total.misses.extend(row.misses)
        for action, count in row.decided.items():
            total.decided[action] = total.decided.get(action, 0) + count
    return total


def _misses(line: Mapping[str, str], finding: Finding | None) -> Iterable[Miss]:
    kind, event = line["kind"], line["event_id"]
    if finding is None:
        yield Miss(kind, event, "decision", line["expect"], "not found", "no finding for this event")
        return
    decision, answers = finding.decision, finding.answers
    if line["expect"] not in ("any", decision.action):
        yield Miss(kind, event, "decision", line["expect"], decision.action, decision.because)
    for column, question in COLUMNS.items():
        if line[column] and answers[question].answer != line[column]:
            yield Miss(kind, event, question, line[column], answers[question].answer, _said(answers[question]))
    if line["parent_event"] not in ("", finding.parent_event_id):
        yield Miss(kind, event, "parent", line["parent_event"], finding.parent_event_id or "none", "")


def _said(answer: Answer) -> str:
    return "; ".join((answer.because, *answer.missing))
