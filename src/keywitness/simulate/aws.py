"""CloudTrail records, version 1.09, as S3 delivers them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from keywitness.simulate.company import BOTO, LAB_ACCOUNT, MAIN_ACCOUNT
from keywitness.simulate.ids import aws_id, guid, hex_id
from keywitness.simulate.stage import Record, Stage

REGIONS: Final = {MAIN_ACCOUNT: "us-east-1", LAB_ACCOUNT: "eu-west-1"}
_READING: Final = ("Get", "List", "Describe", "Head", "Decrypt", "Lookup", "BatchGet", "AssumeRole")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signs a call: the userIdentity block, and where it comes from."""

    identity: Record
    account: str
    ip: str
    agent: str


def stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(
    stage: Stage, name: str, when: datetime, ip: str, *, key: str = "", agent: str = "", account: str = MAIN_ACCOUNT
) -> Caller:
    """An IAM user, with the key that is its own at ``when`` unless ``key`` says another."""
    person = stage.company.people.get(name)
    identity = {
        "type": "IAMUser",
        "principalId": stage.company.aws_ids[name],
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": key or stage.credential(name, when),
        "userName": name,
    }
    return Caller(identity, account, ip, agent or (stage.agent(person, when) if person else BOTO))


def role(stage: Stage, name: str, session: str, since: datetime, ip: str, agent: str, key: str, account: str) -> Caller:
    """A role session that began at ``since`` and signs with the temporary ``key``."""
    role_id = stage.company.aws_ids[name]
    issuer = {
        "type": "Role",
        "principalId": role_id,
        "arn": f"arn:aws:iam::{account}:role/{name}",
        "accountId": account,
        "userName": name,
    }
    identity = {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": stamp(since), "mfaAuthenticated": "false"},
        },
    }
    return Caller(identity, account, ip, agent)


def call(
    stage: Stage,
    who: Caller,
    when: datetime,
    service: str,
    name: str,
    request: Any = None,
    response: Any = None,
    *,
    denied: bool = False,
    data: bool = False,
) -> Record:
    """Log one API call. ``denied`` makes it an AccessDenied, ``data`` a data event."""
    record: Record = {
        "eventVersion": "1.09",
        "userIdentity": who.identity,
        "eventTime": stamp(when),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGIONS[who.account],
        "sourceIPAddress": who.ip,
        "userAgent": who.agent,
        "requestParameters": request,
        "responseElements": None if denied else response,
        "requestID": guid(stage.rng),
        "eventID": guid(stage.rng),
        "readOnly": name.startswith(_READING),
        "eventType": "AwsApiCall",
        "managementEvent": not data,
        "recipientAccountId": who.account,
        "eventCategory": "Data" if data else "Management",
    }
    if denied:
        arn = who.identity["arn"]
        record |= {
            "errorCode": "AccessDenied",
            "errorMessage": f"User: {arn} is not authorized to perform: {service}:{name}",
        }
    return stage.log(f"aws/{who.account}", record)


def create_key(stage: Stage, who: Caller, when: datetime, target: str) -> tuple[str, str]:
    """Create an access key for ``target``. Returns the event id and the new key id."""
    key = aws_id(stage.rng, "AKIA")
    created = when.strftime("%b %d, %Y %I:%M:%S %p")
    made = {"userName": target, "accessKeyId": key, "status": "Active", "createDate": created}
    event = call(stage, who, when, "iam", "CreateAccessKey", {"userName": target}, {"accessKey": made})
    return str(event["eventID"]), key


def import_key_pair(stage: Stage, who: Caller, when: datetime, name: str) -> str:
    pair = f"key-0{hex_id(stage.rng, 16)}"
    prints = ":".join(hex_id(stage.rng, 2) for _ in range(16))
    request = {"keyName": name, "publicKeyMaterial": "c3NoLWVkMjU1MTkgU1lOVEhFVElD"}
    response = {"keyName": name, "keyPairId": pair, "keyFingerprint": prints}
    return str(call(stage, who, when, "ec2", "ImportKeyPair", request, response)["eventID"])


def console_login(stage: Stage, name: str, when: datetime, ip: str, agent: str, *, mfa: bool = True) -> Record:
    """A console sign-in, which CloudTrail logs as a service event without access key."""
    who = user(stage, name, when, ip, agent=agent)
    identity = {k: v for k, v in who.identity.items() if k != "accessKeyId"}
    record = call(
        stage,
        Caller(identity, who.account, ip, agent),
        when,
        "signin",
        "ConsoleLogin",
        None,
        {"ConsoleLogin": "Success"},
    )
    record["eventType"] = "AwsConsoleSignIn"
    record["additionalEventData"] = {"MobileVersion": "No", "MFAUsed": "Yes" if mfa else "No"}
    return record
