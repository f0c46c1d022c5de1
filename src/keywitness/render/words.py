"""The words for the ids that the stages hand over: questions, reasons, decisions, priorities and times."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal

from keywitness.model import Action, Priority, Verdict

Tone = Literal["alarm", "calm", "open"]

QUESTIONS: Final[Mapping[str, str]] = {
    "change_request": "Approved change?",
    "off_hours": "Outside usual hours?",
    "unusual_location": "Unusual location?",
    "suspicious_history": "Suspicious history?",
    "atypical_actor": "Unusual for this actor?",
    "pattern": "One of several?",
    "identity_known": "Actor and target known?",
    "unusual_client": "New client or device?",
    "threat_intel": "Indicator matched?",
    "used_since": "Credential used since?",
    "others_affected": "Others affected?",
}
"""Each question in the order of the runbook, so that YES and NO answer it."""

CALMING: Final = frozenset({"change_request", "identity_known"})
"""The questions whose YES speaks for a routine change; the YES of every other one speaks against it."""

REASONS: Final[Mapping[str, str]] = {
    "unauthorised": "Unauthorised",
    "atypical_actor": "Atypical actor",
    "pattern": "Pattern",
    "threat_intel": "Threat intelligence",
    "hostile_signs": "Hostile signs",
    "suspicious_history": "Suspicious history",
    "unusual_location": "Unusual location",
    "off_hours": "Off hours",
    "unusual_client": "Unusual client",
    "suppressed": "Suppressed",
}

MEANINGS: Final[Mapping[str, str]] = {
    "unauthorised": "no approved change covers it",
    "atypical_actor": "this actor does not make such changes",
    "pattern": "it is one of several by the same hand",
    "threat_intel": "an indicator matches",
    "hostile_signs": "signs that no approval excuses",
    "suspicious_history": "something suspicious came before it",
    "unusual_location": "the actor was never there before",
    "off_hours": "outside the actor's hours",
    "unusual_client": "a client the actor never used",
    "suppressed": "an analyst found it harmless before, and said until when",
}

ACTIONS: Final[Mapping[Action, str]] = {"escalate": "Escalate to Tier 2", "review": "Review", "close": "Close"}
SHORT: Final[Mapping[Action, str]] = {"escalate": "Escalate", "review": "Review", "close": "Close"}
DONE: Final[Mapping[Action, str]] = {"escalate": "to escalate", "review": "to review", "close": "closed"}

MARKS: Final[Mapping[Action, str]] = {"escalate": "▲", "review": "◆", "close": "●"}
"""A shape for each decision, beside the word, for those who can't tell the colours."""

TARGETS: Final[Mapping[Priority, str]] = {"P1": "15 minutes", "P2": "1 hour", "P3": "4 hours", "P4": "24 hours"}
"""Time to the first response; the defaults of AWS's triage guide."""


def question(ident: str) -> str:
    return QUESTIONS.get(ident) or _spaced(ident) + "?"


def reason(ident: str) -> str:
    return REASONS.get(ident) or _spaced(ident)


def meaning(ident: str) -> str:
    """The reason as half a sentence, or "" when the name says it all."""
    return MEANINGS.get(ident, "")


def _spaced(ident: str) -> str:
    words = ident.replace("_", " ")
    return words[:1].upper() + words[1:]


def tone(ident: str, verdict: Verdict) -> Tone:
    """What an answer does to the reader: speaks against the change, for it, or leaves the question open."""
    if verdict == "unknown":
        return "open"
    return "calm" if (verdict == "yes") == (ident in CALMING) else "alarm"


def count(number: int, noun: str) -> str:
    """``1 case``, ``1,204 records``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def iso(time: datetime) -> str:
    """ISO 8601 in UTC with Z; microseconds only when there are any."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def utc(time: datetime) -> str:
    """``2026-08-20 03:12:45 UTC``."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local(time: datetime, zone: tzinfo | None) -> str:
    """The time in the actor's zone, ``Thu 05:12 CEST`` or ``Thu 05:12 +02:00``; "" where it is UTC or not known."""
    there = time.astimezone(zone or UTC)
    if not there.utcoffset():
        return ""
    return f"{there:%a %H:%M} {(there.tzname() or there.strftime('%z')).removeprefix('UTC')}"


def both(time: datetime, zone: tzinfo | None) -> str:
    """``2026-08-20 03:12:45 UTC (Thu 05:12 CEST)``."""
    there = local(time, zone)
    return f"{utc(time)} ({there})" if there else utc(time)


def span(length: timedelta) -> str:
    """``40 seconds``, ``12 minutes``, ``5 hours``, ``3 days``: one unit, rounded."""
    seconds = max(0, round(length.total_seconds()))
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return count(round(seconds / size), noun)
    return count(seconds, "second")
