"""Intrusions and insiders in AWS, one function a kind. None of it is covered by a ticket that should excuse it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from keywitness.simulate import aws
from keywitness.simulate.company import BOTO, DORMANT, EDGE, MAIN_ACCOUNT, Person
from keywitness.simulate.ids import aws_id
from keywitness.simulate.stage import Stage

THEFT_IP: Final = "91.245.118.44"
KIT_IP: Final = "37.120.201.16"
STRANGER_IP: Final = "154.72.168.90"
SCRIPT_AGENT: Final = "python-requests/2.32.3"
KIT_AGENT: Final = "aws-sdk-go-v2/1.30.4 os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64 kl/0.3"
BURST: Final = ("svc-search", "svc-freight", "svc-pricing", "svc-catalog", "svc-invoice", "svc-labels")
RECON: Final = (  # service, call, refused
    ("sts", "GetCallerIdentity", False),
    ("iam", "ListUsers", False),
    ("iam", "ListRoles", False),
    ("iam", "ListAttachedUserPolicies", True),
    ("iam", "GetAccountAuthorizationDetails", True),
    ("secretsmanager", "ListSecrets", True),
    ("ssm", "DescribeParameters", True),
    ("s3", "ListBuckets", False),
    ("kms", "ListKeys", True),
    ("lambda", "ListFunctions20150331", False),
    ("organizations", "ListAccounts", True),
    ("iam", "ListAccessKeys", True),
)


def play(stage: Stage) -> None:
    """Everything in this file, in a fixed order."""
    for kind in (
        burst,
        insider,
        dormant_console,
        logging_off,
        expired_ticket,
        out_of_scope,
        approved_afterwards,
        recon,
        foreign_night,
        hijacked_ticket,
    ):
        kind(stage)


def _at_desk(stage: Stage, name: str, script_day: int, hour: float) -> tuple[Person, datetime, aws.Caller]:
    """Someone at the office, with their own key and client."""
    person, day = stage.company.people[name], stage.workday(script_day)
    stage.presence[(name, day)] = person.desk_ip
    when = stage.local(day, hour, person)
    return person, when, aws.user(stage, name, when, person.desk_ip)


def foreign_night(stage: Stage) -> None:
    """An admin's stolen key makes her a second one, at night, from a listed address; that one makes a third."""
    carys = stage.company.people["carys"]
    when = stage.local(stage.workday(43), 3.2, carys)
    thief = aws.user(stage, "carys", when, THEFT_IP, agent=SCRIPT_AGENT)
    for n, name in enumerate(("GetCallerIdentity", "ListUsers", "ListAccessKeys")):
        aws.call(stage, thief, when - timedelta(seconds=90 - 20 * n), "iam" if n else "sts", name, {})
    first, key = aws.create_key(stage, thief, when, "carys")
    again = aws.user(stage, "carys", when, THEFT_IP, key=key, agent=SCRIPT_AGENT)
    for n, name in enumerate(("ListBuckets", "ListObjects", "GetObject", "GetObject")):
        at = when + timedelta(minutes=6 + 2 * n)
        aws.call(stage, again, at, "s3", name, {"bucketName": "af-data-lake"} if n else {}, data=bool(n))
    second, child = aws.create_key(stage, again, when + timedelta(minutes=21), "svc-reporting")
    last = aws.user(stage, "svc-reporting", when, THEFT_IP, key=child, agent=SCRIPT_AGENT)
    aws.call(stage, last, when + timedelta(minutes=40), "sts", "GetCallerIdentity", {})
    answers = {"change_request": "no", "off_hours": "yes", "unusual_location": "yes", "intel": "yes"}
    stage.expect(first, "escalate", "a1-foreign-night", **answers)
    stage.expect(second, "escalate", "a2-child-key", **answers, parent_event=first)


def burst(stage: Stage) -> None:
    """A developer gives himself keys of six service users within a quarter of an hour."""
    _, when, who = _at_desk(stage, "jonah", 36, 14.2)
    for target in BURST:
        event, _ = aws.create_key(stage, who, when, target)
        stage.expect(event, "escalate", "a3-burst", change_request="no", off_hours="no", pattern="yes", intel="no")
        when += timedelta(seconds=stage.rng.randrange(60, 170))


def insider(stage: Stage) -> None:
    """A developer at her own desk, in the middle of the day, without a ticket."""
    _, when, who = _at_desk(stage, "maelle", 37, 11.5)
    event, key = aws.create_key(stage, who, when, "svc-payments")
    later = when + timedelta(hours=2)
    used = aws.user(stage, "svc-payments", later, who.ip, key=key, agent=who.agent)
    aws.call(stage, used, later, "s3", "GetObject", {"bucketName": "af-payments", "key": "cards.csv"}, data=True)
    answers = {"off_hours": "no", "unusual_location": "no", "atypical_actor": "yes", "intel": "no"}
    stage.expect(event, "escalate", "a6-insider", change_request="no", **answers)


def expired_ticket(stage: Stage) -> None:
    """A real ticket, used three days after its window closed."""
    _, when, who = _at_desk(stage, "adele", 40, 13)
    stage.ticket("standard", "adele", "CreateAccessKey", "svc-archive", when - timedelta(days=3, hours=8), 8)
    event, _ = aws.create_key(stage, who, when, "svc-archive")
    stage.expect(event, "escalate", "a7-expired-ticket", change_request="no", off_hours="no", intel="no")


def out_of_scope(stage: Stage) -> None:
    """The ticket is good, for another service user."""
    _, when, who = _at_desk(stage, "adele", 41, 11)
    stage.around("adele", "CreateAccessKey", "svc-pricing", when)
    event, _ = aws.create_key(stage, who, when, "svc-ledger")
    stage.expect(event, "escalate", "a8-wrong-target", change_request="no", off_hours="no", intel="no")


def hijacked_ticket(stage: Stage) -> None:
    """Approved work, done by someone else: the admin's session, stolen, at night, from a listed address."""
    adele = stage.company.people["adele"]
    when = stage.local(stage.workday(44), 2.8, adele)
    stage.ticket("standard", "adele", "CreateAccessKey", "svc-notify", when - timedelta(hours=9), 24)
    caller = aws.user(stage, "adele", when, KIT_IP, key=aws_id(stage.rng, "ASIA"), agent=KIT_AGENT)
    began = aws.stamp(when - timedelta(hours=10))
    session = {"sessionContext": {"attributes": {"creationDate": began, "mfaAuthenticated": "true"}}}
    thief = replace(caller, identity=caller.identity | session)
    aws.call(stage, thief, when - timedelta(minutes=3), "sts", "GetCallerIdentity", {})
    event, key = aws.create_key(stage, thief, when, "svc-notify")
    used = aws.user(stage, "svc-notify", when, KIT_IP, key=key, agent=KIT_AGENT)
    aws.call(stage, used, when + timedelta(minutes=9), "s3", "ListBuckets", {})
    answers = {"off_hours": "yes", "unusual_location": "yes", "intel": "yes"}
    stage.expect(event, "escalate", "a9-hijacked-ticket", change_request="yes", **answers)


def dormant_console(stage: Stage) -> None:
    """A developer sets a console password for a contractor who left; an hour later somebody signs in as him."""
    _, when, who = _at_desk(stage, "silas", 38, 15)
    profile = {"userName": DORMANT, "passwordResetRequired": False}
    made = {"loginProfile": profile | {"createDate": when.strftime("%b %d, %Y %I:%M:%S %p")}}
    event = aws.call(stage, who, when, "iam", "CreateLoginProfile", profile, made)
    aws.console_login(stage, DORMANT, when + timedelta(hours=1), STRANGER_IP, EDGE.replace("10.0", "6.1"), mfa=False)
    answers = {"off_hours": "no", "atypical_actor": "yes", "intel": "no"}
    stage.expect(str(event["eventID"]), "escalate", "a10-dormant-console", change_request="no", **answers)


def recon(stage: Stage) -> None:
    """An analyst's key looks at everything, is refused most of it, then makes a key of a service user."""
    tove, when, _ = _at_desk(stage, "tove", 42, 14)
    who = aws.user(stage, "tove", when, tove.desk_ip, agent=BOTO)
    for n in range(4 * len(RECON)):
        service, name, refused = RECON[n % len(RECON)]
        at = when - timedelta(seconds=9 * (4 * len(RECON) - n) + 60)
        aws.call(stage, who, at, service, name, {}, denied=refused)
    event, _ = aws.create_key(stage, who, when, "svc-geocode")
    answers = {"off_hours": "no", "suspicious_history": "yes", "atypical_actor": "yes", "intel": "no"}
    stage.expect(event, "escalate", "a11-recon-then-key", change_request="no", **answers)


def logging_off(stage: Stage) -> None:
    """The trail of the data events stops, a key is made, the trail starts again."""
    _, when, who = _at_desk(stage, "dmitra", 39, 15.5)
    trail = {"name": f"arn:aws:cloudtrail:us-east-1:{MAIN_ACCOUNT}:trail/af-data-events"}
    aws.call(stage, who, when - timedelta(minutes=6), "cloudtrail", "StopLogging", trail)
    event, _ = aws.create_key(stage, who, when, "svc-chat")
    aws.call(stage, who, when + timedelta(minutes=18), "cloudtrail", "StartLogging", trail)
    answers = {"off_hours": "no", "suspicious_history": "yes", "intel": "no"}
    stage.expect(event, "escalate", "a12-logging-off", change_request="no", **answers)


def approved_afterwards(stage: Stage) -> None:
    """The change comes first, the ticket and its approval the day after, dated back."""
    _, when, who = _at_desk(stage, "adele", 41, 14.5)
    row = stage.around("adele", "CreateAccessKey", "svc-claims", when)
    asked = when + timedelta(hours=19)
    stage.tickets[-1] = replace(row, created=asked, approved_at=asked + timedelta(hours=2))
    event, _ = aws.create_key(stage, who, when, "svc-claims")
    stage.expect(event, "escalate", "a14-approved-afterwards", change_request="no", off_hours="no", intel="no")
