"""Google Cloud audit entries: as Google writes them, and as pipelines rename them."""

import json
from typing import Any

import pytest

from keywitness.errors import RecordError
from keywitness.readers import gcp as reader
from tests.readers.records import NOTHING, Record, ask, gcp

KEY = "//iam.googleapis.com/projects/p/serviceAccounts/etl@p.iam.gserviceaccount.com/keys/0123abcd"


def test_a_row_says_what_happened() -> None:
    row = ask(reader.READER, gcp())
    assert (row.event_id, row.log, row.tenant, row.service) == ("i-1", "activity", "data-prod", "iam")
    assert (row.operation, row.class_) == ("google.iam.admin.v1.CreateServiceAccountKey", "management")
    assert (row.actor_id, row.actor_name, row.actor_type) == ("mia@corp.example", "mia@corp.example", "user")
    assert (row.source_ip, row.user_agent, row.outcome, row.read_only) == ("192.0.2.10", "gcloud/489", "success", False)
    assert (row.target_id, row.call_id, row.session_id) == ("etl@data.example", None, None)
    assert ask(reader.READER, gcp(), NOTHING).raw is None


def renamed() -> Record:
    """The same entry as some pipelines write it."""
    entry = gcp()
    payload = entry["protoPayload"]
    payload["at_sign_type"] = payload.pop("@type")
    payload["requestMetadata"]["callerIP"] = payload["requestMetadata"].pop("callerIp")
    for key in ("serviceName", "status", "resourceName"):
        entry[key] = payload.pop(key)
    payload["resource"] = entry.pop("resource")
    entry["insertid"], entry["logname"] = entry.pop("insertId"), entry.pop("logName")
    return entry | {"timestamp": "2026-03-02 10:00:00.123456789"}


def test_names_and_places_make_no_difference() -> None:
    row, plain = ask(reader.READER, renamed()), ask(reader.READER, gcp())
    assert row._replace(raw=None) == plain._replace(raw=None)
    assert json.loads(row.raw or b"") | {"timestamp": ""} == json.loads(plain.raw or b"") | {"timestamp": ""}


IDENTITIES: list[tuple[Any, tuple[str | None, str | None, str | None]]] = [
    (
        {"principalEmail": "etl@p.iam.gserviceaccount.com", "serviceAccountKeyName": KEY},
        ("etl@p.iam.gserviceaccount.com", "etl@p.iam.gserviceaccount.com", "service_account"),
    ),
    (
        {"principalSubject": "principal://iam.googleapis.com/projects/1/locations/global/pools/ci/subject/repo:a"},
        ("principal://iam.googleapis.com/projects/1/locations/global/pools/ci/subject/repo:a", "repo:a", "federated"),
    ),
    (
        {"principalSubject": "serviceAccount:etl@p.iam.gserviceaccount.com"},
        ("etl@p.iam.gserviceaccount.com", "etl@p.iam.gserviceaccount.com", "service_account"),
    ),
    ({"principalEmail": "system@google.com"}, ("system@google.com", "system@google.com", "cloud_service")),
    ({}, (None, None, None)),
    (None, (None, None, None)),
]


@pytest.mark.parametrize(("identity", "expected"), IDENTITIES)
def test_the_actor_is_an_account_or_a_subject(identity: Any, expected: tuple[str | None, ...]) -> None:
    row = ask(reader.READER, gcp(authenticationInfo=identity))
    assert (row.actor_id, row.actor_name, row.actor_type) == expected
    assert row.credential_used == ("0123abcd" if "serviceAccountKeyName" in (identity or {}) else None)


def test_google_itself_acts_in_system_events() -> None:
    entry = gcp({"logName": "projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event"}, authenticationInfo={})
    row = ask(reader.READER, entry)
    assert (row.log, row.actor_type) == ("system_event", "cloud_service")


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"status": {"code": 7, "message": "denied"}}, ("failure", "code 7: denied")),
        ({"status": {"code": 5}}, ("failure", "code 5")),
        ({"status": {"message": "OK"}}, ("success", None)),
        ({"status": {"code": 0}}, ("success", None)),
        ({"status": None}, ("success", None)),
        ({"authorizationInfo": [{"granted": True}, {"granted": False}]}, ("failure", "permission not granted")),
        ({"authorizationInfo": [{}], "status": {}}, ("success", None)),
        ({"authorizationInfo": None}, ("success", None)),
    ],
)
def test_a_refusal_is_a_failure(payload: Record, expected: tuple[str, str | None]) -> None:
    row = ask(reader.READER, gcp(**payload))
    assert (row.outcome, row.error) == expected


@pytest.mark.parametrize("caller", ["private", "gce-internal-ip"])
def test_a_caller_inside_has_no_address(caller: str) -> None:
    row = ask(reader.READER, gcp(requestMetadata={"callerIp": caller}))
    assert (row.source_ip, row.source_service) == (None, caller)


@pytest.mark.parametrize(
    ("name", "labels", "tenant"),
    [
        ("projects/p/logs/cloudaudit.googleapis.com%2Factivity", {"project_id": "12345"}, "p"),
        ("organizations/8/logs/cloudaudit.googleapis.com%2Factivity", {}, "organizations/8"),
        ("folders/9/logs/cloudaudit.googleapis.com%2Fpolicy", {}, "folders/9"),
        (None, {"project_id": "p"}, "p"),
        (None, {"organization_id": "8"}, "organizations/8"),
        (None, {}, None),
    ],
)
def test_the_tenant_is_the_project_or_what_is_above(name: str | None, labels: Record, tenant: str | None) -> None:
    row = ask(reader.READER, gcp({"logName": name, "resource": {"labels": labels}}))
    assert row.tenant == tenant
    assert row.target_id == "projects/-/serviceAccounts/1234"


DATA = {"logName": "projects/p/logs/cloudaudit.googleapis.com%2Fdata_access"}


@pytest.mark.parametrize(
    ("payload", "read_only"),
    [
        ({"authorizationInfo": [{"permissionType": "DATA_READ"}]}, True),
        ({"authorizationInfo": [{"permissionType": "DATA_READ"}, {"permissionType": "DATA_WRITE"}]}, False),
        ({"methodName": "storage.objects.get"}, True),
        ({"methodName": "google.iam.admin.v1.ListServiceAccountKeys"}, True),
        ({"methodName": "GenerateAccessToken"}, None),
    ],
)
def test_data_access_says_whether_it_only_read(payload: Record, read_only: bool | None) -> None:
    row = ask(reader.READER, gcp(DATA, **payload))
    assert (row.log, row.class_, row.read_only) == ("data_access", "data", read_only)


def test_the_entries_of_one_call_share_its_id() -> None:
    calls = [ask(reader.READER, gcp({"operation": {"id": "op-1", end: True}})).call_id for end in ("first", "last")]
    assert calls == ["op-1", "op-1"]
    assert ask(reader.READER, gcp({"operation": {"id": "op-1"}})).call_id is None


def test_an_entry_without_a_method_is_refused() -> None:
    with pytest.raises(RecordError, match="methodName"):
        ask(reader.READER, gcp(methodName=None))
    assert not reader.recognises({"logName": "x", "textPayload": "hello"})
