"""Changes of one actor, session, source or lineage are one case."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from keywitness.model import Action, Case, CaseId, CredentialChange, EventId, Finding

NEAR: Final = timedelta(hours=24)


def hand(change: CredentialChange, shared: frozenset[str]) -> list[Hashable]:
    """What identifies the hand that made a change: the principal, session, key and address.

    Addresses in ``shared`` (offices, VPNs) identify nobody.
    """
    keys: list[Hashable] = [("actor", change.actor_principal)] if change.actor.id or change.actor.name else []
    if change.session_id:
        keys.append(("session", change.session_id))
    if change.credential_used:
        keys.append(("key", change.credential_used))
    if change.source_ip and change.source_ip not in shared:
        keys.append(("address", change.source_ip))
    return keys


def siblings(changes: Sequence[CredentialChange], shared: frozenset[str]) -> list[list[CredentialChange]]:
    """For each change (oldest first), the others by the same hand within 24 hours either side."""
    by_key = _by_hand(changes, shared)
    found = []
    for index, change in enumerate(changes):
        near = {
            other
            for key in hand(change, shared)
            for other in by_key[key]
            if other != index and abs(changes[other].time - change.time) <= NEAR
        }
        found.append([changes[other] for other in sorted(near)])
    return found


def group(
    changes: Sequence[CredentialChange], shared: frozenset[str], parents: Mapping[EventId, CredentialChange]
) -> list[CaseId]:
    """The case of each change: linked by hand within 24 hours of the next, or by lineage, however long after."""
    leader = list(range(len(changes)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    def join(one: int, other: int) -> None:
        first, second = sorted((find(one), find(other)))
        leader[second] = first

    for indexes in _by_hand(changes, shared).values():
        for one, other in pairwise(indexes):
            if changes[other].time - changes[one].time <= NEAR:
                join(one, other)
    position = {change.event_id: index for index, change in enumerate(changes)}
    for index, change in enumerate(changes):
        parent = parents.get(change.event_id)
        if parent is not None and parent.event_id in position:
            join(index, position[parent.event_id])
    return [case_id(changes[find(index)].event_id) for index in range(len(changes))]


def case_id(first: EventId) -> CaseId:
    """Made from the case's first event, so that the same logs give the same case."""
    digest = hashlib.sha256(first.encode("utf-8", errors="replace")).digest()
    return CaseId("KW-" + base64.b32encode(digest).decode()[:8])


def cases(findings: Iterable[Finding]) -> tuple[Case, ...]:
    """The cases, escalated first, then by priority, then newest last."""
    by_case: dict[CaseId, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_case[finding.case_id].append(finding)
    order: dict[Action, int] = {"escalate": 0, "review": 1, "close": 2}
    made = [
        Case(ident, tuple(sorted(fs, key=lambda f: (f.change.time, f.change.event_id))))
        for ident, fs in by_case.items()
    ]
    return tuple(sorted(made, key=lambda c: (order[c.action], c.priority, c.findings[0].change.time, c.case_id)))


def _by_hand(changes: Sequence[CredentialChange], shared: frozenset[str]) -> dict[Hashable, list[int]]:
    by_key: dict[Hashable, list[int]] = defaultdict(list)
    for index, change in enumerate(changes):
        for key in hand(change, shared):
            by_key[key].append(index)
    return by_key
