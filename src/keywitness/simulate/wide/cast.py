"""Who is in the wide story: people, services and applications drawn by the seed, each part given to one person."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from keywitness.simulate import company, github, okta
from keywitness.simulate.company import BUILDER, FURTHER, NETWORKS, OFFICES, ROTATOR, Company, Person
from keywitness.simulate.ids import aws_id, guid, hex_id
from keywitness.simulate.stage import Stage

FIRST: Final = (
    *("aisha", "anouk", "bram", "chidi", "dara", "eero", "fatou", "gael", "hana", "idris", "jia", "kofi", "lena"),
    *("mateo", "nadia", "oren", "paloma", "quinn", "ravi", "selma", "tariq", "una", "viktor", "wren", "ximena"),
    *("yusuf", "zola", "astrid", "bilal", "celia", "dmitri", "elif", "farid", "greta", "hugo", "ines", "jonas"),
    *("kaya", "lucas", "mina", "nils", "odile", "pavel", "rosa", "samir", "tessa", "umar", "vera", "willem", "yara"),
)
LAST: Final = (
    *("abadi", "berg", "costa", "duarte", "eklund", "fontaine", "galli", "holm", "ito", "janssen", "kaur", "lindt"),
    *("moreau", "novak", "okafor", "petrov", "quist", "rossi", "silva", "tanaka", "ueda", "vargas", "weber", "yilmaz"),
)
POSTS: Final[Mapping[str, tuple[int, bool]]] = MappingProxyType(
    {
        "platform admin": (22, True),
        "identity admin": (5, True),
        "helpdesk": (4, False),
        "sre": (7, False),
        "developer": (16, False),
        "data engineer": (4, False),
        "analyst": (2, False),
        "application owner": (3, False),
        "consultant": (5, False),
    }
)
"""How many people of each role, and whether they are admins."""
_PARTS: Final = ("search", "archive", "orders", "pricing", "labels", "quotes", "claims", "routes", "stock", "refunds")
_KINDS: Final = ("api", "etl", "sync", "feed", "jobs")
_THINGS: Final = ("Order", "Stock", "Claims", "Labels")
LAB_USERS: Final = ("lab-deploy", "lab-report", "lab-seed", "lab-probe")
SSO: Final = "AWSReservedSSO_AdministratorAccess_5f1c09be7a2d4e63"
RUNNER: Final = ("DeployRunner", "deploy")
OPERATOR: Final = "LabOperator"  # what admins assume in the lab
HOSTS: Final = ("polder", "mekong", "bosporus", "karoo", "brazil", "kenya", "theft")
EARLIEST: Final = 19  # script day of the first changes: by then the habits of all are known
LATEST: Final = 42  # and of the last, so that a day of log follows


@dataclass(slots=True)
class Cast:
    """Hands out people, services and applications, each once, so that one story says nothing about another's actor."""

    stage: Stage
    people: dict[str, list[Person]] = field(default_factory=dict)
    services: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)

    def person(self, role: str) -> Person:
        return self.people[role].pop()

    def service(self) -> str:
        return self.services.pop()

    def application(self) -> company.Application:
        return self.stage.company.applications[self.applications.pop()]

    def day(self, first: int = EARLIEST, last: int = LATEST) -> date:
        return self.stage.workday(self.stage.rng.randint(first, last))

    def hour(self) -> float:
        """An hour of work in the office."""
        return self.stage.rng.uniform(9.6, 16.4)

    def night(self, person: Person, day: date) -> datetime:
        return self.stage.local(day, self.stage.rng.uniform(1.5, 4.5), person)

    def at_work(self, person: Person, day: date | None = None) -> tuple[datetime, str]:
        """A time in office hours, and where the person works from on that day."""
        day = day or self.day()
        return self.stage.local(day, self.hour(), person), self.stage.where(person, day)

    def abroad(self) -> str:
        """An address of a hoster that nobody here has anything to do with."""
        return company.address(self.stage.rng, self.stage.rng.choice(HOSTS))

    def stay(self, person: Person, first: date, days: int, ip: str, zone: int | None = None) -> None:
        """Where someone works from for some days, and by which clock."""
        for day in (first + timedelta(days=n) for n in range(days)):
            self.stage.presence[(person.name, day)] = ip
            if zone is not None:
                self.stage.zones[(person.name, day)] = zone


def found(rng: random.Random) -> Company:
    """Hire the people of the wide story. Two of different roles share a first name."""
    base = company.found(rng)
    people = _people(rng)
    services = tuple(f"svc-{part}-{kind}" for part, kind in rng.sample(_pairs(), 47))
    roles = (ROTATOR, BUILDER, RUNNER)
    own = {name: aws_id(rng, "AIDA") for name in (*people, *services, *LAB_USERS)}
    own |= {role: aws_id(rng, "AROA") for role in (RUNNER[0], SSO, OPERATOR)}
    names = rng.sample([f"{thing} {kind}" for thing in _THINGS for kind in ("Hub", "Sync", "Desk")], 10)
    apps = {n: company.Application(n, guid(rng), guid(rng), guid(rng)) for n in names}
    return replace(
        base,
        people=people,
        dormant=company.hire(rng, "wes.ashby", "contractor", False, OFFICES["PT"]),
        applications=base.applications | apps,
        aws_ids=base.aws_ids | own,
        services=(*services, *LAB_USERS),
        roles=roles,
        networks=MappingProxyType(NETWORKS | FURTHER),
        aliases=MappingProxyType({n: (okta.user_id(p), github.login(p)) for n, p in people.items()}),
    )


def _pairs() -> list[tuple[str, str]]:
    return [(part, kind) for part in _PARTS for kind in _KINDS]


def _people(rng: random.Random) -> dict[str, Person]:
    wanted = [(role, admin) for role, (count, admin) in POSTS.items() for _ in range(count)]
    firsts = [*rng.sample(FIRST, len(FIRST)), *rng.sample(FIRST, len(FIRST))][: len(wanted)]
    analysts = [n for n, (role, _) in enumerate(wanted) if role == "analyst"]
    for number, analyst in enumerate(analysts):
        firsts[analyst] = firsts[number]  # the first names of two admins
    found: dict[str, Person] = {}
    for first, (role, admin) in zip(firsts, wanted, strict=True):
        taken = {name.partition(".")[2] for name in found if name.startswith(f"{first}.")}
        last = rng.choice([last for last in LAST if last not in taken])
        office = OFFICES["PT" if role == "consultant" else rng.choice(tuple(OFFICES))]
        person = company.hire(rng, f"{first}.{last}", role, admin, office)
        if role == "consultant":
            person = replace(person, desk_ip=_shared_address(), home_ip=_shared_address())
        found[person.name] = person
    return found


def _shared_address() -> str:
    """All consultants come through one address of their firm's VPN."""
    return "195.22.12.40"


def assemble(stage: Stage) -> Cast:
    """Everybody in the order that the seed says, and credentials that are older than the first log."""
    rng, cast = stage.rng, Cast(stage)
    for person in rng.sample(list(stage.company.people.values()), len(stage.company.people)):
        cast.people.setdefault(person.role, []).append(person)
    cast.services = rng.sample(stage.company.services[3 : -len(LAB_USERS)], len(stage.company.services) - 7)
    cast.applications = rng.sample(list(stage.company.applications)[6:], len(stage.company.applications) - 6)
    before = stage.local(stage.start - timedelta(days=2), 12, next(iter(stage.company.people.values())))
    for app in stage.company.applications.values():
        stage.adopt(app.name, guid(rng), before)
    for account in company.SERVICE_ACCOUNTS[1:]:
        stage.adopt(account, hex_id(rng, 40), before)
    return cast
