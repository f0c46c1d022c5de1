"""Ordinary life in Okta, GitHub and Microsoft 365, at the addresses that the day's other work comes from."""

from datetime import date, timedelta
from typing import Final

from keywitness.simulate import entra, github, m365, okta
from keywitness.simulate.company import Person
from keywitness.simulate.stage import Stage, is_workday

CODERS: Final = frozenset({"developer", "sre", "data engineer", "platform admin"})


def live(stage: Stage) -> None:
    """Everybody's sign-ins, pushes and files on each working day."""
    for day in (stage.start + timedelta(days=n) for n in range(stage.days)):
        if is_workday(day):
            _groups(stage, day)
        for person in stage.company.people.values():
            if is_workday(day) and stage.employed(person.name, day):
                _day(stage, person, day)


def _day(stage: Stage, person: Person, day: date) -> None:
    rng, ip = stage.rng, stage.where(person, day)
    if rng.random() < 0.7:
        okta.sign_in(stage, okta.Caller(person, ip), stage.local(day, 9, person))
    if person.role in CODERS:
        repositories = github.REPOSITORIES[hash_of(person) % 3 :: 3]
        for _ in range(rng.randint(0, 2)):
            hour = rng.uniform(9.5, 17)
            caller = github.Caller(person, ip, github.GIT)
            github.push(stage, caller, stage.local(day, hour, person), rng.choice(repositories))
    if rng.random() < 0.25:
        when = stage.local(day, 9.2, person)
        m365.record(stage, person, when, ip, "UserLoggedIn", m365.LOGON)
        m365.record(stage, person, when + timedelta(minutes=20), ip, "FileAccessed", m365.FILES)


def _groups(stage: Stage, day: date) -> None:
    """What identity admins do in the directory all day."""
    admins = [p for p in stage.company.people.values() if p.role == "identity admin"]
    for person in stage.rng.sample(admins, 2):
        when, ip = stage.local(day, stage.rng.uniform(9.5, 16.5), person), stage.where(person, day)
        member = stage.rng.choice(list(stage.company.people.values()))
        entra.user_audit(stage, when, "Add member to group", entra.by_user(person, ip), ip, member)


def hash_of(person: Person) -> int:
    """A number that stays the same, unlike ``hash``."""
    return int(person.object_id[:6], 16)
