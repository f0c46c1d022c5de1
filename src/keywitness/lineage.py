"""A credential makes a credential: which change created the credential or principal that acted.

Temporary sessions (AssumeRole and the like) are climbed through to the
long-lived credential that started them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from keywitness.model import ADDING, CredentialChange, EventId

RECENT: Final = timedelta(days=30)
"""A principal whose account or password was made by someone else this recently acts as that change's child."""

_SIGN_IN_TYPES: Final = frozenset(
    {"console_password", "user_password", "temporary_access_pass", "account", "app_credential"}
)


def parents(changes: Sequence[CredentialChange]) -> Mapping[EventId, CredentialChange]:
    """The parent of each change that has one. ``changes``: all successful additions, sessions too, oldest first."""
    made = [c for c in changes if c.change in ADDING and c.outcome == "success"]
    by_key: dict[str, CredentialChange] = {}
    by_principal: dict[str, list[CredentialChange]] = defaultdict(list)
    for change in made:
        for key in change.credential_ids:
            by_key.setdefault(key, change)
        if not change.is_self and change.credential_type in _SIGN_IN_TYPES:
            by_principal[change.target_principal].append(change)
    found = {}
    for change in changes:
        parent = _by_key(change, by_key) or _by_principal(change, by_principal)
        if parent is not None and parent.event_id != change.event_id:
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


def _by_key(change: CredentialChange, by_key: Mapping[str, CredentialChange]) -> CredentialChange | None:
    """The change that made the key which signed this one, through any sessions in between."""
    key, seen = change.credential_used, set[str]()
    while key and key not in seen:
        seen.add(key)
        maker = by_key.get(key)
        if maker is None or maker.time > change.time:
            return None
        if maker.scope != "lineage":
            return maker
        key = maker.credential_used
    return None


def _by_principal(
    change: CredentialChange, by_principal: Mapping[str, list[CredentialChange]]
) -> CredentialChange | None:
    """For an actor that signed in with a password or the like: who last made its account or set that password."""
    if change.credential_used and not change.session_id:
        return None  # a long-lived key signed it, and no change is known to have made that key
    made = by_principal.get(change.actor_principal, ())
    recent = [c for c in made if timedelta(0) < change.time - c.time <= RECENT]
    return recent[-1] if recent else None
