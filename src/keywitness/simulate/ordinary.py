"""Ordinary life: what the company does all day, so that "usual" can be learned from its logs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from keywitness.simulate import aws, azure, entra, gcp
from keywitness.simulate.company import (
    BOTO,
    BUILDER,
    CERTIFIED,
    EDGE,
    LAB_ACCOUNT,
    MAIN_ACCOUNT,
    ROTATOR,
    SERVICE_ACCOUNTS,
    TERRAFORM,
    TERRAFORM_AGENT,
    Person,
    address,
)
from keywitness.simulate.ids import aws_id
from keywitness.simulate.stage import Record, Stage, is_workday


@dataclass(frozen=True, slots=True)
class Call:
    """One kind of AWS call that people make, with how often it comes up among the others."""

    service: str
    name: str
    request: Record = field(default_factory=dict)
    weight: int = 4
    data: bool = False


CALLS: Final = (
    Call("ec2", "DescribeInstances", {"maxResults": 100}, 6),
    Call("ec2", "DescribeVolumes", {"maxResults": 50}),
    Call("ec2", "CreateTags", {"tagSet": {"items": [{"key": "team", "value": "core"}]}}, 2),
    Call("logs", "DescribeLogGroups", {"limit": 50}),
    Call("logs", "CreateLogStream", {"logGroupName": "/af/app", "logStreamName": "run"}, 2),
    Call("lambda", "ListFunctions20150331", {"maxItems": 50}),
    Call("lambda", "UpdateFunctionCode20150331v2", {"functionName": "af-pricing"}, 2),
    Call("ecs", "DescribeTasks", {"cluster": "af-core"}),
    Call("ecs", "UpdateService", {"cluster": "af-core", "service": "web"}, 1),
    Call("dynamodb", "DescribeTable", {"tableName": "orders"}),
    Call("cloudwatch", "GetMetricData", {"maxDatapoints": 500}),
    Call("kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, 3),
    Call("sts", "GetCallerIdentity", {}, 3),
    Call("s3", "ListObjects", {"bucketName": "af-data-lake"}, 3, data=True),
    Call("s3", "GetObject", {"bucketName": "af-data-lake", "key": "orders/part-0.parquet"}, 4, data=True),
    Call("s3", "PutObject", {"bucketName": "af-data-lake", "key": "staging/part-1.parquet"}, 2, data=True),
)
_WEIGHTS: Final = tuple(call.weight for call in CALLS)
WORK: Final = {  # role: AWS calls, BigQuery jobs and Azure calls a day
    "platform admin": (14, 0, 1),
    "identity admin": (3, 0, 1),
    "sre": (15, 1, 1),
    "developer": (13, 1, 0),
    "data engineer": (8, 6, 0),
    "analyst": (4, 5, 0),
    "application owner": (3, 1, 0),
    "helpdesk": (0, 0, 1),
    "consultant": (9, 0, 0),
}
LAB_ROLES: Final = frozenset({"platform admin", "sre", "developer"})
AZURE_CALLS: Final = (
    ("Microsoft.Compute/virtualMachines/start/action", "af-edge/providers/Microsoft.Compute/virtualMachines/edge-01"),
    ("Microsoft.Compute/virtualMachines/restart/action", "af-edge/providers/Microsoft.Compute/virtualMachines/edge-02"),
    ("Microsoft.Resources/deployments/write", "af-edge/providers/Microsoft.Resources/deployments/edge"),
    ("Microsoft.Resources/tags/write", "af-edge/providers/Microsoft.Resources/tags/default"),
)
WRONG_PASSWORD: Final = 50126


def live(stage: Stage) -> None:
    """Fill every day of the stage. Script what is special first: it decides who holds which key when."""
    for day in (stage.start + timedelta(days=n) for n in range(stage.days)):
        for person in stage.company.people.values():
            if not stage.employed(person.name, day):
                continue
            if is_workday(day):
                _workday(stage, person, day)
            elif person.role == "sre" and stage.rng.random() < 0.15:
                _block(stage, person, stage.local(day, 11, person), person.home_ip, 3)
        _services(stage, day)
        _builds(stage, day)
        _cloud_jobs(stage, day)
        _rotator_check(stage, day)


def utc(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)


def _workday(stage: Stage, person: Person, day: date) -> None:
    rng, ip = stage.rng, stage.where(person, day)
    calls, jobs, azure_calls = WORK[person.role]
    _arrive(stage, person, stage.local(day, 9, person), ip)
    for hour in _hours(stage, max(1, calls // 5)):
        _block(stage, person, stage.local(day, hour, person), ip, rng.randint(2, 8) if calls > 5 else calls)
    for hour in _hours(stage, jobs):
        gcp.query(stage, stage.local(day, hour, person), gcp.Caller(person.email, ip, gcp.gcloud(stage, "alpha.bq")))
    for hour in _hours(stage, azure_calls):
        azure.call(stage, person, stage.local(day, hour, person), ip, *rng.choice(AZURE_CALLS))
    if person.role in LAB_ROLES and rng.random() < 0.2 and stage.has_key(person.name, utc(day, 0)):
        aws.console_login(stage, person.name, stage.local(day, 13, person), ip, EDGE)


def _hours(stage: Stage, count: int) -> Iterator[float]:
    return (stage.rng.uniform(9.3, 16.8) for _ in range(count))


def _arrive(stage: Stage, person: Person, when: datetime, ip: str) -> None:
    """The morning's sign-in, sometimes after one mistyped password, sometimes followed by another after lunch."""
    if stage.rng.random() < 0.04:
        entra.sign_in(stage, person, when - timedelta(seconds=40), ip, error=WRONG_PASSWORD)
    entra.sign_in(stage, person, when, ip)
    if stage.rng.random() < 0.4:
        entra.sign_in(stage, person, when + timedelta(hours=4.2), ip)


def _block(stage: Stage, person: Person, when: datetime, ip: str, count: int) -> None:
    """A few calls in a row, in the main account or, through a role, in the lab."""
    if not stage.has_key(person.name, when):
        return
    who = aws.user(stage, person.name, when, ip)
    if person.role in LAB_ROLES and stage.rng.random() < 0.25:
        who = assume(stage, who, person.name, when)
    for call in stage.rng.choices(CALLS, _WEIGHTS, k=count):
        when += timedelta(seconds=stage.rng.randrange(2, 200))
        denied = stage.rng.random() < 0.008
        aws.call(stage, who, when, call.service, call.name, call.request, data=call.data, denied=denied)


def assume(stage: Stage, who: aws.Caller, person: str, when: datetime) -> aws.Caller:
    """Log the AssumeRole into the lab and return the session that it gives."""
    key = aws_id(stage.rng, "ASIA")
    session = aws.role(stage, "Engineer", person, when, who.ip, who.agent, key, LAB_ACCOUNT)
    request = {"roleArn": f"arn:aws:iam::{LAB_ACCOUNT}:role/Engineer", "roleSessionName": person}
    expires = (when + timedelta(hours=1)).strftime("%b %d, %Y, %I:%M:%S %p")
    assumed = {"assumedRoleId": session.identity["principalId"], "arn": session.identity["arn"]}
    response = {"credentials": {"accessKeyId": key, "expiration": expires}, "assumedRoleUser": assumed}
    aws.call(stage, who, when, "sts", "AssumeRole", request, response)
    return session


def service_ip(index: int) -> str:
    return f"3.98.17.{20 + index}"


def _services(stage: Stage, day: date) -> None:
    """Each service user's two daily calls, at its own hours, with the key it holds then."""
    for index, name in enumerate(stage.company.services):
        for hour, call in ((1.5 + index % 18, "GetObject"), (7 + index % 18, "PutObject")):
            when = utc(day, hour) + timedelta(seconds=stage.rng.randrange(90))
            who = aws.user(stage, name, when, service_ip(index))
            aws.call(stage, who, when, "s3", call, {"bucketName": f"af-{name[4:]}", "key": "current"}, data=True)


def build_session(stage: Stage, when: datetime) -> aws.Caller:
    """One pipeline run: a fresh role session from the build service's addresses."""
    key, ip = aws_id(stage.rng, "ASIA"), address(stage.rng, stage.build_network(when))
    return aws.role(stage, *BUILDER, when, ip, TERRAFORM_AGENT, key, MAIN_ACCOUNT)


def _builds(stage: Stage, day: date) -> None:
    for hour in (8.5, 15.5) if is_workday(day) else (8.5,):
        when = utc(day, hour) + timedelta(seconds=stage.rng.randrange(3000))
        who = build_session(stage, when)
        for call in stage.rng.choices(CALLS[:11], _WEIGHTS[:11], k=stage.rng.randint(4, 8)):
            when += timedelta(seconds=stage.rng.randrange(2, 30))
            aws.call(stage, who, when, call.service, call.name, call.request, data=call.data)


def rotator_session(stage: Stage, when: datetime) -> aws.Caller:
    return aws.role(stage, *ROTATOR, when, "3.98.17.11", BOTO, aws_id(stage.rng, "ASIA"), MAIN_ACCOUNT)


def _rotator_check(stage: Stage, day: date) -> None:
    """The rotation's nightly look at the age of the keys, due or not."""
    when = utc(day, 2) + timedelta(seconds=stage.rng.randrange(60))
    who = rotator_session(stage, when)
    for name in stage.company.services[:3]:
        when += timedelta(seconds=2)
        aws.call(stage, who, when, "iam", "ListAccessKeys", {"userName": name})


def _cloud_jobs(stage: Stage, day: date) -> None:
    """Terraform's daily plan, the loaders' jobs with their keys, the applications' sign-ins with their secrets."""
    for n in range(6):
        when = utc(day, 13) + timedelta(seconds=20 * n + stage.rng.randrange(20))
        gcp.list_instances(stage, when, gcp.Caller(TERRAFORM, "34.95.22.9", gcp.TERRAFORM))
    for index, account in enumerate(SERVICE_ACCOUNTS[1:]):
        when = utc(day, 3 + index) + timedelta(seconds=stage.rng.randrange(600))
        key = stage.credential(account, when)
        gcp.query(stage, when, gcp.Caller(account, service_ip(40 + index), "gcloud-python/3.25.0", key))
    for index, app in enumerate(stage.company.applications.values()):
        when = utc(day, 5 + index) + timedelta(seconds=stage.rng.randrange(600))
        key, ip = stage.credential(app.name, when), f"20.151.60.{30 + index}"
        entra.principal_sign_in(stage, app, when, ip, key, certificate=app.name == CERTIFIED)
