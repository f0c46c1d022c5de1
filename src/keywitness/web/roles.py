"""What each role may do. A role is held in one tenant, and says nothing about another."""

from collections.abc import Mapping
from typing import Final, Literal

from keywitness.store.people import Role

Right = Literal["read", "work", "decide", "contain", "manage"]

_TIER1: Final[frozenset[Right]] = frozenset({"read", "work"})

RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    "viewer": frozenset({"read"}),
    "tier1": _TIER1,
    "tier2": _TIER1 | {"decide"},
    "responder": _TIER1 | {"decide", "contain"},
    "admin": _TIER1 | {"decide", "contain", "manage"},
}
"""``work``: take up, assign, note, overturn, escalate, close. ``decide``: send back, open again, set the priority.
``contain``: say that a case is contained. ``manage``: people, roles and tokens.
"""

NAMES: Final[Mapping[Role, str]] = {
    "viewer": "Viewer",
    "tier1": "Tier 1",
    "tier2": "Tier 2",
    "responder": "Responder",
    "admin": "Admin",
}


def may(role: Role, right: Right) -> bool:
    return right in RIGHTS[role]


def right_to_move(old: str, new: str) -> Right:
    """What a move of the life cycle takes."""
    if new == "contained":
        return "contain"
    return (
        "decide"
        if (old, new) in {("escalated", "triage"), ("contained", "escalated"), ("closed", "triage")}
        else "work"
    )
