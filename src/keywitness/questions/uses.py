"""What a ticket's allowance was spent on.

Two things are no use of their own: the copy of a change that another log has too, and a credential that its maker
took back unused within the hour, because something had gone wrong.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final

from keywitness.context import ChangeRequest
from keywitness.detect import COPY, is_copy
from keywitness.model import CredentialChange, EventId

SPENT: Final = timedelta(days=30)
"""A ticket that was open longer is either a standing one or forgotten."""

RETRY: Final = timedelta(hours=1)


def first_use(tickets: Iterable[ChangeRequest] | None, at: datetime | None) -> datetime | None:
    """From when on earlier changes may have used up a ticket that is still open at ``at``: at most 30 days before."""
    if at is None:
        return None
    starts = [ticket.start for ticket in tickets or () if not ticket.standing and ticket.start < at <= ticket.end]
    return max(min(starts, default=at), at - SPENT)


def add(uses: list[CredentialChange], change: CredentialChange) -> None:
    """Count ``change``, the latest, among the ``uses``, unless it is a copy of one of them."""
    near = takewhile(lambda use: change.time - use.time <= COPY, reversed(uses))
    if not any(is_copy(use, change) for use in near):
        uses.append(change)


def taken_back(
    changes: Iterable[CredentialChange],
    ends: Mapping[str, Sequence[CredentialChange]],
    used: Collection[EventId],
) -> Mapping[EventId, datetime]:
    """When the maker of a credential removed it again, soon and before any use. ``ends``: by credential id."""
    found = {}
    for change in changes:
        times = [_removed(change, ends.get(key, ())) for key in change.credential_ids]
        gone = [time for time in times if time is not None]
        if gone and len(gone) == len(times) and change.event_id not in used:
            found[change.event_id] = max(gone)
    return found


def _removed(change: CredentialChange, ends: Sequence[CredentialChange]) -> datetime | None:
    own = (
        end.time
        for end in ends
        if end.change == "removed"
        and end.actor_principal == change.actor_principal
        and change.time < end.time <= change.time + RETRY
    )
    return min(own, default=None)


def spent(
    change: CredentialChange, uses: Sequence[CredentialChange], back: Mapping[EventId, datetime]
) -> list[CredentialChange]:
    """The earlier uses that leave less of a ticket for ``change``."""
    gone = {use.event_id for use in uses if use.event_id in back and back[use.event_id] <= change.time}
    return [use for use in uses if use.event_id not in gone and not is_copy(use, change)]
