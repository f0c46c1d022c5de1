"""Azure Activity Log: four spellings of one record, and one shape to keep."""

import json
from typing import Any

import pytest

from keywitness.errors import RecordError
from keywitness.readers import azure as reader
from tests.readers.records import NOTHING, RESOURCE, SUBSCRIPTION, TENANT, Record, ask, azure, claims

OPERATION = "Microsoft.Storage/storageAccounts/listKeys/action"


def arm(**fields: Any) -> Record:
    return {
        "caller": "mia@corp.example",
        "claims": claims(),
        "correlationId": "c-9",
        "eventDataId": "ed-1",
        "category": {"value": "Administrative"},
        "httpRequest": {"clientIpAddress": "192.0.2.10", "method": "POST"},
        "id": f"{RESOURCE}/events/ed-1/ticks/1",
        "operationName": {"value": OPERATION, "localizedValue": "List keys"},
        "resourceId": RESOURCE,
        "status": {"value": "Succeeded"},
        "subStatus": {"value": "OK"},
        "eventTimestamp": "2026-03-02T10:00:00.5Z",
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "properties": {"eventCategory": "Administrative"},
    } | fields


def snake() -> Record:
    names = {
        "correlationId": "correlation_id",
        "eventDataId": "event_data_id",
        "operationName": "operation_name",
        "resourceId": "resource_id",
        "eventTimestamp": "event_timestamp",
        "subStatus": "sub_status",
        "subscriptionId": "subscription_id",
        "tenantId": "tenant_id",
        "httpRequest": "http_request",
    }
    return {names.get(k, k): v for k, v in arm(httpRequest={"client_ip_address": "192.0.2.10"}).items()}


def sentinel() -> Record:
    return {
        "TimeGenerated": "2026-03-02T10:00:00.5Z",
        "OperationNameValue": OPERATION.upper(),
        "ActivityStatusValue": "Success",
        "CategoryValue": "Administrative",
        "Caller": "mia@corp.example",
        "CallerIpAddress": "192.0.2.10",
        "Claims": json.dumps(claims()),
        "Properties": json.dumps({"eventCategory": "Administrative"}),
        "CorrelationId": "c-9",
        "EventDataId": "ed-1",
        "_ResourceId": RESOURCE,
        "SubscriptionId": SUBSCRIPTION,
        "TenantId": "the workspace, not the tenant",
    }


SHAPES = {"diagnostic": azure(), "arm": arm(), "sdk": snake(), "sentinel": sentinel()}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_spelling_is_one_row(shape: str) -> None:
    row = ask(reader.READER, SHAPES[shape])
    assert (row.event_id, row.log, row.tenant) == ("ed-1", "activity", SUBSCRIPTION)
    assert (row.operation.lower(), row.service) == (OPERATION.lower(), "microsoft.storage")
    assert (row.outcome, row.read_only, row.class_) == ("success", False, "management")
    assert (row.actor_id, row.actor_name, row.actor_type) == ("oid-mia", "mia@corp.example", "user")
    assert (row.source_ip, row.mfa, row.session_id) == ("192.0.2.10", True, "token-1")
    assert row.call_id == f"c-9|{OPERATION.lower()}|{RESOURCE.lower()}"
    assert (row.target_id or "").lower() == RESOURCE.lower()
    assert row.time == 1_772_445_600_500_000


@pytest.mark.parametrize("shape", SHAPES)
def test_every_spelling_is_kept_in_one_shape(shape: str) -> None:
    raw = json.loads(ask(reader.READER, SHAPES[shape]).raw or b"")
    assert list(raw) == [
        *("operationName", "resourceId", "correlationId", "status", "caller", "claims", "properties"),
        *("callerIpAddress", "tenantId"),
    ]
    assert raw["operationName"].lower() == OPERATION.lower()
    assert raw["claims"] == claims()
    assert raw["properties"]["eventCategory"] == "Administrative"


def test_only_what_is_wanted_is_kept() -> None:
    assert ask(reader.READER, azure(), NOTHING).raw is None


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("Success", "success"),
        ("Succeeded", "success"),
        ("SUCCESS", "success"),
        ("Start", "unknown"),
        ("Started", "unknown"),
        ("Accept", "unknown"),
        ("Accepted", "unknown"),
        ("Failure", "failure"),
        ("Failed", "failure"),
        (None, "unknown"),
    ],
)
def test_a_call_that_began_is_not_one_that_succeeded(status: str | None, outcome: str) -> None:
    assert ask(reader.READER, azure(resultType=status)).outcome == outcome
    assert ask(reader.READER, arm(status={"value": status})).outcome == outcome


def test_the_rows_of_one_call_share_its_id() -> None:
    first = ask(reader.READER, azure(resultType="Start", resourceId=RESOURCE))
    assert first.call_id == ask(reader.READER, azure()).call_id
    assert ask(reader.READER, azure(correlationId=None)).call_id is None


def test_a_failure_says_why() -> None:
    assert (
        ask(reader.READER, azure(resultType="Failure", resultSignature="Failed.Forbidden")).error == "Failed.Forbidden"
    )
    assert ask(reader.READER, arm(status={"value": "Failed"}, subStatus={"value": "Forbidden"})).error == "Forbidden"


APP_CLAIMS = {"appid": "app-7", "idtyp": "app", "http://schemas.microsoft.com/identity/claims/objectidentifier": "sp-7"}


@pytest.mark.parametrize(
    ("given_claims", "caller", "expected"),
    [
        (APP_CLAIMS, "sp-7", ("sp-7", "sp-7", "service_principal")),
        ({"appid": "app-7"}, None, ("app-7", "app-7", "service_principal")),
        (None, "mia@corp.example", ("mia@corp.example", "mia@corp.example", "user")),
        (None, "sp-7", ("sp-7", "sp-7", "service_principal")),
        ({"oid": "oid-mia", "upn": "mia@corp.example"}, None, ("oid-mia", "mia@corp.example", "user")),
        (None, None, (None, None, None)),
    ],
)
def test_the_actor_is_whom_the_token_names(
    given_claims: Any, caller: str | None, expected: tuple[str | None, ...]
) -> None:
    row = ask(reader.READER, arm(claims=given_claims, caller=caller))
    assert (row.actor_id, row.actor_name, row.actor_type) == expected


@pytest.mark.parametrize("field", ["identity", "properties"])
def test_objects_in_strings_are_read(field: str) -> None:
    record = azure()
    assert ask(reader.READER, azure(**{field: json.dumps(record[field])})) == ask(reader.READER, record)


@pytest.mark.parametrize("field", ["claims", "properties", "httpRequest", "identity"])
@pytest.mark.parametrize("value", ["", "no json", '{"broken', None])
def test_a_string_that_is_no_object_is_nothing(field: str, value: str | None) -> None:
    json.loads(ask(reader.READER, arm(**{field: value})).raw or b"")


def test_a_record_without_an_id_has_none() -> None:
    assert ask(reader.READER, azure(properties=None)).event_id is None
    assert ask(reader.READER, arm(eventDataId=None)).event_id == "ed-1"
    assert ask(reader.READER, arm(eventDataId=None, id="/x/tail")).event_id == "tail"


def test_without_a_subscription_the_tenant_counts() -> None:
    assert ask(reader.READER, azure(resourceId="/providers/Microsoft.Management/x")).tenant == TENANT


@pytest.mark.parametrize(
    "other",
    [
        azure(category="AuditEvent", operationName="SecretGet"),
        azure(category="kube-audit"),
        azure(operationName="Sign-in activity"),
        azure(operationName=None),
    ],
)
def test_resource_logs_are_refused(other: Record) -> None:
    assert not reader.recognises(other)
    with pytest.raises(RecordError, match="Activity Log"):
        ask(reader.READER, other)
