"""The case database: the only place that knows it. SQLite for one person, PostgreSQL for a team, the same behaviour.

A caller opens a :class:`Desk` with ``Store.reading`` or ``Store.writing`` and hands it to the functions of this folder.
A desk is one transaction of one person for one tenant: nothing that is read or written through it can belong to
another tenant, what was written is there whole or not at all, and whatever changes a case is in the record too.

All times are aware and UTC. Every function may raise :class:`UnavailableError`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from keywitness.errors import KeywitnessError

if TYPE_CHECKING:
    import sqlalchemy as sa

    from keywitness.store.sla import Rules

TRIAGE: Final = "keywitness"
"""Who is named where nobody acted: what triage did by itself."""
DEFAULT_TENANT: Final = "default"


class StoreError(KeywitnessError):
    """What a store refuses or can't do."""


class UnavailableError(StoreError):
    """The database can't be reached, went away or is busy: nothing was written, and it may be tried again."""


class NotFoundError(StoreError):
    """There is no such thing in this tenant, whether or not another tenant has it."""


class ConflictError(StoreError):
    """Somebody changed the case since it was read: nothing was written. ``version`` is what it is now."""

    def __init__(self, case_id: str, version: int) -> None:
        super().__init__(f"{case_id} was changed by somebody else meanwhile: look at it again")
        self.case_id = case_id
        self.version = version


class RefusedError(StoreError):
    """The rules don't allow it: an illegal move, a missing reason, a file too large."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One transaction of one person for one tenant. ``now`` is the moment of all that is done in it."""

    connection: "sa.Connection"
    tenant: str
    who: str
    now: datetime
    rules: "Rules"


Clock = Callable[[], datetime]
"""Gives the time, aware and UTC."""
