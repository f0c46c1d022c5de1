"""Cloud Audit Logs: key ids in names, e-mail in labels, and the key that signed a call."""

import re
from datetime import UTC, datetime

from keywitness.simulate import gcp
from keywitness.simulate.stage import Stage

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)
OLU = gcp.Caller("olu@alderfinch.example", "194.38.144.9", "gcloud")
ACCOUNT = "loader@alderfinch-insight.iam.gserviceaccount.com"


def test_a_new_key_is_named_in_the_response(stage: Stage) -> None:
    event, key = gcp.create_key(stage, NOON, OLU, ACCOUNT)
    (record,) = stage.logs["gcp"]
    assert (record["insertId"], record["timestamp"]) == (event, "2026-10-07T12:00:00.000000Z")
    assert record["protoPayload"]["methodName"] == "google.iam.admin.v1.CreateServiceAccountKey"
    assert record["protoPayload"]["response"]["name"] == gcp.key_name(ACCOUNT, key)
    assert re.fullmatch(r"projects/alderfinch-insight/serviceAccounts/.+/keys/[0-9a-f]{40}", gcp.key_name(ACCOUNT, key))
    assert record["resource"]["labels"]["email_id"] == ACCOUNT
    assert ACCOUNT not in record["protoPayload"]["resourceName"]


def test_a_removed_key_has_a_name_and_no_response(stage: Stage) -> None:
    gcp.delete_key(stage, NOON, OLU, ACCOUNT, "ab")
    (record,) = stage.logs["gcp"]
    assert record["protoPayload"]["methodName"] == "google.iam.admin.v1.DeleteServiceAccountKey"
    assert record["protoPayload"]["response"] == {}


def test_the_key_that_signs_is_said(stage: Stage) -> None:
    gcp.query(stage, NOON, gcp.Caller(ACCOUNT, "3.98.17.60", "python", "ab"))
    gcp.query(stage, NOON, OLU)
    signed, personal = (record["protoPayload"]["authenticationInfo"] for record in stage.logs["gcp"])
    assert signed["serviceAccountKeyName"] == f"//iam.googleapis.com/{gcp.key_name(ACCOUNT, 'ab')}"
    assert personal["principalSubject"] == "user:olu@alderfinch.example"
    assert stage.logs["gcp"][0]["logName"].endswith("%2Fdata_access")
