"""The records that pass between stages. All frozen; all times are UTC and aware.

Ids are the providers' own. An :class:`Answer` is ``yes``, ``no`` or
``unknown``; ``unknown`` names what is missing, and nothing turns it into a
``no``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NewType

from keywitness.errors import Reject, Source

EventId = NewType("EventId", str)
CaseId = NewType("CaseId", str)
PrincipalId = NewType("PrincipalId", str)

Change = Literal[
    "created", "uploaded", "enabled", "reset", "exposed", "issued", "rotated", "removed", "disabled", "housekeeping"
]
Scope = Literal["core", "adjacent", "lineage"]
Outcome = Literal["success", "failure", "unknown"]
Verdict = Literal["yes", "no", "unknown"]
Action = Literal["escalate", "review", "close"]
Priority = Literal["P1", "P2", "P3", "P4"]

ADDING: Final[frozenset[str]] = frozenset({"created", "uploaded", "enabled", "reset", "exposed", "issued", "rotated"})


@dataclass(frozen=True, slots=True)
class Party:
    """An actor or a target: the provider's id, the name people use, and the kind."""

    id: str | None
    name: str | None
    type: str | None

    def label(self) -> str:
        return self.name or self.id or "unknown"


@dataclass(frozen=True, slots=True)
class CredentialChange:
    """One audit record that matches a catalogue entry: who did what to which credential of whom."""

    event_id: EventId
    time: datetime
    provider: str
    log: str
    tenant: str | None
    region: str | None
    operation: str  # the catalogue's spelling
    operation_id: str  # the catalogue entry, e.g. aws.iam.create-access-key
    credential_type: str
    change: Change
    scope: Scope
    technique: str
    outcome: Outcome
    error: str | None
    actor: Party
    target: Party
    actor_principal: PrincipalId  # one id for one identity across clouds
    target_principal: PrincipalId
    credential_ids: tuple[str, ...]
    credential_used: str | None
    session_id: str | None
    source_ip: str | None
    source_service: str | None
    user_agent: str | None
    mfa: bool | None
    containment: str  # action id, e.g. aws.iam.disable-access-key; "" when nothing reverses it
    source: Source
    raw: Mapping[str, Any] = field(repr=False, hash=False, compare=False)
    remarks: tuple[str, ...] = ()
    copies: tuple[EventId, ...] = ()  # records in which other logs tell the same change

    @property
    def credential_id(self) -> str | None:
        return self.credential_ids[0] if self.credential_ids else None

    @property
    def is_self(self) -> bool:
        return self.actor_principal == self.target_principal


@dataclass(frozen=True, slots=True)
class Answer:
    """What one runbook question got for one change.

    ``because`` is one sentence with its number and lookback. ``evidence`` and
    ``against`` hold event, ticket or indicator ids and short statements;
    ``missing`` names the log or source that would settle an ``unknown``.
    """

    answer: Verdict
    because: str
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    kind: str = ""  # the finer result, e.g. the kind of change request
    rests_on: tuple[str, ...] = ()  # which log, whose, from when to when, and how long it was silent


@dataclass(frozen=True, slots=True)
class Decision:
    """Escalate, review or close, with the reasons, what speaks against, and the one fact that would flip it."""

    action: Action
    reasons: tuple[str, ...]
    priority: Priority
    because: str
    against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    flip: str = ""
    suppressed_by: str | None = None  # the suppression that made it a close


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One moment around a change, for the report: ``what`` is plain text, maybe hostile."""

    time: datetime
    what: str
    event_id: EventId
    kind: Literal["change", "use", "sign-in", "risk", "activity", "lifecycle"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One credential change, judged: a line of ``--json``.

    ``local_time`` is the change in the actor's own zone. ``containment`` are exact commands, least destructive first,
    with every value quoted for a POSIX shell.
    """

    change: CredentialChange
    answers: Mapping[str, Answer]
    decision: Decision
    case_id: CaseId
    parent_event_id: EventId | None
    sentence: str
    local_time: datetime
    place: str | None  # country, city and network of the source address, as text
    timeline: tuple[TimelineEntry, ...] = ()
    containment: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Changes of one actor, session, source or lineage, judged together. Never empty, oldest finding first."""

    case_id: CaseId
    findings: tuple[Finding, ...]

    @property
    def action(self) -> Action:
        order: tuple[Action, ...] = ("escalate", "review", "close")
        return min((f.decision.action for f in self.findings), key=order.index)

    @property
    def priority(self) -> Priority:
        return min(f.decision.priority for f in self.findings)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one log of one tenant covers in this run: an answer is only as good as this."""

    provider: str
    log: str
    tenant: str | None
    first: datetime
    last: datetime
    records: int
    days: int  # days with at least one record
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A finished run: cases (escalated first, then by priority and time), and what they rest on."""

    cases: tuple[Case, ...]
    coverage: tuple[Coverage, ...]
    rejects: tuple[Reject, ...]
    files: int
    records: int
    context: Mapping[str, str]  # part of the context -> file it came from, or "" when not given
    organisation: str
    version: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(
            sorted((f for c in self.cases for f in c.findings), key=lambda f: (f.change.time, f.change.event_id))
        )
