"""The stage that ordinary life and intruders act on: clock, calendar, live credentials, logs, tickets and answers."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from keywitness.simulate.company import BOARD, Company, Person
from keywitness.simulate.ids import aws_id, digits

Record = dict[str, Any]

# Public holidays of the three offices, 2026: scripted changes avoid them, so that business hours are beyond doubt.
HOLIDAYS: Final = frozenset(((1, 1), (7, 1), (8, 9), (9, 30), (10, 5), (10, 12), (11, 1), (12, 1), (12, 8), (12, 25)))
SCRIPT_DAYS: Final = 45  # the script's own length; other lengths stretch it


@dataclass(frozen=True, slots=True)
class Ticket:
    """One row of changes.csv. Times are UTC; ``approved_at`` is ``None`` for what nobody approved."""

    id: str
    kind: str
    status: str
    actor: str
    operation: str
    target: str
    start: datetime
    end: datetime | None  # None: whoever wrote it named none
    summary: str
    created: datetime
    approved_at: datetime | None
    approver: str = BOARD
    max_uses: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of expected.csv: what a careful analyst decides, and each answer that is beyond doubt."""

    event_id: str
    expect: str  # escalate, review, close or any
    kind: str
    change_request: str = ""
    off_hours: str = ""
    unusual_location: str = ""
    suspicious_history: str = ""
    atypical_actor: str = ""
    pattern: str = ""
    intel: str = ""
    parent_event: str = ""


@dataclass(slots=True)
class Stage:
    """All state of one simulation. ``logs`` maps a stream (``aws/<account>``, ``gcp`` …) to its records."""

    rng: random.Random
    company: Company
    start: date
    days: int
    logs: dict[str, list[Record]] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    credentials: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    presence: dict[tuple[str, date], str] = field(default_factory=dict)  # (person, local day) to address
    zones: dict[tuple[str, date], int] = field(default_factory=dict)  # away from the office: hours from UTC
    arrivals: dict[str, date] = field(default_factory=dict)  # who joined during the story: the first day
    leavers: dict[str, date] = field(default_factory=dict)  # who left during it: the last day
    agents: dict[str, tuple[datetime, str]] = field(default_factory=dict)  # a new client, and since when
    builds: tuple[date, str] | None = None  # the build service's new network, and since when

    def log(self, stream: str, record: Record) -> Record:
        self.logs.setdefault(stream, []).append(record)
        return record

    def expect(self, event_id: str, expect: str, kind: str, **answers: str) -> None:
        self.expected.append(Expected(event_id, expect, kind, **answers))

    def workday(self, script_day: int) -> date:
        """The first working day on or after a day of the script (before it, at the very end)."""
        offset = min(script_day * self.days // SCRIPT_DAYS, self.days - 1)
        later = (self.start + timedelta(days=n) for n in range(offset, self.days))
        earlier = (self.start + timedelta(days=n) for n in range(offset, -1, -1))
        return next((d for d in (*later, *earlier) if is_workday(d)), self.start)

    def local(self, day: date, hour: float, who: Person) -> datetime:
        """UTC of a local wall-clock hour, a few minutes later or earlier, to the second."""
        offset = self.zones.get((who.name, day), who.office.offset)
        midnight = datetime.combine(day, time(), UTC) - timedelta(hours=offset)
        return midnight + timedelta(hours=hour, seconds=self.rng.randrange(-500, 500))

    def where(self, who: Person, day: date) -> str:
        """The address that someone works from on a local day: mostly the desk, sometimes home, rarely a hotel."""
        ip = who.desk_ip if self.rng.random() < 0.7 else who.home_ip
        return self.presence.setdefault((who.name, day), ip)

    def employed(self, name: str, day: date) -> bool:
        return self.arrivals.get(name, day) <= day <= self.leavers.get(name, day)

    def has_key(self, name: str, when: datetime) -> bool:
        """Whether someone can call AWS yet: a newcomer gets a first key some days after arriving."""
        return name not in self.arrivals or any(since <= when for since, _ in self.credentials.get(name, ()))

    def agent(self, who: Person, when: datetime) -> str:
        """The command line client that someone uses by then."""
        since, newer = self.agents.get(who.name, (when, who.agent))
        return newer if since <= when else who.agent

    def build_network(self, when: datetime) -> str:
        return self.builds[1] if self.builds and self.builds[0] <= when.date() else "github"

    def ticket(self, kind: str, actor: str, operation: str, target: str, start: datetime, hours: float) -> Ticket:
        """File a change whose window opens at ``start``, approved hours (an emergency: minutes) before."""
        notice = self.rng.randrange(12, 30) if kind == "emergency" else self.rng.randrange(180, 2400)
        asked = start - timedelta(minutes=notice)
        approved = asked + (start - asked) * self.rng.uniform(0.3, 0.9)
        row = Ticket(
            id=f"CHG{digits(self.rng, 7)}",
            kind=kind,
            status="approved",
            actor=actor,
            operation=operation,
            target=target,
            start=start,
            end=start + timedelta(hours=hours),
            summary=f"{kind} change: {operation} for {target}",
            created=asked,
            approved_at=approved,
        )
        self.tickets.append(row)
        return row

    def around(self, actor: str, operation: str, target: str, when: datetime, kind: str = "standard") -> Ticket:
        """An approved change whose eight-hour window holds ``when`` with room on both sides."""
        return self.ticket(kind, actor, operation, target, when - timedelta(minutes=self.rng.randrange(40, 170)), 8)

    def standing(self, actor: str, operation: str, target: str) -> Ticket:
        """A standing change from a month before the first log to a month after the last."""
        first = datetime.combine(self.start, time(), UTC) - timedelta(days=30)
        return self.ticket("standing", actor, operation, target, first, (self.days + 60) * 24)

    def adopt(self, holder: str, credential: str, since: datetime) -> None:
        """From ``since`` on, the holder works with this key or secret."""
        self.credentials.setdefault(holder, []).append((since, credential))

    def credential(self, holder: str, when: datetime) -> str:
        """What the holder works with at ``when``; one that was never handed out gets made up now."""
        held = self.credentials.setdefault(holder, [])
        current = max(((since, key) for since, key in held if since <= when), default=None)
        if current is None:
            current = (datetime.min.replace(tzinfo=UTC), aws_id(self.rng, "AKIA"))
            held.append(current)
        return current[1]


def is_workday(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS
