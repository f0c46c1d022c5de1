"""What teaches a habit: an earlier change that a ticket covered, or of which nobody can say that none did.

An intruder's first key must not make the second one usual.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from keywitness.behaviour.habit import Doer
from keywitness.behaviour.measure import baseline_end
from keywitness.context import ChangeRequest
from keywitness.lake.profiles import LOOKBACK_DAYS
from keywitness.model import CredentialChange, PrincipalId
from keywitness.questions.authorisation import Authorisation

Untaught = Mapping[PrincipalId, int]
"""By actor, how many of its changes in the lookback no ticket covered, though tickets of that time are known."""


class Lessons:
    """The successful changes that no ticket covered, and for each other change those in its lookback."""

    def __init__(
        self,
        changes: Sequence[CredentialChange],
        found: Sequence[Authorisation] | None,
        tickets: Sequence[ChangeRequest] | None,
    ) -> None:
        """``changes``: oldest first. ``found``: one for each; None without a source of tickets."""
        since = _reach(tickets or ())
        self._uncovered: dict[tuple[str, bool], list[tuple[date, PrincipalId]]] = defaultdict(list)
        self._known: dict[tuple[str, bool, date], Untaught] = {}
        for change, said in zip(changes, found or (), strict=False):
            if since and change.time >= since and change.outcome == "success" and said.known and not said.covered:
                self._uncovered[change.credential_type, change.is_self].append(
                    (change.time.date(), change.actor_principal)
                )

    def before(self, change: CredentialChange) -> Untaught:
        """Those of its kind in the days from which its habit is learned."""
        last = baseline_end(change.time).date()
        key = (change.credential_type, change.is_self, last)
        if key not in self._known:
            rows = self._uncovered.get(key[:2], [])
            first = (change.time - timedelta(days=LOOKBACK_DAYS)).date()
            start, end = (f(rows, d, key=lambda row: row[0]) for f, d in ((bisect_left, first), (bisect_right, last)))
            self._known[key] = MappingProxyType(Counter(actor for _, actor in rows[start:end]))
        return self._known[key]


def _reach(tickets: Sequence[ChangeRequest]) -> datetime | None:
    """From when on tickets are known: an export of last month says nothing about the year before."""
    return min((ticket.start for ticket in tickets if not ticket.standing), default=None)


def taught(doers: Mapping[str, Doer], untaught: Untaught) -> Mapping[str, Doer]:
    """The doers, without what teaches nothing."""
    left = {who: doer.count - untaught.get(PrincipalId(who), 0) for who, doer in doers.items()}
    return {who: replace(doer, count=left[who]) for who, doer in doers.items() if left[who] > 0}
