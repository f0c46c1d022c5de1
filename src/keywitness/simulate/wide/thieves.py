"""Hostile changes in AWS, without a ticket that could excuse them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from keywitness.simulate import aws
from keywitness.simulate.company import BOTO, LAB_ACCOUNT, MAIN_ACCOUNT
from keywitness.simulate.hostile import KIT_AGENT, SCRIPT_AGENT
from keywitness.simulate.ids import aws_id
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import LAB_USERS, OPERATOR, Cast
from keywitness.simulate.wide.upkeep import assume, refused

_TRAIL: Final = {"name": f"arn:aws:cloudtrail:us-east-1:{MAIN_ACCOUNT}:trail/af-main"}
BLINDING: Final = (
    ("cloudtrail", "StopLogging", _TRAIL),
    ("cloudtrail", "DeleteTrail", _TRAIL),
    ("cloudtrail", "PutEventSelectors", {"trailName": "af-main", "eventSelectors": []}),
    ("guardduty", "DeleteDetector", {"detectorId": "12abc34d567e8fa901bc2d34e56789f0"}),
)


def slow_and_low(stage: Stage, cast: Cast) -> None:
    """A developer gives himself one service user's key a week, for four weeks, in office hours."""
    person, first = cast.person("developer"), cast.day(15, 17)
    for week in range(4):
        day = stage.workday((first - stage.start).days + 7 * week + stage.rng.randint(0, 2))
        when, ip = cast.at_work(person, day)
        event, _ = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, cast.service())
        atypical = "yes" if week < 2 else ""
        answers = {"off_hours": "no", "atypical_actor": atypical, "intel": "no"}
        stage.expect(event, "escalate", "h-slow-and-low", change_request="no", **answers)


def three_deep(stage: Stage, cast: Cast) -> None:
    """A stolen key makes a key, that one a session in the lab and a key there, and that one yet another."""
    person, target, ip = cast.person("developer"), cast.service(), cast.abroad()
    when = cast.night(person, cast.day())
    thief = aws.user(stage, person.name, when, ip, agent=SCRIPT_AGENT)
    first, key = aws.create_key(stage, thief, when, target)
    again = aws.user(stage, target, when, ip, key=key, agent=SCRIPT_AGENT)
    session = assume(stage, again, OPERATOR, "s1", when + timedelta(minutes=4))
    second, child = aws.create_key(stage, session, when + timedelta(minutes=7), LAB_USERS[2])
    last = aws.user(stage, LAB_USERS[2], when, ip, key=child, agent=SCRIPT_AGENT, account=LAB_ACCOUNT)
    third, _ = aws.create_key(stage, last, when + timedelta(minutes=stage.rng.randint(12, 50)), LAB_USERS[3])
    answers = {"change_request": "no", "off_hours": "yes", "unusual_location": "yes"}
    stage.expect(first, "escalate", "h-three-deep", **answers)
    stage.expect(second, "escalate", "h-three-deep", change_request="no", parent_event=first)
    stage.expect(third, "escalate", "h-three-deep", change_request="no", parent_event=second)


def console_password(stage: Stage, cast: Cast) -> None:
    """A service user, which no person is, gets a console password."""
    person, target = cast.person("sre"), cast.service()
    when, ip = cast.at_work(person)
    profile = {"userName": target, "passwordResetRequired": False}
    made = {"loginProfile": profile | {"createDate": when.strftime("%b %d, %Y %I:%M:%S %p")}}
    who = aws.user(stage, person.name, when, ip)
    event = aws.call(stage, who, when, "iam", "CreateLoginProfile", profile, made)
    answers = {"off_hours": "no", "atypical_actor": "yes", "intel": "no"}
    stage.expect(str(event["eventID"]), "escalate", "h-service-password", change_request="no", **answers)


def enabled_again(stage: Stage, cast: Cast) -> None:
    """A key that was disabled before the logs begin is switched on, and used from elsewhere."""
    person, target, key = cast.person("sre"), cast.service(), aws_id(stage.rng, "AKIA")
    when, ip = cast.at_work(person)
    request = {"userName": target, "accessKeyId": key, "status": "Active"}
    event = aws.call(stage, aws.user(stage, person.name, when, ip), when, "iam", "UpdateAccessKey", request)
    later = when + timedelta(minutes=stage.rng.randint(10, 300))
    used = aws.user(stage, target, later, cast.abroad(), key=key, agent=KIT_AGENT)
    aws.call(stage, used, later, "sts", "GetCallerIdentity", {})
    stage.expect(str(event["eventID"]), "escalate", "h-enabled-again", change_request="no", off_hours="no")


def for_a_leaver(stage: Stage, cast: Cast) -> None:
    """An admin makes a key for somebody who has left."""
    person, gone = cast.person("platform admin"), cast.person("developer")
    day = cast.day(24)
    stage.leavers[gone.name] = day - timedelta(days=stage.rng.randint(3, 18))
    when, ip = cast.at_work(person, day)
    event, key = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, gone.name)
    used = aws.user(stage, gone.name, when, cast.abroad(), key=key, agent=BOTO)
    aws.call(stage, used, when + timedelta(hours=3), "s3", "ListBuckets", {})
    stage.expect(event, "escalate", "h-for-a-leaver", change_request="no", off_hours="no")


def trying_doors(stage: Stage, cast: Cast) -> None:
    """Denied on one user after the other, until one key is made."""
    person, target = cast.person("developer"), cast.service()
    when, ip = cast.at_work(person)
    who = aws.user(stage, person.name, when, ip, agent=BOTO)
    others = [name for name in stage.company.services if name != target]
    for n, other in enumerate(stage.rng.sample(others, stage.rng.randint(13, 20))):
        tried = refused(stage, who, when - timedelta(seconds=30 + 11 * n), other)
        stage.expect(tried, "escalate", "h-denied-burst", change_request="no", pattern="yes")
    event, _ = aws.create_key(stage, who, when, target)
    answers = {"suspicious_history": "yes", "pattern": "yes", "off_hours": "no", "intel": "no"}
    stage.expect(event, "escalate", "h-after-denied-burst", change_request="no", **answers)


def blinded(stage: Stage, cast: Cast) -> None:
    """A log or detector is switched off before a key is made, for which there even is a ticket."""
    person, target = cast.person("sre"), cast.service()
    when, ip = cast.at_work(person)
    who = aws.user(stage, person.name, when, ip)
    service, call, request = stage.rng.choice(BLINDING)
    aws.call(stage, who, when - timedelta(minutes=stage.rng.randint(3, 240)), service, call, request)
    stage.around(person.name, "CreateAccessKey", target, when)
    event, _ = aws.create_key(stage, who, when, target)
    stage.expect(event, "escalate", "h-logging-stopped", change_request="yes", suspicious_history="yes", intel="no")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    slow_and_low,
    three_deep,
    console_password,
    enabled_again,
    for_a_leaver,
    trying_doors,
    blinded,
)
