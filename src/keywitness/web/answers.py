"""The answers of a case as the page shows them: five rows and what came after, each with what lies below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from keywitness.model import Case, Verdict
from keywitness.render import story, words
from keywitness.render.story import Row
from keywitness.store.records import CaseFile, Overturn

GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("Change request", ("change_request",)),
    ("Time and place", ("off_hours", "unusual_location", "unusual_client")),
    ("Actor's history", ("suspicious_history", "threat_intel")),
    ("Normal for this actor", ("atypical_actor", "pattern")),
    ("Identity and role", ("identity_known",)),
    ("Since then", ("used_since", "others_affected")),
)
_LOUDEST: Final[tuple[words.Tone, ...]] = ("alarm", "open", "calm")


@dataclass(frozen=True, slots=True)
class Told:
    """One answer as triage gave it, and what analysts made of it. ``tone`` is that of what counts now."""

    row: Row
    overturns: tuple[Overturn, ...]
    verdict: Verdict
    tone: words.Tone
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the page, told by its loudest answer."""

    name: str
    answers: tuple[Told, ...]

    @property
    def loudest(self) -> Told:
        return min(self.answers, key=lambda told: _LOUDEST.index(told.tone))

    @property
    def evidence(self) -> int:
        return len({ident for told in self.answers for ident in told.row.evidence})

    @property
    def overturned(self) -> bool:
        return any(told.overturns for told in self.answers)


def groups(case: Case, file: CaseFile) -> tuple[Group, ...]:
    """In the order of the runbook; questions that this version of the page doesn't know come last."""
    rows = [_told(row, case, file) for row in story.rows(case)]
    known = {ident for _, idents in GROUPS for ident in idents}
    other = tuple(told for told in rows if told.row.ident not in known)
    made = [Group(name, tuple(t for t in rows if t.row.ident in idents)) for name, idents in GROUPS]
    return tuple(group for group in (*made, Group("Other", other)) if group.answers)


def _told(row: Row, case: Case, file: CaseFile) -> Told:
    said = [o for o in file.overturns if o.question == row.ident and o.finding_id in _with(row, file)]
    rests = dict.fromkeys(
        text
        for f in case.findings
        if row.ident in f.answers and f.answers[row.ident].answer == row.verdict
        for text in f.answers[row.ident].rests_on
    )
    verdict: Verdict = said[-1].now if said else row.verdict
    return Told(row, tuple(said), verdict, words.tone(row.ident, verdict), tuple(rests)[:6])


def _with(row: Row, file: CaseFile) -> set[str]:
    """The changes that triage gave this answer."""
    return {
        stored.finding_id
        for stored in file.findings
        if row.ident in stored.finding.answers and stored.finding.answers[row.ident].answer == row.verdict
    }


def concerned(file: CaseFile, question: str, was: str) -> Sequence[str]:
    """The changes of a case whose answer to a question is ``was`` now."""
    return [
        stored.finding_id
        for stored in file.findings
        if question in stored.finding.answers and file.answer(stored, question)[0] == was
    ]
