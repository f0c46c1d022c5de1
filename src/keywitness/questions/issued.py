"""Sessions issued with a new credential (AssumeRole, GetSessionToken and the like), at any depth, and what they did.

Whoever holds a key for a minute may hold its sessions for hours: taking back
the key doesn't end them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from keywitness.behaviour.usage import Use
from keywitness.model import CredentialChange, EventId
from keywitness.words import counted

_SHOWN: Final = 4  # names, addresses


@dataclass(frozen=True, slots=True)
class Issued:
    """A session that the credential started, directly or by way of another session, and what its own key signed."""

    change: CredentialChange
    uses: tuple[Use, ...]


def sessions_of(
    findings: Iterable[CredentialChange], changes: Sequence[CredentialChange]
) -> Mapping[EventId, tuple[CredentialChange, ...]]:
    """The sessions below each finding that has some, oldest first; each session once, however often it is logged."""
    started: dict[str, list[CredentialChange]] = defaultdict(list)
    for change in changes:
        if change.change == "issued" and change.outcome == "success" and change.credential_used:
            started[change.credential_used].append(change)
    found = {}
    for finding in findings if started else ():
        seen: dict[str, CredentialChange] = {}
        _descend(finding, started, seen)
        if sessions := tuple(dict.fromkeys(sorted(seen.values(), key=lambda c: (c.time, c.event_id)))):
            found[finding.event_id] = sessions
    return found


def _descend(
    finding: CredentialChange, started: Mapping[str, Sequence[CredentialChange]], seen: dict[str, CredentialChange]
) -> None:
    waiting, own = list(finding.credential_ids), set(finding.credential_ids)
    while waiting:
        for session in started.get(waiting.pop(), ()):
            fresh = [key for key in session.credential_ids if key not in seen and key not in own]
            if session.time >= finding.time and fresh:
                seen |= dict.fromkeys(fresh, session)
                waiting += fresh


def say(sessions: Sequence[Issued]) -> str:
    """``2 sessions were issued with it (Admin), first at … UTC; they made 3 calls from …``; "" for none."""
    if not sessions:
        return ""
    first, uses = sessions[0].change.time, [use for session in sessions for use in session.uses]
    whom = _few(session.change.target.label() for session in sessions)
    were = "session was" if len(sessions) == 1 else "sessions were"
    issued = f"{len(sessions)} {were} issued with it ({whom}), first at {first:%Y-%m-%d %H:%M} UTC"
    if not uses:
        return f"{issued}; no log shows a call of theirs"
    calls, start = sum(use.count for use in uses), min(uses, key=lambda use: (use.first, use.first_event))
    where = _few(use.source_ip or "a cloud service" for use in uses)
    return f"{issued}; they made {counted(calls, 'call')} from {where}, the first {start.first_operation}"


def _few(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"{', '.join(known[:_SHOWN])}{more}"
