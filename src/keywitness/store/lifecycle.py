"""The life of a case: new → triage → escalated → contained → closed, and the few ways back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from keywitness.store import RefusedError

Status = Literal["new", "triage", "escalated", "contained", "closed"]
CloseReason = Literal["duplicate", "false_positive", "true_positive", "benign_positive", "automated_closure", "other"]

STATUSES: Final[tuple[Status, ...]] = ("new", "triage", "escalated", "contained", "closed")

MOVES: Final[Mapping[Status, tuple[Status, ...]]] = {
    "new": ("triage", "escalated", "closed"),
    "triage": ("escalated", "closed"),
    "escalated": ("contained", "triage", "closed"),
    "contained": ("escalated", "closed"),
    "closed": ("triage",),
}
"""From each status to which. A case that a person opens again is in triage; one that new facts open again is new."""

BACK: Final[frozenset[tuple[Status, Status]]] = frozenset(
    {("escalated", "triage"), ("contained", "escalated"), ("closed", "triage")}
)
"""The moves back, which need a reason: Tier 2 sends it back, the intruder returned, it was closed too early."""

VERDICTS: Final[Mapping[int, str]] = {
    1: "False Positive",
    2: "True Positive",
    3: "Disregard",
    4: "Suspicious",
    5: "Benign",
    6: "Test",
    7: "Insufficient Data",
    8: "Security Risk",
    9: "Managed Externally",
    10: "Duplicate",
    99: "Other",
}
"""``verdict_id`` of OCSF's Incident Finding (2005), https://schema.ocsf.io/1.8.0/classes/incident_finding."""

CLOSE_REASONS: Final[Mapping[CloseReason, int]] = {
    "duplicate": 10,
    "false_positive": 1,
    "true_positive": 2,
    "benign_positive": 5,
    "automated_closure": 3,
    "other": 99,
}
"""Elastic Security's close reasons, each with the OCSF verdict that it gets unless the analyst says another."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ended. ``verdict_id`` is a key of :data:`VERDICTS`."""

    reason: CloseReason
    verdict_id: int
    comment: str


def check_move(case_id: str, old: Status, new: Status, reason: str) -> None:
    """Raises RefusedError for a move that the life cycle doesn't have, or a move back without a reason."""
    if new not in MOVES[old]:
        raise RefusedError(f"{case_id} is {old} and can't become {new}: from there it can be {', '.join(MOVES[old])}")
    if (old, new) in BACK and not reason.strip():
        raise RefusedError(f"{case_id} goes back from {old} to {new} only with a reason")


def closing(reason: str, verdict_id: int | None, comment: str) -> Closing:
    """Raises RefusedError for a reason or verdict that there isn't, and for "other" without a comment."""
    known = next((r for r in CLOSE_REASONS if r == reason), None)
    if known is None:
        raise RefusedError(f"{reason!r} is no reason to close; there are {', '.join(CLOSE_REASONS)}")
    verdict = CLOSE_REASONS[known] if verdict_id is None else verdict_id
    if verdict not in VERDICTS:
        raise RefusedError(f"{verdict} is no verdict; there are {', '.join(f'{n} {v}' for n, v in VERDICTS.items())}")
    if known == "other" and not comment.strip():
        raise RefusedError("closing for another reason needs a comment that says which")
    return Closing(known, verdict, comment)
