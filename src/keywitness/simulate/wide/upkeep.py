"""Ordinary changes that keep things running: rotations by hand, retries, pipelines, sessions and the emergency root."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from keywitness.simulate import aws, azure
from keywitness.simulate.benign import REGENERATE
from keywitness.simulate.company import EDGE, LAB_ACCOUNT, MAIN_ACCOUNT, TERRAFORM_AGENT, address
from keywitness.simulate.ids import aws_id, digits
from keywitness.simulate.ordinary import build_session, utc
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import LAB_USERS, OPERATOR, RUNNER, SSO, Cast


def refused(stage: Stage, who: aws.Caller, when: datetime, target: str, code: str = "AccessDenied") -> str:
    """A key that wasn't made. A denied call names its target in the message alone, as AWS logs it."""
    record = aws.call(stage, who, when, "iam", "CreateAccessKey")
    if code == "AccessDenied":
        said = (
            f"User: {who.identity['arn']} is not authorized to perform: iam:CreateAccessKey on resource: user {target}"
        )
        said += " because no identity-based policy allows the iam:CreateAccessKey action"
    else:
        record["requestParameters"] = {"userName": target}
        said = "Cannot exceed quota for AccessKeysPerUser: 2"
    record |= {"errorCode": code, "errorMessage": said}
    return str(record["eventID"])


def remove(stage: Stage, who: aws.Caller, when: datetime, target: str, key: str) -> None:
    aws.call(stage, who, when, "iam", "DeleteAccessKey", {"userName": target, "accessKeyId": key})


def new_builders(stage: Stage, cast: Cast) -> None:
    """The build service moves to another provider, and its pipeline goes on as its standing change says."""
    moved = cast.day(22, 38)
    stage.builds = (moved, "buildyard")
    for n in range(stage.rng.randint(1, 3)):
        when = utc(stage.workday(min(43, (moved - stage.start).days + 2 * n)), 15.5) + timedelta(minutes=n)
        event = aws.import_key_pair(stage, build_session(stage, when), when, f"deploy-{digits(stage.rng, 4)}")
        stage.expect(event, "close", "o-builds-moved", change_request="yes", intel="no")


def quarterly(stage: Stage, cast: Cast) -> None:
    """Four service users' keys renewed by hand, one after the other, under one ticket for four."""
    person, targets = cast.person("platform admin"), [cast.service() for _ in range(4)]
    when, ip = cast.at_work(person)
    row = stage.around(person.name, "CreateAccessKey", "svc-*", when, kind="normal")
    stage.tickets[-1:] = [replace(row, max_uses="4")]
    if stage.rng.random() < 0.5:
        stage.tickets[-1:] = [replace(row, target=target, max_uses="4") for target in targets]
    for target in targets:
        when += timedelta(minutes=stage.rng.randint(2, 11))
        who, old = aws.user(stage, person.name, when, ip), stage.credential(target, when)
        event, key = aws.create_key(stage, who, when, target)
        stage.adopt(target, key, when + timedelta(hours=1))
        remove(stage, who, when + timedelta(hours=2), target, old)
        stage.expect(event, "close", "o-quarterly", change_request="yes", pattern="no", intel="no")


def wrong_copy(stage: Stage, cast: Cast) -> None:
    """The secret got lost on the way, so the key is removed unused and made again within the hour, under one ticket."""
    person, target = cast.person("platform admin"), cast.service()
    when, ip = cast.at_work(person)
    stage.around(person.name, "CreateAccessKey", target, when)
    who = aws.user(stage, person.name, when, ip)
    first, lost = aws.create_key(stage, who, when, target)
    again = when + timedelta(minutes=stage.rng.randint(6, 50))
    remove(stage, who, again - timedelta(minutes=2), target, lost)
    second, key = aws.create_key(stage, who, again, target)
    stage.adopt(target, key, again + timedelta(hours=1))
    for event in (first, second):
        stage.expect(event, "close", "o-made-again", change_request="yes", off_hours="no", intel="no")


def denied_first(stage: Stage, cast: Cast) -> None:
    """The right was missing; once it is given, the same ticket's change goes through."""
    person, target = cast.person("platform admin"), cast.service()
    when, ip = cast.at_work(person)
    stage.around(person.name, "CreateAccessKey", target, when)
    who = aws.user(stage, person.name, when, ip)
    for n in range(stage.rng.randint(1, 3), 0, -1):
        tried = when - timedelta(minutes=4 * n)
        stage.expect(refused(stage, who, tried, target), "close", "o-denied-first")
    event, key = aws.create_key(stage, who, when, target)
    stage.adopt(target, key, when + timedelta(hours=1))
    stage.expect(event, "close", "o-denied-then-made", change_request="yes", off_hours="no", intel="no")


def limit_reached(stage: Stage, cast: Cast) -> None:
    """Two keys are there already; the oldest goes, and then there is room."""
    person, target = cast.person("platform admin"), cast.service()
    when, ip = cast.at_work(person)
    stage.around(person.email, "CreateAccessKey", target, when)
    who, old = aws.user(stage, person.name, when, ip), stage.credential(target, when)
    for n in range(stage.rng.randint(1, 3)):
        tried = when - timedelta(minutes=5 - n)
        stage.expect(refused(stage, who, tried, target, "LimitExceededException"), "close", "o-limit-reached")
    remove(stage, who, when - timedelta(minutes=1), target, old)
    event, key = aws.create_key(stage, who, when, target)
    stage.adopt(target, key, when + timedelta(minutes=1))
    stage.expect(event, "close", "o-limit-then-made", change_request="yes", off_hours="no", intel="no")


def rotating_sessions(stage: Stage, _cast: Cast) -> None:
    """Each deployment has a session name of its own; the standing change names the role."""
    stage.standing(RUNNER[0], "ImportKeyPair", "fleet-*")
    hour = stage.rng.uniform(6, 18)
    for n in range(stage.days - 1):
        when = utc(stage.start + timedelta(days=n), hour) + timedelta(seconds=stage.rng.randrange(1500))
        session, key = f"run-{digits(stage.rng, 7)}", aws_id(stage.rng, "ASIA")
        ip = address(stage.rng, "aws")
        who = aws.role(stage, RUNNER[0], session, when, ip, TERRAFORM_AGENT, key, MAIN_ACCOUNT)
        for call in ("DescribeInstances", "DescribeKeyPairs"):
            aws.call(stage, who, when, "ec2", call, {})
        if n > 20 and stage.rng.random() < 0.15:
            event = aws.import_key_pair(stage, who, when + timedelta(seconds=40), f"fleet-{n}")
            stage.expect(event, "close", "o-rotating-sessions", change_request="yes", off_hours="no", intel="no")


def in_the_lab(stage: Stage, cast: Cast) -> None:
    """An admin takes a role in the lab account; the ticket names the admin."""
    person, target = cast.person("platform admin"), LAB_USERS[0]
    when, ip = cast.at_work(person)
    who = aws.user(stage, person.name, when, ip)
    session = assume(stage, who, OPERATOR, person.name, when - timedelta(minutes=4))
    stage.around(person.name, "CreateAccessKey", target, when)
    event, _ = aws.create_key(stage, session, when, target)
    stage.expect(event, "close", "o-role-in-lab", change_request="yes", intel="no")


def assume(stage: Stage, who: aws.Caller, role: str, session_name: str, when: datetime) -> aws.Caller:
    """Log the AssumeRole into the lab under any session name, and return the session."""
    key = aws_id(stage.rng, "ASIA")
    session = aws.role(stage, role, session_name, when, who.ip, who.agent, key, LAB_ACCOUNT)
    request = {"roleArn": f"arn:aws:iam::{LAB_ACCOUNT}:role/{role}", "roleSessionName": session_name}
    expires = (when + timedelta(hours=1)).strftime("%b %d, %Y, %I:%M:%S %p")
    assumed = {"assumedRoleId": session.identity["principalId"], "arn": session.identity["arn"]}
    response = {"credentials": {"accessKeyId": key, "expiration": expires}, "assumedRoleUser": assumed}
    aws.call(stage, who, when, "sts", "AssumeRole", request, response)
    return session


def identity_center(stage: Stage, cast: Cast) -> None:
    """An admin by way of Identity Center, whose session is named after the person."""
    person, target = cast.person("platform admin"), cast.service()
    when, ip = cast.at_work(person)
    for n in range(1, 19):
        day = when.date() - timedelta(days=n)
        if (person.name, day) in stage.presence or day.weekday() < 5:
            at = stage.local(day, cast.hour(), person)
            aws.call(stage, sso_session(stage, person.email, at, stage.where(person, day)), at, "iam", "ListUsers", {})
    stage.around(person.email, "CreateAccessKey", target, when)
    event, key = aws.create_key(stage, sso_session(stage, person.email, when, ip), when, target)
    stage.adopt(target, key, when + timedelta(hours=1))
    stage.expect(event, "close", "o-identity-center", change_request="yes", off_hours="no", intel="no")


def sso_session(stage: Stage, email: str, when: datetime, ip: str) -> aws.Caller:
    key = aws_id(stage.rng, "ASIA")
    return aws.role(stage, SSO, email, when - timedelta(minutes=20), ip, EDGE, key, MAIN_ACCOUNT)


def storage_key(stage: Stage, cast: Cast) -> None:
    person = cast.person("platform admin")
    when, ip = cast.at_work(person)
    account = f"af{stage.rng.choice(('archive', 'media', 'exports'))}"
    stage.around(person.name, REGENERATE, account, when)
    resource = f"af-data/providers/Microsoft.Storage/storageAccounts/{account}"
    event = azure.call(stage, person, when, ip, REGENERATE, resource)
    stage.expect(event, "close", "o-storage-key", change_request="yes", off_hours="no", intel="no")


def break_glass(stage: Stage, cast: Cast) -> None:
    """The root user sets an admin's password, as was announced and approved beforehand."""
    person = cast.person("platform admin")
    when, ip = cast.at_work(person)
    root = {"type": "Root", "principalId": MAIN_ACCOUNT, "arn": f"arn:aws:iam::{MAIN_ACCOUNT}:root"}
    root |= {"accountId": MAIN_ACCOUNT, "accessKeyId": aws_id(stage.rng, "ASIA")}
    who = aws.Caller(root, MAIN_ACCOUNT, ip, EDGE)
    stage.around(root["arn"], "UpdateLoginProfile", person.name, when, kind="emergency")
    record = aws.call(
        stage, who, when - timedelta(minutes=3), "signin", "ConsoleLogin", None, {"ConsoleLogin": "Success"}
    )
    record |= {"eventType": "AwsConsoleSignIn", "additionalEventData": {"MFAUsed": "Yes"}}
    made = aws.call(stage, who, when, "iam", "UpdateLoginProfile", {"userName": person.name})
    stage.expect(str(made["eventID"]), "close", "o-break-glass", change_request="yes", intel="no")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    quarterly,
    wrong_copy,
    denied_first,
    limit_reached,
    rotating_sessions,
    in_the_lab,
    identity_center,
    storage_key,
    break_glass,
)
