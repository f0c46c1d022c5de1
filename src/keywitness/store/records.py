"""What the store hands out. All frozen; times are UTC. Texts that came from logs may be hostile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from keywitness.audit import Entry
from keywitness.model import Action, Finding, Priority, Verdict
from keywitness.store.lifecycle import Status


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the queue shows it. ``version`` goes back with each change of it.

    ``campaign`` groups the cases of one actor. ``due_at`` is when the clock that runs now ends: to be taken up, then to
    be closed; a paused clock stands still since ``paused_at``. ``used`` is whether any new credential was used.
    ``facts_at`` is when triage last changed what is known, ``first_at`` and ``last_at`` are times of the changes.
    ``acknowledged_after``, ``resolved_after`` and ``lag`` (from the oldest change to the report) are whole seconds.
    """

    case_id: str
    version: int
    status: Status
    decision: Action
    priority: Priority
    priority_by: str
    reasons: tuple[str, ...]
    unknowns: tuple[str, ...]  # questions without an answer
    title: str
    sentence: str
    operations: str
    providers: tuple[str, ...]
    campaign: str
    used: bool
    findings: int
    assignee: str | None
    reported_at: datetime
    facts_at: datetime
    updated_at: datetime
    first_at: datetime
    last_at: datetime
    clock_from: datetime
    acknowledged_at: datetime | None
    escalated_at: datetime | None
    contained_at: datetime | None
    closed_at: datetime | None
    due_at: datetime
    paused_at: datetime | None
    paused_seconds: int
    pause_reason: str
    acknowledged_after: int | None
    resolved_after: int | None
    lag: int
    reopens: int
    close_reason: str | None
    verdict_id: int | None
    merged_into: str | None

    @property
    def is_open(self) -> bool:
        return self.status != "closed"

    def late(self, now: datetime) -> bool:
        """Whether the running clock has ended. A closed or paused case is never late."""
        return self.is_open and self.paused_at is None and now > self.due_at


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A judged change as triage left it. ``json`` is its line of ``--json``, byte for byte, without the line end."""

    finding_id: str
    finding: Finding
    json: str
    sha256: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """``number`` is that of its entry in the record; so it is below."""

    number: int
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file without its content, which :func:`~keywitness.store.writing.content` gives. The name may be hostile."""

    number: int
    author: str
    at: datetime
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Overturn:
    """An answer that an analyst set aside, with the reason. Triage's own answer stays beside it."""

    number: int
    author: str
    at: datetime
    finding_id: str
    question: str
    was: Verdict
    now: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All of a case. ``findings`` are the oldest ``limit`` that were asked for, ``case.findings`` counts all.

    ``overturns`` and ``notes`` are oldest first, ``record`` is newest first and holds at most the entries asked for.
    ``aliases`` are other ids that lead here: of merged cases, and those that triage gave it since.
    """

    case: CaseRow
    findings: tuple[StoredFinding, ...]
    notes: tuple[Note, ...]
    attachments: tuple[Attachment, ...]
    overturns: tuple[Overturn, ...]
    aliases: tuple[str, ...]
    record: tuple[Entry, ...]

    def answer(self, stored: StoredFinding, question: str) -> tuple[Verdict, Overturn | None]:
        """What counts for a question: the analyst's last word on it, or else triage's; and the overturn, if any."""
        said = [o for o in self.overturns if (o.finding_id, o.question) == (stored.finding_id, question)]
        if said:
            return said[-1].now, said[-1]
        given = stored.finding.answers.get(question)
        return (given.answer if given else "unknown"), None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the queue. ``after`` asks for the next one; None: this is the last."""

    cases: tuple[CaseRow, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class View:
    """A saved set of filters; ``shared`` with the whole tenant."""

    owner: str
    name: str
    filters: Mapping[str, object]
    shared: bool
