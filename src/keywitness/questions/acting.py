"""Whom a ticket may name for a change: its actor, and for a session whoever it was issued to.

Who assumes a role chooses the session's name, maybe that of somebody with a ticket. The name counts only where a log
shows that this very person assumed it, or that an identity provider named it; else the role does, and those behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from keywitness.context.identities import Directory
from keywitness.model import CredentialChange, Party, PrincipalId
from keywitness.questions.deployed import hands

Acting = Sequence[tuple[PrincipalId, Party]]

_CHOOSE: Final = frozenset({"user", "role", "root"})
"""Callers that name a session as they like; an identity provider names it after the one who signed in."""


UNPROVEN: Final = "who assumes a role chooses the session's name, and no log shows who began this session"


def beginning(change: CredentialChange) -> str:
    """The record that would say who began a session."""
    session = change.credential_used or change.session_id or "of the change"
    return f"who began the session {session}: the record of its beginning, from {change.tenant} or its caller's account"


def acting(change: CredentialChange, issued: Mapping[str, CredentialChange], directory: Directory) -> Acting:
    """The actor and those behind it, by principal. ``issued``: the record of each session's beginning, by its key."""
    found: list[tuple[PrincipalId, Party]] = []
    parties = hands(change, issued)
    for party, maker in zip(parties, (*parties[1:], None), strict=True):
        principal = directory.resolve(party.id, party.name, change.tenant)
        role = role_of(party)
        if role and _borrowed(principal, maker, change, directory):
            party, principal = role, directory.resolve(role.id, role.name, change.tenant)
        found.append((principal, party))
    return found


def unproven(change: CredentialChange, issued: Mapping[str, CredentialChange]) -> bool:
    """Whether the actor is a session that names a person, and no log shows who began it."""
    return role_of(change.actor) is not None and len(hands(change, issued)) == 1


def _borrowed(principal: PrincipalId, maker: Party | None, change: CredentialChange, directory: Directory) -> bool:
    if maker is None:
        return True
    return maker.type in _CHOOSE and principal != directory.resolve(maker.id, maker.name, change.tenant)


def role_of(party: Party) -> Party | None:
    """The role of a session whose name its caller chose, a person's (``role/NAME/person``); None for other parties.

    A session that is vouched for goes by the person's name alone.
    """
    role, slash, person = (party.id or "").rpartition("/")
    name = role.rpartition("/")[2]
    if party.type != "role" or not slash or ":role/" not in role or party.name != f"{name}/{person}":
        return None
    return replace(party, id=role, name=name)


def named(text: str, parties: Acting, directory: Directory) -> bool:
    """Whether a ticket's text means one of the parties."""
    return any(directory.same(text, principal, party.id, party.name) for principal, party in parties)
