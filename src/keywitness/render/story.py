"""A case as it is told, before any format: what its findings share is said once.

All texts are as they came, hostile or not; the formats make them safe.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import zip_longest
from typing import Final, Literal

from keywitness.model import Action, Answer, Case, EventId, Finding, TimelineEntry, Verdict
from keywitness.policy import REASONS
from keywitness.render import words
from keywitness.render.safe import visible

State = Literal["lit", "unlit", "settled", "open"]

STATES: Final[dict[State, str]] = {
    "lit": "yes",
    "unlit": "no",
    "settled": "yes, not counted",
    "open": "not evaluable",
}

INEXACT: Final = "A command above holds characters that can't be shown: take it from the JSON findings, don't copy it."

_WORST: Final[tuple[Action, ...]] = ("escalate", "review", "close")
_LOUDEST: Final[tuple[words.Tone, ...]] = ("alarm", "open", "calm")


@dataclass(frozen=True, slots=True)
class Chip:
    """A reason to escalate, and whether it holds for the case."""

    ident: str
    name: str
    state: State
    meaning: str


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a question, and all findings of the case that got it.

    A question with several verdicts has several rows, the most alarming
    first. ``because`` is that of the first finding; ``others`` are the other
    sentences with the events they are about.
    """

    ident: str
    question: str
    verdict: Verdict
    tone: words.Tone
    because: str
    findings: int
    total: int
    others: tuple[tuple[str, tuple[EventId, ...]], ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    kind: str

    @property
    def share(self) -> str:
        """``4 of 6 changes``; "" when it is the answer for all of them."""
        return "" if self.findings == self.total else f"{self.findings} of {words.count(self.total, 'change')}"


@dataclass(frozen=True, slots=True)
class Command:
    """A containment command. ``exact`` is false when it holds characters that can't be shown, so can't be copied."""

    text: str
    exact: bool


def lead(case: Case) -> Finding:
    """The finding that the case is told by: the worst decision, the highest priority, the earliest."""
    return min(case.findings, key=lambda f: (_WORST.index(f.decision.action), f.decision.priority, f.change.time))


def headline(case: Case) -> str:
    """The case in one sentence: the finding's own, or what its findings have in common."""
    if len(case.findings) == 1:
        return case.findings[0].sentence
    told = " ".join(filter(None, (_who_did_what(case), _when(case), _whence(case))))
    notes = ", ".join(filter(None, (_failed(case), _used(case))))
    return f"{told}; {notes}." if notes else f"{told}."


def _who_did_what(case: Case) -> str:
    changes = [f.change for f in case.findings]
    made = words.count(len(changes), "credential change")
    on = words.count(len({c.target_principal for c in changes}), "principal")
    return f"{names(c.actor.label() for c in changes)} made {made} on {on}"


def _failed(case: Case) -> str:
    failed = sum(f.change.outcome == "failure" for f in case.findings)
    return f"{failed} of them failed" if failed else ""


def _used(case: Case) -> str:
    used = sum(f.answers["used_since"].answer == "yes" for f in case.findings if "used_since" in f.answers)
    return f"{used} of the new credentials {'has' if used == 1 else 'have'} been used" if used else ""


def _when(case: Case) -> str:
    first, last = case.findings[0], case.findings[-1]
    length = words.span(last.change.time - first.change.time)
    return f"within {length}, from {words.both(first.change.time, first.local_time.tzinfo)}"


def _whence(case: Case) -> str:
    sources = list(dict.fromkeys((f.change.source_ip, f.place) for f in case.findings if f.change.source_ip))
    if len({address for address, _ in sources}) > 1:
        return f"from {len({address for address, _ in sources})} addresses"
    return f"from {sources[0][0]}{f' in {sources[0][1]}' if sources[0][1] else ''}" if sources else ""


def names(labels: Iterable[str], most: int = 3) -> str:
    """``dora, svc-backup and 2 more``; each name once."""
    found = list(dict.fromkeys(labels))
    shown = found if len(found) <= most else [*found[: most - 1], f"{len(found) - most + 1} more"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""


def title(case: Case) -> str:
    """``dora → svc-backup``, for lists."""
    changes = [f.change for f in case.findings]
    return f"{names(c.actor.label() for c in changes)} → {names(c.target.label() for c in changes)}"


def operations(case: Case) -> str:
    return names(f.change.operation for f in case.findings)


def reasons(case: Case) -> tuple[str, ...]:
    """The reasons of all findings, those of the worst first."""
    ordered = (lead(case), *case.findings)
    return tuple(dict.fromkeys(reason for finding in ordered for reason in finding.decision.reasons))


def chips(case: Case) -> tuple[Chip, ...]:
    """The runbook's three reasons, lit or not, and then whatever else counted."""
    lit = reasons(case)
    shown = (*REASONS, *(reason for reason in lit if reason not in REASONS))
    return tuple(Chip(r, words.reason(r), _state(case, r, lit), words.meaning(r)) for r in shown)


def _state(case: Case, reason: str, lit: Sequence[str]) -> State:
    if reason in lit:
        return "lit"
    ident, verdict = REASONS[reason]
    given = {f.answers[ident].answer for f in case.findings if ident in f.answers}
    if verdict in given:
        return "settled"
    return "open" if "unknown" in given or not given else "unlit"


def not_evaluable(case: Case) -> tuple[str, ...]:
    """The questions that no finding of the case got an answer to."""
    return tuple(q for q in _questions(case) if all(_verdict(f, q) == "unknown" for f in case.findings))


def _verdict(finding: Finding, ident: str) -> Verdict:
    answer = finding.answers.get(ident)
    return answer.answer if answer else "unknown"


def _questions(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(q for f in case.findings for q in f.answers))


def rows(case: Case) -> tuple[Row, ...]:
    """The answers, question by question in the order they were asked, equal verdicts told once."""
    first = lead(case)
    ordered = (first, *(finding for finding in case.findings if finding is not first))
    return tuple(row for ident in _questions(case) for row in _rows(ordered, ident))


def _rows(ordered: Sequence[Finding], ident: str) -> list[Row]:
    given = [(f.change.event_id, f.answers[ident]) for f in ordered if ident in f.answers]
    verdicts = dict.fromkeys(answer.answer for _, answer in given)
    made = [_row(ident, [g for g in given if g[1].answer == verdict], len(given)) for verdict in verdicts]
    return sorted(made, key=lambda row: _LOUDEST.index(row.tone))


def _row(ident: str, given: Sequence[tuple[EventId, Answer]], total: int) -> Row:
    first = given[0][1]
    said: dict[str, list[EventId]] = {}
    for event, answer in given:
        said.setdefault(answer.because, []).append(event)
    return Row(
        ident,
        words.question(ident),
        first.answer,
        words.tone(ident, first.answer),
        first.because,
        len(given),
        total,
        tuple((because, tuple(events)) for because, events in list(said.items())[1:]),
        _once(a.evidence for _, a in given),
        _alike(a.against for _, a in given),
        _once(a.missing for _, a in given),
        ", ".join(dict.fromkeys(a.kind for _, a in given if a.kind)),
    )


def _once(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _alike(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The first of the texts that differ in their numbers only: six changes in six minutes say the same."""
    first: dict[str, str] = {}
    for text in _once(parts):
        first.setdefault(re.sub(r"\d+", "0", text), text)
    return tuple(first.values())


def against(case: Case) -> tuple[str, ...]:
    """What speaks against the decision, by the finding that made it and then the others that were decided alike."""
    alike = [f for f in (lead(case), *case.findings) if f.decision.action == case.action]
    return _alike(f.decision.against for f in alike)[:6]


def missing(case: Case) -> tuple[str, ...]:
    """What would settle the questions that the decision had to leave open."""
    return _once(f.decision.missing for f in (lead(case), *case.findings))


def zone(case: Case) -> tzinfo | None:
    """The time zone of the actor that the case is told by."""
    return lead(case).local_time.tzinfo


def timeline(case: Case) -> tuple[TimelineEntry, ...]:
    """The moments around all findings in order, each once."""
    entries = dict.fromkeys(entry for finding in case.findings for entry in finding.timeline)
    return tuple(sorted(entries, key=lambda e: (e.time, e.event_id)))


def thinned(entries: Sequence[TimelineEntry], most: int) -> tuple[tuple[TimelineEntry, ...], int]:
    """At most so many entries, and how many were left out. Changes and uses stay longest, then the earliest."""
    if len(entries) <= most:
        return tuple(entries), 0
    ranked = sorted(range(len(entries)), key=lambda i: (entries[i].kind not in ("change", "use"), i))
    return tuple(entries[i] for i in sorted(ranked[:most])), len(entries) - most


def commands(case: Case) -> tuple[Command, ...]:
    """The containment of all findings, each command once: the first steps of all, then the second ones, and so on.

    The steps of each finding are least destructive first, and so the whole is too.
    """
    steps = zip_longest(*(finding.containment for finding in case.findings), fillvalue="")
    texts = _once(filter(None, step) for step in steps)
    return tuple(Command(text, visible(text) == text) for text in texts)


def parent(finding: Finding, case: Case) -> str:
    """Which change made the credential that acted: ``#1`` within the case, else its event id; "" for none."""
    if finding.parent_event_id is None:
        return ""
    for number, other in enumerate(case.findings, 1):
        if other.change.event_id == finding.parent_event_id:
            return f"#{number}"
    return finding.parent_event_id


def begun(case: Case) -> datetime:
    """The time that the case is listed under: that of its first change."""
    return case.findings[0].change.time
