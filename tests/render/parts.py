"""Small records that the sample run and the tests are made of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from keywitness.errors import Source
from keywitness.model import (
    Answer,
    CaseId,
    CredentialChange,
    Decision,
    EventId,
    Finding,
    Party,
    PrincipalId,
    TimelineEntry,
)
from keywitness.render.words import QUESTIONS

BERLIN: Final = ZoneInfo("Europe/Berlin")
NIGHT: Final = datetime(2026, 8, 20, 3, 12, 45, tzinfo=UTC)
LONG_AGENT: Final = (
    "aws-sdk-go-v2/1.30.4 ua/2.1 os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64 api/iam#1.34.3 "
    "exec-env/CloudShell_with_a_word_that_never_ends_" + "x" * 150
)
LONG_ARN: Final = (
    "arn:aws:iam::418273645091:role/platform/delivery/eu-central-1/" + "continuous-integration-deployer-" * 2 + "x"
)
HOLD: Final = (
    "aws iam put-user-policy --user-name dora --policy-name keywitness-hold --policy-document"
    ' \'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}\''
)
LOOKBACK: Final = "the 90 days that end a day before"


def event(number: int) -> EventId:
    return EventId(f"e0b6fbb6-5ca0-4c17-9c6d-{number:012d}")


def user(name: str) -> Party:
    return Party(f"arn:aws:iam::418273645091:user/{name}", name, "user")


def calm() -> dict[str, Answer]:
    """Answers with nothing to see, all questions in their order."""
    said = {
        "change_request": Answer("yes", "normal change CHG0040112, approved by M. Okafor, covers it", ("CHG0040112",)),
        "off_hours": Answer("no", "Thursday 10:20, within business hours in the actor's zone (directory)"),
        "unusual_location": Answer(
            "no", f"Berlin, DE (AS3320 Deutsche Telekom) is usual: 61 of 63 active days in {LOOKBACK}"
        ),
        "suspicious_history": Answer(
            "no", "no risk detection, tampering, denied-call or sign-in burst in 30 days of logs"
        ),
        "atypical_actor": Answer("no", f"14 times on 9 days by this actor in {LOOKBACK}, last 2026-08-11"),
        "pattern": Answer("no", "0 other uncovered changes by the same hand within 24 hours"),
        "identity_known": Answer("yes", "actor: Dora Lind (platform engineer, not admin, manager M. Okafor)"),
        "unusual_client": Answer("no", f"aws-cli was used on 58 days in {LOOKBACK}"),
        "threat_intel": Answer("no", "no indicator matches the address, network, client or credential"),
        "used_since": Answer("no", "not used in the 6 days of aws.management log after it"),
        "others_affected": Answer(
            "no", "nothing else by this session, address or credential within 24 hours either side"
        ),
    }
    assert list(said) == list(QUESTIONS)
    return said


def hostile() -> dict[str, Answer]:
    """Answers of a change that an intruder made."""
    return calm() | {
        "change_request": Answer(
            "no",
            "CHG0040377 does not cover it: it names the target 'svc-mail'; its window is 2026-08-19 08:00 to"
            " 2026-08-19 12:00 UTC and the change was at 2026-08-20 03:12",
            ("CHG0040377",),
            ("CHG0040377 agrees on actor, action, approval",),
            kind="out of scope",
        ),
        "off_hours": Answer(
            "yes", f"Thursday 05:12, before 09:00; active around this hour on 0 of 63 active days in {LOOKBACK}"
        ),
        "unusual_location": Answer(
            "yes",
            f"first time from Amsterdam, NL (AS60729 Stiftung Erneuerbare Freiheit): 0 of 63 active days in {LOOKBACK};"
            " usual: DE (61 d), FR (2 d)",
            (event(1),),
        ),
        "atypical_actor": Answer(
            "yes",
            f"0 times by this actor and by 0 of its peers in {LOOKBACK}; 31 times by 3 others",
            (event(1),),
            kind="first time",
        ),
        "threat_intel": Answer(
            "yes", "185.220.101.47: Tor exit node (northwind-intel, confidence 85, TLP:AMBER)", ("indicator--5f1d0c52",)
        ),
        "unusual_client": Answer("yes", f"first time with aws-sdk-go: 0 of 63 active days in {LOOKBACK}", (event(1),)),
        "used_since": Answer(
            "yes",
            "first used 11 minutes later, at 2026-08-20 03:24 UTC, from 45.137.21.9 in Bucharest, RO (AS9009 M247) for"
            " sts:GetCallerIdentity; 214 calls in all, 37 failed; another network than its creator",
            (event(20), event(21)),
            kind="foreign network",
        ),
    }


def change(number: int, time: datetime, actor: Party, target: Party, **more: Any) -> CredentialChange:
    """An AWS access key, but for what ``more`` says."""
    made = CredentialChange(
        event_id=event(number),
        time=time,
        provider="aws",
        log="management",
        tenant="418273645091",
        region="us-east-1",
        operation="iam:CreateAccessKey",
        operation_id="aws.iam.create-access-key",
        credential_type="access_key",
        change="created",
        scope="core",
        technique="T1098.001",
        outcome="success",
        error=None,
        actor=actor,
        target=target,
        actor_principal=PrincipalId(actor.label()),
        target_principal=PrincipalId(target.label()),
        credential_ids=(f"AKIAIOSFODNN7EX{number:05d}",),
        credential_used="ASIAQXMPLKEY00000001",
        session_id="ASIAQXMPLKEY00000001",
        source_ip="185.220.101.47",
        source_service=None,
        user_agent="aws-sdk-go-v2/1.30.4 os/linux lang/go#1.22.6 api/iam#1.34.3",
        mfa=False,
        containment="aws.iam.disable-access-key",
        source=Source("logs/aws/418273645091_CloudTrail_us-east-1_20260820T0315Z.json.gz", number),
        raw=_record(number, time, actor),
    )
    return replace(made, **more)


def _record(number: int, time: datetime, actor: Party) -> dict[str, Any]:
    return {
        "eventVersion": "1.09",
        "userIdentity": {"type": "IAMUser", "arn": actor.id, "userName": actor.name},
        "eventTime": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "185.220.101.47",
        "requestParameters": {"userName": "svc-backup"},
        "responseElements": {"accessKey": {"accessKeyId": f"AKIAIOSFODNN7EX{number:05d}", "status": "Active"}},
        "eventID": event(number),
        "readOnly": False,
    }


def finding(
    made: CredentialChange, answers: Mapping[str, Answer], decision: Decision, case: str, **more: Any
) -> Finding:
    return replace(
        Finding(
            change=made,
            answers=answers,
            decision=decision,
            case_id=CaseId(case),
            parent_event_id=None,
            sentence=f"{made.actor.label()} created an access key for {made.target.label()}.",
            local_time=made.time.astimezone(BERLIN),
            place="Amsterdam, NL (AS60729 Stiftung Erneuerbare Freiheit)",
        ),
        **more,
    )


def moment(minutes: int, what: str, number: int, kind: Any) -> TimelineEntry:
    return TimelineEntry(NIGHT + timedelta(minutes=minutes), what, event(number), kind)
