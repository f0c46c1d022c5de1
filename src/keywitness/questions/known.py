"""What is known about one change when the questions are asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from keywitness.behaviour import Behaviour
from keywitness.behaviour.gaps import LogGap
from keywitness.behaviour.usage import Use
from keywitness.catalogue import Operation
from keywitness.context import Context
from keywitness.context.calendar import Moment
from keywitness.context.geo import Place
from keywitness.context.identities import Identity
from keywitness.context.inventory import Reach
from keywitness.lake.profiles import LOOKBACK_DAYS
from keywitness.model import Coverage, CredentialChange
from keywitness.questions.authorisation import Authorisation
from keywitness.questions.habits import Untaught
from keywitness.questions.issued import Issued


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one change when the questions are asked."""

    change: CredentialChange
    operation: Operation
    behaviour: Behaviour
    context: Context
    moment: Moment
    place: Place | None
    actor: Identity | None
    target: Identity | None
    authorisation: Authorisation | None  # None: no source of change tickets
    siblings: tuple[tuple[CredentialChange, bool], ...]  # near changes of the same hand; True: covered by a ticket
    lifecycle: tuple[CredentialChange, ...]  # removals and switches of the same credential
    parent: CredentialChange | None
    children: tuple[CredentialChange, ...]
    coverage: tuple[Coverage, ...]
    places: Mapping[str, Place | None]  # of the addresses in ``behaviour``
    thresholds: Mapping[str, float]
    silences: tuple[LogGap, ...] = ()  # of all logs
    issued: tuple[Issued, ...] = ()  # sessions started with the credential, at any depth
    unproven: bool = False  # the actor is a session that names a person, and no log shows who began it
    untaught: Untaught = field(default_factory=dict)  # earlier changes of its kind that no ticket covered, by actor

    def own_log(self, log: str) -> tuple[Coverage, ...]:
        """What is covered of a log (``provider.log``): of the change's own tenant, where the provider is its own.

        Another account's log says nothing about this account.
        """
        change = self.change
        named = [c for c in self.coverage if f"{c.provider}.{c.log}" == log]
        return tuple(c for c in named if c.provider != change.provider or c.tenant in (None, change.tenant))

    def use_log(self) -> str:
        """The log (``provider.log``) in which a use of the new credential would show; "" when none shows it."""
        wanted = self.operation.use_log
        return wanted if not wanted or "." in wanted else f"{self.change.provider}.{wanted}"

    def coverage_of(self, logs: Iterable[str]) -> tuple[Coverage, ...]:
        return tuple(cover for log in logs for cover in self.own_log(log))

    def history_days(self) -> int:
        """Whole days that the change's own log covers before the change."""
        own = self.own_log(f"{self.change.provider}.{self.change.log}")
        return max(0, (self.change.time - min((c.first for c in own), default=self.change.time)).days)

    def lookback(self) -> str:
        """How far back behaviour is known, in words: the span of the logs before the change, at most the lookback.

        Another account or cloud says nothing about how long this one is watched, unless the actor was active there.
        """
        change = self.change
        own = (c for c in self.coverage if c.provider == change.provider and c.tenant in (None, change.tenant))
        first = min((c.first for c in own), default=change.time)
        days = min(LOOKBACK_DAYS, max((change.time - first).days, self.behaviour.rhythm.days))
        return f"the {days} days of logs that end a day before"

    def signed(self) -> tuple[Use, ...]:
        """The uses of the credential and of the sessions issued with it."""
        return (*self.behaviour.usage.signed(), *(use for session in self.issued for use in session.uses))

    def logs(self) -> frozenset[str]:
        return frozenset(c.log for c in self.coverage)

    def reach(self) -> Reach | None:
        """What the target of the new credential can do; None when no inventory says."""
        return self.context.inventory.reach(self.change.target, self.change.tenant)

    def privileged(self) -> bool:
        """Whether the target has admin rights in the directory or an inventory, or is the root of an account."""
        reach = self.reach()
        granted = reach is not None and reach.privileged
        return granted or bool(self.target and self.target.admin) or self.change.target.type == "root"
