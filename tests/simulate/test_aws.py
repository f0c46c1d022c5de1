"""CloudTrail records: the fields that detection reads, for users, roles, refusals and the console."""

from datetime import UTC, datetime

from keywitness.simulate import aws
from keywitness.simulate.company import LAB_ACCOUNT
from keywitness.simulate.stage import Stage

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)


def test_a_created_key_is_in_the_response(stage: Stage) -> None:
    who = aws.user(stage, "adele", NOON, "207.164.40.9")
    event, key = aws.create_key(stage, who, NOON, "svc-chat")
    (record,) = stage.logs["aws/111122223333"]
    assert (record["eventID"], record["eventTime"]) == (event, "2026-10-07T12:00:00Z")
    assert record["responseElements"]["accessKey"]["accessKeyId"] == key
    assert record["requestParameters"] == {"userName": "svc-chat"}
    assert record["userIdentity"]["userName"] == "adele"
    assert record["readOnly"] is False


def test_a_refused_call_has_an_error_and_no_response(stage: Stage) -> None:
    who = aws.user(stage, "tove", NOON, "194.38.144.9")
    record = aws.call(stage, who, NOON, "iam", "CreateAccessKey", {}, {"accessKey": {}}, denied=True)
    assert record["errorCode"] == "AccessDenied"
    assert "user/tove is not authorized to perform: iam:CreateAccessKey" in record["errorMessage"]
    assert record["responseElements"] is None


def test_a_role_session_names_its_issuer(stage: Stage) -> None:
    who = aws.role(stage, "Engineer", "silas", NOON, "207.164.40.9", "cli", "ASIAX", LAB_ACCOUNT)
    record = aws.call(stage, who, NOON, "s3", "GetObject", {}, data=True)
    assert record["userIdentity"]["arn"] == f"arn:aws:sts::{LAB_ACCOUNT}:assumed-role/Engineer/silas"
    assert record["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "Engineer"
    assert (record["eventCategory"], record["managementEvent"], record["readOnly"]) == ("Data", False, True)


def test_a_console_sign_in_has_no_access_key(stage: Stage) -> None:
    record = aws.console_login(stage, "ivo", NOON, "194.38.144.9", "Edge", mfa=False)
    assert record["eventType"] == "AwsConsoleSignIn"
    assert record["additionalEventData"]["MFAUsed"] == "No"
    assert "accessKeyId" not in record["userIdentity"]


def test_an_imported_key_pair_keeps_its_name(stage: Stage) -> None:
    who = aws.user(stage, "adele", NOON, "207.164.40.9")
    event = aws.import_key_pair(stage, who, NOON, "deploy-1")
    (record,) = stage.logs["aws/111122223333"]
    assert record["eventID"] == event
    assert record["responseElements"]["keyName"] == "deploy-1"
    assert record["responseElements"]["keyPairId"].startswith("key-0")
