"""CloudTrail: who is behind each kind of identity, what failed, and what is kept."""

from typing import Any

import pytest

from keywitness.errors import RecordError
from keywitness.readers import aws as reader
from tests.readers.records import NOTHING, Record, ask, aws

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/deployer"


def assumed(session: str, role: str = "deployer", **more: Any) -> Record:
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": {"arn": f"arn:aws:iam::{ACCOUNT}:role/path/{role}", "userName": role},
            "attributes": {"creationDate": "2026-03-02T09:00:00Z", "mfaAuthenticated": "true"},
        }
        | more,
    }


def test_a_row_says_what_happened() -> None:
    row = ask(reader.READER, aws())
    assert (row.event_id, row.provider, row.log, row.tenant, row.region) == (
        "e-1",
        "aws",
        "cloudtrail",
        ACCOUNT,
        "us-east-1",
    )
    assert (row.service, row.operation, row.class_, row.read_only) == (
        "iam",
        "iam:CreateAccessKey",
        "management",
        False,
    )
    assert (row.outcome, row.error, row.credential_used) == ("success", None, "AKIAEXAMPLE")
    assert (row.source_ip, row.source_service, row.user_agent) == ("192.0.2.10", None, "aws-cli/2.15")


IDENTITIES: dict[str, tuple[Record, tuple[str | None, str | None, str | None]]] = {
    "a user is the same whatever its path": (
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/a/b/mia", "accountId": ACCOUNT, "userName": "mia"},
        (f"arn:aws:iam::{ACCOUNT}:user/mia", "mia", "user"),
    ),
    "a role's run": (assumed("i-0abc"), (ROLE, "deployer/i-0abc", "role")),
    "a person in a role": (
        assumed("mia@corp.example"),
        (f"{ROLE}/mia@corp.example", "deployer/mia@corp.example", "role"),
    ),
    "an Identity Center session": (
        assumed("mia", "AWSReservedSSO_Admin_0123456789abcdef"),
        (f"arn:aws:iam::{ACCOUNT}:role/path/AWSReservedSSO_Admin_0123456789abcdef/mia", "mia", "role"),
    ),
    "a source identity": (assumed("run-7", sourceIdentity="mia"), (f"{ROLE}/mia", "mia", "role")),
    "a role without its issuer": (
        {"type": "AssumedRole", "arn": f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/deployer/run"},
        (f"arn:aws-cn:iam::{ACCOUNT}:role/deployer", "deployer/run", "role"),
    ),
    "root": ({"type": "Root", "accountId": ACCOUNT}, (f"arn:aws:iam::{ACCOUNT}:root", f"root of {ACCOUNT}", "root")),
    "a service": (
        {"type": "AWSService", "invokedBy": "guardduty.amazonaws.com"},
        ("guardduty.amazonaws.com", "guardduty.amazonaws.com", "cloud_service"),
    ),
    "a web identity": (
        {"type": "WebIdentityUser", "identityProvider": "accounts.google.com", "userName": "42"},
        ("accounts.google.com:42", "42", "federated"),
    ),
    "an Identity Center user": (
        {"type": "IdentityCenterUser", "arn": "", "onBehalfOf": {"userId": "uid-1"}},
        ("uid-1", "uid-1", "user"),
    ),
    "a federated user": (
        {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/tmp", "principalId": "x:tmp"},
        (f"arn:aws:sts::{ACCOUNT}:federated-user/tmp", "tmp", "federated"),
    ),
}


@pytest.mark.parametrize("kind", IDENTITIES)
def test_the_actor_is_the_principal(kind: str) -> None:
    identity, expected = IDENTITIES[kind]
    row = ask(reader.READER, aws(userIdentity=identity))
    assert (row.actor_id, row.actor_name, row.actor_type) == expected


def test_a_session_is_told_by_its_start() -> None:
    row = ask(reader.READER, aws(userIdentity=assumed("run-7")))
    assert (row.session_id, row.mfa) == ("AROAEXAMPLE:run-7@2026-03-02T09:00:00Z", True)


FAILED: list[tuple[Record, tuple[str, str | None]]] = [
    (aws(errorCode="AccessDenied"), ("failure", "AccessDenied")),
    (
        aws(eventSource="signin.amazonaws.com", eventName="ConsoleLogin", responseElements={"ConsoleLogin": "Failure"}),
        ("failure", "Failure"),
    ),
    (
        aws(eventSource="signin.amazonaws.com", eventName="ConsoleLogin", responseElements={"ConsoleLogin": "Success"}),
        ("success", None),
    ),
    (aws(responseElements=None), ("success", None)),
]


@pytest.mark.parametrize(("record", "expected"), FAILED)
def test_a_failure_is_told(record: Record, expected: tuple[str, str | None]) -> None:
    row = ask(reader.READER, record)
    assert (row.outcome, row.error) == expected


def test_a_console_sign_in_says_whether_a_second_factor_was_used() -> None:
    record = aws(eventSource="signin.amazonaws.com", eventName="ConsoleLogin", additionalEventData={"MFAUsed": "Yes"})
    row = ask(reader.READER, record)
    assert (row.class_, row.mfa) == ("sign-in", True)


def test_the_cloud_itself_has_no_address() -> None:
    row = ask(reader.READER, aws(sourceIPAddress="cloudformation.amazonaws.com"))
    assert (row.source_ip, row.source_service) == (None, "cloudformation.amazonaws.com")


def test_old_records_are_read() -> None:
    record = aws()
    for key in ("eventID", "recipientAccountId", "readOnly"):
        del record[key]
    row = ask(reader.READER, record)
    assert (row.event_id, row.tenant, row.read_only) == (None, ACCOUNT, None)


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        (aws(), True),
        (aws(eventName="ListUsers", readOnly=True), False),
        (aws(eventSource="s3.amazonaws.com", eventName="PutObject", eventCategory="Data"), False),
    ],
)
def test_identity_changes_are_kept_whole(record: Record, kept: bool) -> None:
    assert (ask(reader.READER, record, NOTHING).raw is not None) is kept


def test_data_events_are_told_apart() -> None:
    assert ask(reader.READER, aws(managementEvent="false")).class_ == "data"


def test_a_digest_file_is_named_for_what_it_is() -> None:
    digest = {"awsAccountId": ACCOUNT, "digestStartTime": "2026-03-02T10:00:00Z", "logFiles": []}
    assert reader.recognises(digest)
    with pytest.raises(RecordError, match="digest"):
        ask(reader.READER, digest)
