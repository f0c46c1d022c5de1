"""The whole tree of a credential: the sign-in or key it began with, the sessions and credentials made, their uses.

Where :mod:`keywitness.lineage` names one parent, this shows the family: sessions too, at any depth, across clouds.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from keywitness.behaviour.usage import Use
from keywitness.lineage import Makers, SignIn, is_session
from keywitness.model import ADDING, CredentialChange, EventId, Party

DEEPEST: Final = 24
"""Generations that are told apart; a daemon that renews its session from its last one makes thousands."""

Key = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a tree begins, because no log shows an earlier link.

    ``credential``: a long-lived key or secret that nobody is seen to have made. ``sign-in``: a person's, which began
    the session. ``session``: a temporary credential that no log shows being issued. ``principal``: no more than who.
    """

    kind: Literal["credential", "sign-in", "session", "principal"]
    actor: Party
    credential: str | None
    sign_in: SignIn | None


@dataclass(frozen=True, slots=True)
class Node:
    """A change of the tree, with what its credentials did and made.

    ``uses`` are the calls they signed, ``ends`` the removals and switches of them, ``alike`` further sessions of the
    same role by the same hand, none of which made anything.
    """

    change: CredentialChange
    children: tuple["Node", ...]
    uses: tuple[Use, ...]
    ends: tuple[CredentialChange, ...]
    alike: tuple[CredentialChange, ...] = ()

    def walk(self, depth: int = 1) -> Iterator[tuple[int, "Node"]]:
        """This node and all below it, each before its children, with its depth."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class Tree:
    """All that came of one origin, oldest first."""

    origin: Origin
    children: tuple[Node, ...]

    def walk(self) -> Iterator[tuple[int, Node]]:
        """All nodes with their depth, from 1."""
        for child in self.children:
            yield from child.walk()

    def credentials(self) -> frozenset[str]:
        """The ids of all credentials in the tree."""
        made = {key for _, node in self.walk() for c in (node.change, *node.alike) for key in c.credential_ids}
        return frozenset(made | ({self.origin.credential} if self.origin.credential else set()))


def trees(
    wanted: Iterable[EventId],
    changes: Sequence[CredentialChange],
    sign_ins: Iterable[SignIn] = (),
    uses: Mapping[str, Sequence[Use]] | None = None,
) -> tuple[Tree, ...]:
    """The trees that the changes ``wanted`` belong to, whole: each origin once, with all that came of it.

    ``changes``: all of the run, oldest first, removals too. ``uses``: by credential id.
    """
    makers = Makers(changes, sign_ins)
    added = [c for c in changes if c.change in ADDING]
    above = _links(added, makers)
    asked = frozenset(wanted)
    asked_tops = {key_of(_path(c, above)[-1]) for c in added if c.event_id in asked}
    origins: dict[Key, tuple[Origin, list[CredentialChange]]] = {}
    for change in added:
        if key_of(change) not in above:
            key, origin = _origin(change, makers, key_of(change) in asked_tops)
            origins.setdefault(key, (origin, []))[1].append(change)
    nodes = _Nodes(added, above, changes, uses or {})
    return tuple(
        Tree(origin, nodes.of(tops))
        for origin, tops in origins.values()
        if any(key_of(top) in asked_tops for top in tops)
    )


def key_of(change: CredentialChange) -> Key:
    """What tells changes apart: one record may be several changes, and one id may stand in several records."""
    return (change.event_id, change.operation_id, change.target.id, change.time)


def _links(added: Sequence[CredentialChange], makers: Makers) -> dict[Key, CredentialChange]:
    """The maker of each change that has one; a link that would close a circle is left out."""
    above: dict[Key, CredentialChange] = {}
    for change in added:
        maker = makers.step(change)
        if maker is not None and all(key_of(c) != key_of(change) for c in _path(maker, above)):
            above[key_of(change)] = maker
    return above


def _path(change: CredentialChange, above: Mapping[Key, CredentialChange]) -> list[CredentialChange]:
    """The change, its maker, and so on to the top."""
    path = [change]
    while (maker := above.get(key_of(path[-1]))) is not None:
        path.append(maker)
    return path


def _origin(change: CredentialChange, makers: Makers, asked: bool) -> tuple[Key, Origin]:
    """Where a change without a maker comes from, and what makes two origins one.

    Of a principal's other changes nothing is known to belong together, so those not ``asked`` for stay apart.
    """
    temporary = change.session_id is not None or change.credential_used is None
    secret = None if change.credential_used else makers.sign_in(change, with_credential=True)
    if secret or not temporary:
        key = secret.credential if secret else change.credential_used
        return ("credential", key), Origin("credential", change.actor, key, secret)
    sign_in = makers.sign_in(change, with_credential=False)
    if sign_in:
        return ("sign-in", sign_in.event_id), Origin("sign-in", change.actor, change.credential_used, sign_in)
    if change.credential_used:
        return ("session", change.credential_used), Origin("session", change.actor, change.credential_used, None)
    return ("principal", change.actor_principal, asked), Origin("principal", change.actor, None, None)


class _Nodes:
    """Builds nodes from the links between changes."""

    def __init__(
        self,
        added: Sequence[CredentialChange],
        above: Mapping[Key, CredentialChange],
        changes: Sequence[CredentialChange],
        uses: Mapping[str, Sequence[Use]],
    ) -> None:
        self._uses = uses
        self._below: dict[Key, list[CredentialChange]] = defaultdict(list)
        self._ends: dict[str, list[CredentialChange]] = defaultdict(list)
        for change in added:
            path = _path(change, above)
            if len(path) > 1:
                self._below[key_of(path[max(1, len(path) - DEEPEST)])].append(change)
        for change in changes:
            if change.change in ("removed", "disabled") and change.outcome == "success":
                for key in change.credential_ids or (_account(change),):
                    self._ends[key].append(change)

    def of(self, changes: Sequence[CredentialChange]) -> tuple[Node, ...]:
        """The nodes of ``changes``, with the sessions alike among them told once."""
        made: list[Node] = []
        first: dict[Key, int] = {}
        told: set[str] = set()
        for change in changes:
            if is_session(change) and told.intersection(change.credential_ids):
                continue  # a session that two accounts log
            told.update(change.credential_ids)
            node = self._node(change)
            kind = (change.operation, change.target_principal, change.actor_principal, change.outcome)
            if is_session(change) and not node.children and kind in first:
                one = made[first[kind]]
                made[first[kind]] = replace(one, alike=(*one.alike, change), uses=(*one.uses, *node.uses))
                continue
            if is_session(change) and not node.children:
                first[kind] = len(made)
            made.append(node)
        return tuple(made)

    def _node(self, change: CredentialChange) -> Node:
        uses = (use for key in change.credential_ids for use in self._uses.get(key, ()))
        keys = (*change.credential_ids, *([_account(change)] if change.credential_type == "account" else []))
        ends = dict.fromkeys(end for key in keys for end in self._ends.get(key, ()) if end.time >= change.time)
        below = self._below.get(key_of(change), ())
        return Node(change, self.of(below), tuple(sorted(uses, key=lambda u: (u.first, u.first_event))), tuple(ends))


def _account(change: CredentialChange) -> str:
    return f"account of {change.target_principal}"
