"""Whom a ticket may name for a change: its actor, and for a session whoever it was issued to.

Who assumes a role chooses the session's name, maybe that of somebody with a ticket. Where a log shows who assumed it,
the name counts for nothing: the role does, and those behind it.
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


def acting(change: CredentialChange, issued: Mapping[str, CredentialChange], directory: Directory) -> Acting:
    """The actor and those behind it, by principal. ``issued``: the record of each session's beginning, by its key."""
    found: list[tuple[PrincipalId, Party]] = []
    parties = hands(change, issued)
    for party, maker in zip(parties, (*parties[1:], None), strict=True):
        principal = directory.resolve(party.id, party.name, change.tenant)
        chosen = maker is not None and maker.type in _CHOOSE and _role(party) is not None
        if chosen and maker and principal != directory.resolve(maker.id, maker.name, change.tenant):
            party = _role(party) or party
            principal = directory.resolve(party.id, party.name, change.tenant)
        found.append((principal, party))
    return found


def _role(party: Party) -> Party | None:
    """The role of a session that is named after a person (``role/NAME/person``); None for any other party."""
    role, slash, person = (party.id or "").rpartition("/")
    if party.type != "role" or not slash or person != party.name or ":role/" not in role:
        return None
    return replace(party, id=role, name=role.rpartition("/")[2])


def named(text: str, parties: Acting, directory: Directory) -> bool:
    """Whether a ticket's text means one of the parties."""
    return any(directory.same(text, principal, party.id, party.name) for principal, party in parties)
