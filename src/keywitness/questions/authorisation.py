"""Whether a change ticket covers a change: five tests, each reported.

The tests are actor, target, action, time window, and approval state at the
time of the event. A ticket that isn't a standing one covers as many changes as
it says (one, if it says nothing): the tenth key is not covered by the ticket
for the first.
"""

import re
import tomllib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from math import isfinite
from types import MappingProxyType
from typing import Final, Literal

from keywitness.context import ChangeRequest, Deployment, Directory, Gap
from keywitness.model import CredentialChange, EventId
from keywitness.questions.acting import Acting, acting, named, unproven
from keywitness.questions.deployed import Deployed, hands, near
from keywitness.questions.nearly import doubt
from keywitness.questions.uses import add, spent

Kind = Literal[
    "approved",
    "approved after the fact",
    "out of scope",
    "not approved",
    "none found",
    "source unavailable",
    "deployed",
    "unproven",
]

TESTS: Final = ("actor", "target", "action", "window", "approval")
_APPROVED: Final = frozenset(
    [
        "approved",
        "authorized",
        "scheduled",
        "implement",
        "implementing",
        "implementation",
        "in_progress",
        "review",
        "closed",
        "complete",
        "completed",
        "closed_complete",
        "done",
        "resolved",
    ]
)
_CAMEL: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class Match:
    """One ticket against one change: which of the five tests passed."""

    ticket: ChangeRequest
    passed: frozenset[str]
    late: bool  # created or approved only after the event

    def failed(self) -> tuple[str, ...]:
        return tuple(test for test in TESTS if test not in self.passed)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The best ticket for a change and what came of it. ``searched``: how many tickets were looked at."""

    kind: Kind
    best: Match | None
    used_by: str | None  # the event that had used the ticket up
    searched: int
    deployment: Deployed | None = None  # the best resource of a deployment, where no ticket covers the change

    @property
    def covered(self) -> bool:
        return self.kind in ("approved", "deployed")

    @property
    def known(self) -> bool:
        """Whether every source that may hold a ticket for the change was read."""
        return self.kind != "source unavailable"


def authorise(
    changes: Sequence[CredentialChange],
    tickets: Sequence[ChangeRequest] | None,
    directory: Directory,
    deployments: Sequence[Deployment] = (),
    issued: Mapping[str, CredentialChange] = MappingProxyType({}),
    gaps: Sequence[Gap] = (),
    back: Mapping[EventId, datetime] = MappingProxyType({}),
) -> list[Authorisation]:
    """One result per change, in order. ``changes`` must be oldest first: earlier ones use tickets up.

    Tickets come first, then deployments. ``tickets`` is None when no source of them was read; ``gaps`` are sources that
    weren't read whole; ``issued`` is what :func:`keywitness.questions.deployed.sessions` says, and ``back`` what
    :func:`keywitness.questions.uses.taken_back` does.
    """
    used: dict[Hashable, list[CredentialChange]] = {}
    searched = len({ticket.id for ticket in tickets or ()})
    results = []
    for change in changes:
        parties = acting(change, issued, directory)
        matches = [_match(change, ticket, directory, parties) for ticket in tickets or ()]
        close = [m for m in matches if len(m.passed - {"approval"}) >= 3]
        keys = {_allowance(m.ticket) for m in close if not m.failed() and isfinite(_uses(m.ticket))}
        left = {key: spent(change, used.get(key, ()), back) for key in keys}
        result = _judge(change, close, left, searched)
        if deployments and not result.covered:
            resources = near(change, deployments, directory, hands(change, issued))
            result = _with_deployment(result, [r for r in resources if r.key not in used])
        if not result.covered and (tickets is None or any(gap.covers(change.time) for gap in gaps)):
            result = replace(result, kind="source unavailable")
        elif not result.covered and unproven(change, issued):
            result = _if_it_was(result, change, tickets or (), directory)
        if result.covered and change.outcome == "success":
            add(used.setdefault(_by(result), []), change)
        results.append(result)
    return results


def _if_it_was(
    result: Authorisation, change: CredentialChange, tickets: Sequence[ChangeRequest], directory: Directory
) -> Authorisation:
    """With the ticket that would cover the change, if it was the person whom the session names."""
    person = [(change.actor_principal, change.actor)]
    full = (m for m in (_match(change, ticket, directory, person) for ticket in tickets) if not m.failed())
    found = next(full, None)
    return replace(result, kind="unproven", best=found) if found else result


def _with_deployment(result: Authorisation, resources: Sequence[Deployed]) -> Authorisation:
    best = max(resources, key=lambda resource: len(resource.passed), default=None)
    covers = best is not None and len(best.passed) == len(TESTS)
    return replace(result, kind="deployed" if covers else result.kind, deployment=best)


def _by(result: Authorisation) -> Hashable:
    """What a covered change uses up."""
    if result.kind == "deployed":
        return result.deployment.key if result.deployment else None
    return _allowance(result.best.ticket) if result.best else None


def _judge(
    change: CredentialChange,
    matches: Sequence[Match],
    used: Mapping[Hashable, list[CredentialChange]],
    searched: int,
) -> Authorisation:
    full = [m for m in matches if not m.failed()]
    for match in full:
        if len(used.get(_allowance(match.ticket), ())) < _uses(match.ticket):
            return Authorisation("approved", match, None, searched)
    if full:
        before = used.get(_allowance(full[0].ticket))
        return Authorisation("out of scope", full[0], before[0].event_id if before else None, searched)

    def closeness(m: Match) -> tuple[int, bool, bool, datetime]:
        meant = bool(doubt(m.failed(), m.ticket, change))
        return len(m.passed), meant, "approval" not in m.passed, m.ticket.start

    best = max(matches, key=closeness, default=None)
    if best is None:
        return Authorisation("none found", None, None, searched)
    if best.failed() != ("approval",):
        return Authorisation("out of scope", best, None, searched)
    return Authorisation("approved after the fact" if best.late else "not approved", best, None, searched)


def _allowance(ticket: ChangeRequest) -> Hashable:
    """What is used up: a number that the ticket names is the whole ticket's; without one, each target has its own,
    because a ticket for three targets stands in three rows. Rows that differ in the actor alone are one: either may.
    """
    row = (ticket.id, ticket.target, ticket.operation, ticket.start, ticket.end)
    return row if ticket.max_uses is None else ticket.id


def _uses(ticket: ChangeRequest) -> float:
    if ticket.max_uses is not None:
        return ticket.max_uses
    return float("inf") if ticket.standing else 1


def _match(change: CredentialChange, ticket: ChangeRequest, directory: Directory, parties: Acting) -> Match:
    target = change.target
    own_approval = named(ticket.approver, [*parties, (change.actor_principal, change.actor)], directory)
    known_since = max((t for t in (ticket.created, ticket.approved_at) if t), default=None)
    late = known_since is not None and known_since > change.time
    results = {
        "actor": named(ticket.actor, parties, directory),
        "target": directory.same(ticket.target, change.target_principal, target.id, target.name),
        "action": action_fits(ticket.operation or ticket.summary, change),
        "window": ticket.start <= change.time <= ticket.end,
        "approval": _approved(ticket.status) and not late and not own_approval,
    }
    return Match(
        ticket, frozenset(test for test, passed in results.items() if passed), late and _approved(ticket.status)
    )


def _approved(status: str) -> bool:
    return re.sub(r"\W+", "_", status.strip().lower()) in _APPROVED


def action_fits(text: str, change: CredentialChange) -> bool:
    """Whether a ticket's words for the action mean this operation.

    An event name must be the operation's own; free words must all be among the words for the operation and its
    credential type, so that "application secret" fits and "DeleteAccessKey" doesn't fit a creation.
    """
    wanted = text.strip().casefold()
    if not wanted:
        return False
    name = change.operation.casefold()
    tail = re.split(r"[:./]", name)[-1]
    if any(fnmatchcase(form, wanted) for form in (name, tail, change.operation_id)):
        return True
    tokens = _tokens(text)
    return bool(tokens) and tokens <= _tokens(change.operation) | _tokens(change.credential_type) | _words(
        change.credential_type
    )


def _tokens(text: str) -> frozenset[str]:
    return frozenset(t.lower().removesuffix("s") for t in _CAMEL.findall(text.replace("SSH", "Ssh"))) - {
        "iam",
        "a",
        "for",
    }


@lru_cache(maxsize=256)
def _words(credential_type: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in _vocabulary().get(credential_type, ()))


@lru_cache(maxsize=1)
def _vocabulary() -> Mapping[str, list[str]]:
    text = files(__package__).joinpath("words.toml").read_text("utf-8")
    loaded: dict[str, list[str]] = tomllib.loads(text)["words"]
    return loaded
