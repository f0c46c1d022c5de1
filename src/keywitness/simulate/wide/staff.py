"""Ordinary changes in what happens to people: a first week, a night on call, a move, a journey, another client."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from keywitness.simulate import aws
from keywitness.simulate.company import EDGE, Person, address
from keywitness.simulate.ids import aws_id
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import Cast

NEWER: Final = ("aws-cli/2.17.44", "aws-cli/2.18.5")
_NEW_HOME: Final = {"CA": "toronto-new", "PT": "lisbon-new", "SG": "singapore-new"}
_HOLIDAY: Final = {"CA": ("spain-holiday", 1), "PT": ("thailand-holiday", 7), "SG": ("spain-holiday", 1)}


def first_week(stage: Stage, cast: Cast) -> None:
    """A newcomer's console password by an admin, and on the next day the first key by either, each under a ticket."""
    person, admin = cast.person("developer"), cast.person("platform admin")
    script_day = stage.rng.randint(20, 36)
    stage.arrivals[person.name] = stage.workday(script_day)
    when, ip = cast.at_work(admin, stage.workday(script_day + 1))
    stage.around(admin.name, "CreateLoginProfile", person.name, when)
    profile = {"userName": person.name, "passwordResetRequired": True}
    who = aws.user(stage, admin.name, when, ip)
    record = aws.call(stage, who, when, "iam", "CreateLoginProfile", profile, {"loginProfile": profile})
    stage.expect(str(record["eventID"]), "close", "o-first-password", change_request="yes", off_hours="no")
    _first_key(stage, cast, stage.rng.choice((person, admin)), person, stage.workday(script_day + 2))


def _first_key(stage: Stage, cast: Cast, actor: Person, newcomer: Person, day: date) -> None:
    """By the newcomer in the console, whose keys are a session's, or by the admin."""
    when, ip = cast.at_work(actor, day)
    console = {"agent": EDGE, "key": aws_id(stage.rng, "ASIA")} if actor is newcomer else {}
    stage.around(actor.name, "CreateAccessKey", newcomer.name, when)
    event, key = aws.create_key(stage, aws.user(stage, actor.name, when, ip, **console), when, newcomer.name)
    stage.adopt(newcomer.name, key, when + timedelta(minutes=20))
    stage.expect(event, "close", "o-first-key", change_request="yes", off_hours="no", intel="no")


def on_call(stage: Stage, cast: Cast) -> None:
    """An engineer is woken, the change is approved by phone, the key is made from home."""
    person, target = cast.person("sre"), cast.service()
    day = cast.day()
    when = cast.night(person, day)
    cast.stay(person, day - timedelta(days=8), 2, person.home_ip)
    stage.around(person.name, "CreateAccessKey", target, when, kind="emergency")
    who = aws.user(stage, person.name, when, person.home_ip)
    aws.call(stage, who, when - timedelta(minutes=9), "ecs", "DescribeTasks", {"cluster": "af-core"})
    event, key = aws.create_key(stage, who, when, target)
    stage.adopt(target, key, when + timedelta(minutes=6))
    stage.expect(event, "close", "o-on-call", change_request="yes", off_hours="yes", unusual_location="no", intel="no")


def new_home(stage: Stage, cast: Cast) -> None:
    """An admin has moved: a network that was never seen, the usual country, laptop and hours."""
    person, target, day = cast.person("platform admin"), cast.service(), cast.day()
    home = address(stage.rng, _NEW_HOME[person.office.country])
    since = stage.rng.randint(0, 6)
    cast.stay(person, day - timedelta(days=since), since + 1, home)
    when = stage.local(day, cast.hour(), person)
    stage.around(person.email, "CreateAccessKey", target, when)
    event, key = aws.create_key(stage, aws.user(stage, person.name, when, home), when, target)
    stage.adopt(target, key, when + timedelta(hours=1))
    stage.expect(event, "close", "o-new-home", change_request="yes", off_hours="no", intel="no")


def holiday(stage: Stage, cast: Cast) -> None:
    """Somebody works from where they are on holiday, by the clock of that place, for some days already."""
    person, day = cast.person("sre"), cast.day()
    network, zone = _HOLIDAY[person.office.country]
    ip, since = address(stage.rng, network), stage.rng.randint(5, 9)
    cast.stay(person, day - timedelta(days=since), since + 1, ip, zone)
    when = stage.local(day, stage.rng.uniform(10, 15), person)
    stage.around(person.name, "CreateAccessKey", person.name, when)
    who, old = aws.user(stage, person.name, when, ip), stage.credential(person.name, when)
    event, key = aws.create_key(stage, who, when, person.name)
    stage.adopt(person.name, key, when + timedelta(minutes=3))
    after = when + timedelta(minutes=30)
    removal = {"userName": person.name, "accessKeyId": old}
    aws.call(stage, aws.user(stage, person.name, after, ip), after, "iam", "DeleteAccessKey", removal)
    stage.expect(event, "close", "o-holiday", change_request="yes", intel="no")


def just_arrived(stage: Stage, cast: Cast) -> None:
    """The same within the first two days, when logs hardly tell a traveller from a thief: close it or ask."""
    person, day = cast.person("sre"), cast.day()
    network, zone = _HOLIDAY[person.office.country]
    ip, since = address(stage.rng, network), stage.rng.randint(0, 2)
    cast.stay(person, day - timedelta(days=since), since + 1, ip, zone)
    when = stage.local(day, stage.rng.uniform(10, 15), person)
    stage.around(person.name, "CreateAccessKey", person.name, when)
    event, _ = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, person.name)
    stage.expect(event, "any", "x-just-arrived", change_request="yes", intel="no")


def consultant(stage: Stage, cast: Cast) -> None:
    """A consultant, at the VPN address that all of the firm share."""
    person, target = cast.person("consultant"), cast.service()
    when, ip = cast.at_work(person)
    stage.around(person.email, "access key", target, when)
    event, key = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, target)
    stage.adopt(target, key, when + timedelta(minutes=50))
    answers = {"change_request": "yes", "off_hours": "no", "unusual_location": "no", "intel": "no"}
    stage.expect(event, "close", "o-shared-vpn", **answers)


def client_update(stage: Stage, cast: Cast) -> None:
    """The command line client was updated, maybe on the very day."""
    person, target, day = cast.person("platform admin"), cast.service(), cast.day()
    when, ip = cast.at_work(person, day)
    newer = person.agent.replace(*NEWER)
    stage.agents[person.name] = (when - timedelta(days=stage.rng.randint(0, 5), hours=1), newer)
    stage.around(person.name, "CreateAccessKey", target, when)
    event, key = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, target)
    stage.adopt(target, key, when + timedelta(hours=1))
    stage.expect(event, "close", "o-client-update", change_request="yes", off_hours="no", intel="no")


def from_console_to_cli(stage: Stage, cast: Cast) -> None:
    """An admin who always used the browser takes the command line for once."""
    person, target, day = cast.person("platform admin"), cast.service(), cast.day()
    when, ip = cast.at_work(person, day)
    stage.agents[person.name] = (when - timedelta(days=400), EDGE)
    stage.around(person.name, "CreateAccessKey", target, when)
    event, key = aws.create_key(stage, aws.user(stage, person.name, when, ip, agent=person.agent), when, target)
    stage.adopt(target, key, when + timedelta(hours=1))
    stage.expect(event, "close", "o-console-to-cli", change_request="yes", off_hours="no", intel="no")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    first_week,
    on_call,
    new_home,
    holiday,
    just_arrived,
    consultant,
    client_update,
    from_console_to_cli,
)
