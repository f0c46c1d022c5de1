"""A credential makes a credential: which change created the credential or principal that acted, and the whole tree.

Temporary sessions (AssumeRole and the like) are climbed through to the
long-lived credential that started them; the tree shows them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keywitness.model import ADDING, CredentialChange, EventId, PrincipalId

RECENT: Final = timedelta(days=30)
"""A principal whose account or password was made by someone else this recently acts as that change's child."""

SIGNED_IN: Final = timedelta(hours=24)
"""How long a sign-in can act: Entra's longest access token, under continuous access evaluation, lives 28 hours and
its usual one 60 to 90 minutes; AWS console sessions end after 12 hours.
"""

SIGN_IN_TYPES: Final = frozenset(
    {"console_password", "user_password", "temporary_access_pass", "account", "app_credential"}
)
"""What lets its holder sign in as another principal: whoever was given one lately may be its giver."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A successful sign-in. ``credential`` is the key or secret it was made with, where the log names one."""

    event_id: EventId
    time: datetime
    principal: PrincipalId
    actor: str
    credential: str | None
    session_id: str | None
    source_ip: str | None
    log: str


class Makers:
    """The successful additions of a run, findable by what they made, and the sign-ins that used it."""

    def __init__(self, changes: Sequence[CredentialChange], sign_ins: Iterable[SignIn] = ()) -> None:
        self._by_key: dict[str, CredentialChange] = {}
        self._by_principal: dict[str, list[CredentialChange]] = defaultdict(list)
        self._sign_ins: dict[str, list[SignIn]] = defaultdict(list)
        for change in changes:
            if change.change in ADDING and change.outcome == "success":
                for key in change.credential_ids:
                    known = self._by_key.setdefault(key, change)
                    if known.credential_used is None and change.credential_used and is_session(change):
                        self._by_key[key] = change  # the other account's record of the session, which names its key
                if not change.is_self and change.credential_type in SIGN_IN_TYPES:
                    self._by_principal[change.target_principal].append(change)
        for sign_in in sorted(sign_ins, key=lambda s: (s.time, s.event_id)):
            self._sign_ins[sign_in.principal].append(sign_in)

    def step(self, change: CredentialChange) -> CredentialChange | None:
        """The change, maybe a session, that made what signed this one; None when no log shows it."""
        sign_in = None if change.credential_used else self.sign_in(change, with_credential=True)
        key = change.credential_used or (sign_in.credential if sign_in else None)
        maker = self._by_key.get(key) if key else None
        if maker is not None:
            used_at = sign_in.time if sign_in else change.time
            return maker if maker.time <= used_at and maker.event_id != change.event_id else None
        return self._principal(change, key)

    def sign_in(self, change: CredentialChange, with_credential: bool) -> SignIn | None:
        """The actor's sign-in that most likely made this change: by its session, its address, then its time.

        Of several at the change's own address the first counts for a person, because it began the session.
        """
        near = [
            s
            for s in self._sign_ins.get(change.actor_principal, ())
            if timedelta(0) <= change.time - s.time <= SIGNED_IN and (s.credential is not None) == with_credential
        ]
        same_session = [s for s in near if s.session_id and s.session_id == change.session_id]
        same_address = [s for s in near if s.source_ip and s.source_ip == change.source_ip]
        found = same_session or same_address
        if found and not with_credential:
            return found[0]
        return (found or near)[-1] if near else None

    def _principal(self, change: CredentialChange, key: str | None) -> CredentialChange | None:
        """Who last made the actor's account or set its password.

        An actor that is known to have used a key or secret of its own, which no change made, can only come of its
        account's creation.
        """
        long_lived = key is not None and not (change.credential_used and change.session_id)
        recent = [
            c
            for c in self._by_principal.get(change.actor_principal, ())
            if timedelta(0) < change.time - c.time <= RECENT and (not long_lived or c.credential_type == "account")
        ]
        return recent[-1] if recent else None


def parents(changes: Sequence[CredentialChange], sign_ins: Iterable[SignIn] = ()) -> Mapping[EventId, CredentialChange]:
    """The parent of each change that has one, through any sessions in between. ``changes``: all of a run, oldest first.

    ``sign_ins`` link a principal that acts by a token to the secret that it signed in with.
    """
    makers = Makers(changes, sign_ins)
    found = {}
    for change in changes:
        parent = _climbed(change, makers)
        if parent is not None:
            found[change.event_id] = parent
    return found


def children(
    parent_of: Mapping[EventId, CredentialChange], changes: Sequence[CredentialChange]
) -> dict[EventId, list[CredentialChange]]:
    """The changes below each change, at any depth, oldest first."""
    below: dict[EventId, list[CredentialChange]] = defaultdict(list)
    for change in changes:
        seen: set[EventId] = {change.event_id}
        parent = parent_of.get(change.event_id)
        while parent is not None and parent.event_id not in seen:
            below[parent.event_id].append(change)
            seen.add(parent.event_id)
            parent = parent_of.get(parent.event_id)
    return below


def is_session(change: CredentialChange) -> bool:
    """Whether it is a routine session, which is a link of a lineage and no credential of its own."""
    return change.scope == "lineage" and change.change == "issued"


def _climbed(change: CredentialChange, makers: Makers) -> CredentialChange | None:
    seen = {change.event_id}
    parent = makers.step(change)
    while parent is not None and is_session(parent) and parent.event_id not in seen:
        seen.add(parent.event_id)
        parent = makers.step(parent)
    return None if parent is None or parent.event_id in seen else parent
