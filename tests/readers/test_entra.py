"""Entra ID: audits, sign-ins and risk, as Graph returns them and as Azure Monitor sends them."""

import json
from typing import Any

import pytest

from keywitness.errors import RecordError
from keywitness.readers import Wanted
from keywitness.readers import entra as reader
from tests.readers.records import NOTHING, TENANT, Record, ask, entra_audit, entra_risk, entra_sign_in, monitor


def _raw(record: Record) -> Any:
    return json.loads(ask(reader.READER, record).raw or b"null")


def test_an_audit_says_what_happened() -> None:
    row = ask(reader.READER, entra_audit(), NOTHING)
    assert (row.event_id, row.log, row.class_, row.read_only) == ("Directory_1", "audit", "management", False)
    assert row.operation == "Update application - Certificates and secrets management"
    assert (row.actor_id, row.actor_name, row.actor_type) == ("oid-mia", "mia@corp.example", "user")
    assert (row.source_ip, row.user_agent, row.session_id) == ("192.0.2.10", "Mozilla/5.0", "c-1")
    assert (row.target_id, row.outcome, row.call_id, row.service) == ("app-1", "success", None, "Core Directory")
    assert row.raw, "every directory change is kept"


@pytest.mark.parametrize("category", ["AuditLogs", "ApplicationManagement"])
@pytest.mark.parametrize("properties", [entra_audit(), json.dumps(entra_audit())])
def test_the_envelope_makes_no_difference(category: str, properties: Any) -> None:
    bare, wrapped = ask(reader.READER, entra_audit()), ask(reader.READER, monitor(properties, category))
    assert wrapped._replace(tenant=None, raw=None) == bare._replace(raw=None)
    assert wrapped.tenant == TENANT
    assert json.loads(wrapped.raw or b"") == entra_audit() | {"tenantId": TENANT, "callerIpAddress": "192.0.2.99"}


def test_what_the_record_says_itself_is_not_said_twice() -> None:
    row = ask(reader.READER, monitor(entra_audit(tenantId="own")))
    assert (row.raw or b"").count(b'"tenantId"') == 1
    assert ask(reader.READER, monitor({}, operationName="Add user")).raw is not None


def test_an_empty_object_in_an_envelope_is_still_json() -> None:
    row = ask(reader.READER, monitor({}, operationName="Add user."))
    assert row.operation == "Add user"
    assert json.loads(row.raw or b"") == {"tenantId": TENANT, "callerIpAddress": "192.0.2.99"}


APP = {"appId": None, "displayName": "Deployer", "servicePrincipalId": "sp-1"}
INITIATORS: list[tuple[Any, tuple[str | None, str | None, str | None]]] = [
    ({"user": None, "app": APP}, ("sp-1", "Deployer", "service_principal")),
    ({"app": {"appId": "app-1", "displayName": "X"}}, ("app-1", "X", "service_principal")),
    ({"app": {"displayName": "Managed Service Identity"}}, ("Managed Service Identity",) * 2 + ("cloud_service",)),
    ({"user": {"id": None, "displayName": None}, "app": APP}, ("sp-1", "Deployer", "service_principal")),
    ({"user": {"userPrincipalName": "mia@corp.example"}}, ("mia@corp.example", "mia@corp.example", "user")),
    ({"user": None, "app": None}, (None, None, None)),
    (None, (None, None, None)),
]


@pytest.mark.parametrize(("initiated_by", "expected"), INITIATORS)
def test_the_actor_is_a_user_or_an_application(initiated_by: Any, expected: tuple[str | None, ...]) -> None:
    row = ask(reader.READER, entra_audit(initiatedBy=initiated_by))
    assert (row.actor_id, row.actor_name, row.actor_type) == expected
    assert row.source_service == (row.actor_name if row.actor_type == "cloud_service" else None)


def test_the_envelope_knows_the_address_when_the_record_does_not() -> None:
    record = entra_audit(initiatedBy={"user": {"id": "oid-mia", "ipAddress": None}})
    assert ask(reader.READER, monitor(record)).source_ip == "192.0.2.99"


def test_the_target_is_a_principal_where_one_is_named() -> None:
    targets = [{"id": "role", "type": "Role"}, {"id": None, "type": "User"}, {"id": "u-1", "type": "User"}]
    assert ask(reader.READER, entra_audit(targetResources=targets)).target_id == "u-1"
    assert ask(reader.READER, entra_audit(targetResources=targets[:2])).target_id == "role"
    assert ask(reader.READER, entra_audit(targetResources=None)).target_id is None


@pytest.mark.parametrize(
    ("result", "reason", "expected"),
    [
        ("success", "", ("success", None)),
        ("failure", "Denied", ("failure", "Denied")),
        ("failure", "", ("failure", "failure")),
        ("timeout", "x", ("unknown", None)),
        (None, None, ("unknown", None)),
    ],
)
def test_the_result_is_told(result: str | None, reason: str | None, expected: tuple[str, str | None]) -> None:
    row = ask(reader.READER, entra_audit(result=result, resultReason=reason))
    assert (row.outcome, row.error) == expected


def test_a_sign_in_says_what_happened() -> None:
    row = ask(reader.READER, entra_sign_in(sessionId="se-1", authenticationRequirement="singleFactorAuthentication"))
    assert (row.event_id, row.log, row.operation, row.class_) == ("s-1", "signin", "Sign-in", "sign-in")
    assert (row.actor_id, row.actor_name, row.actor_type) == ("oid-mia", "mia@corp.example", "user")
    assert (row.source_ip, row.device, row.mfa, row.session_id) == ("192.0.2.10", "d-1", False, "se-1")
    assert (row.outcome, row.error, row.service) == ("success", None, "Azure Portal")


def test_a_sign_in_says_what_the_directory_knows_of_the_device() -> None:
    broken = {"deviceId": "d-1", "isCompliant": False, "isManaged": True, "trustType": "Azure AD joined"}
    assert ask(reader.READER, entra_sign_in(deviceDetail=broken)).device_state == "non-compliant"
    assert ask(reader.READER, entra_sign_in()).device_state is None
    assert ask(reader.READER, entra_audit()).device_state is None


SIGN_INS: list[tuple[Record, str]] = [
    (entra_sign_in(isInteractive=False), "noninteractive-signin"),
    (entra_sign_in(signInEventTypes=["nonInteractiveUser"]), "noninteractive-signin"),
    (entra_sign_in(signInEventTypes=["managedIdentity"]), "mi-signin"),
    (entra_sign_in(userId="", servicePrincipalId="sp-1"), "sp-signin"),
    (monitor(entra_sign_in(), "NonInteractiveUserSignInLogs"), "noninteractive-signin"),
    (monitor(entra_sign_in(), "ServicePrincipalSignInLogs"), "sp-signin"),
    (monitor(entra_sign_in(), "ManagedIdentitySignInLogs"), "mi-signin"),
    (monitor(entra_sign_in(), "SignInLogs"), "signin"),
]


@pytest.mark.parametrize(("record", "log"), SIGN_INS)
def test_each_kind_of_sign_in_has_its_log(record: Record, log: str) -> None:
    assert ask(reader.READER, record).log == log


def test_a_service_principal_signs_in_with_a_key() -> None:
    fields = {"userId": "", "userPrincipalName": None, "servicePrincipalId": "sp-1", "servicePrincipalName": "Deployer"}
    row = ask(reader.READER, entra_sign_in(**fields, servicePrincipalCredentialKeyId="key-1"))
    assert (row.actor_id, row.actor_name, row.actor_type) == ("sp-1", "Deployer", "service_principal")
    assert row.credential_used == "key-1"


@pytest.mark.parametrize("code", [50126, "50126"])
def test_a_failed_sign_in_says_why(code: int | str) -> None:
    row = ask(reader.READER, entra_sign_in(status={"errorCode": code, "failureReason": "Invalid password."}))
    assert (row.outcome, row.error) == ("failure", "50126: Invalid password.")


@pytest.mark.parametrize("code", [50058, 50074, "50140", 65001])
def test_a_step_of_a_sign_in_is_no_failure(code: int | str) -> None:
    row = ask(reader.READER, entra_sign_in(status={"errorCode": code, "failureReason": "Interrupted."}))
    assert (row.outcome, row.error) == ("unknown", f"{code}: Interrupted.")


@pytest.mark.parametrize("code", [50053, 50126, 500121, 53003])
def test_a_refusal_is_a_failure(code: int) -> None:
    assert ask(reader.READER, entra_sign_in(status={"errorCode": code})).outcome == "failure"


def test_the_envelope_knows_the_result_when_the_record_does_not() -> None:
    record = monitor(entra_sign_in(status=None), "SignInLogs", resultType="50053", resultDescription="Locked")
    assert ask(reader.READER, record).error == "50053: Locked"
    assert ask(reader.READER, entra_sign_in(status=None)).outcome == "unknown"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"authenticationRequirement": "multiFactorAuthentication"}, True),
        ({"authenticationRequirement": "multiFactorAuthentication", "status": {"errorCode": 1}}, None),
        ({"mfaDetail": {"authMethod": "App"}}, True),
        ({}, None),
    ],
)
def test_a_second_factor_counts_when_it_was_given(fields: Record, expected: bool | None) -> None:
    assert ask(reader.READER, entra_sign_in(**fields)).mfa is expected


def test_risky_sign_ins_are_kept_whole() -> None:
    assert ask(reader.READER, entra_sign_in(), NOTHING).raw is None
    assert ask(reader.READER, entra_sign_in(), Wanted(frozenset({"sign-in"}))).raw
    for field in ("riskLevelDuringSignIn", "riskLevelAggregated"):
        assert ask(reader.READER, entra_sign_in(**{field: "high"}), NOTHING).raw


def test_a_risk_detection_says_what_was_seen() -> None:
    row = ask(reader.READER, entra_risk(), NOTHING)
    assert (row.log, row.operation, row.class_) == ("risk", "Risk detection: anonymizedIPAddress", "risk")
    assert (row.actor_id, row.source_ip, row.outcome) == ("oid-mia", "192.0.2.66", "success")
    assert row.raw, "risk is always kept"


def test_a_risky_user_is_a_risk_of_that_user() -> None:
    record = {"id": "oid-mia", "riskState": "atRisk", "riskLevel": "high", "userPrincipalName": "mia@corp.example"}
    record["riskLastUpdatedDateTime"] = "2026-03-02T10:00:00Z"
    row = ask(reader.READER, record)
    assert row.event_id is None, "the id is the user's"
    assert (row.operation, row.actor_id, row.actor_name) == ("Risk state: atRisk", "oid-mia", "mia@corp.example")
    assert ask(reader.READER, monitor(record, "RiskyUsers"))[:13] == (*row[:4], TENANT, *row[5:13])


@pytest.mark.parametrize("record", [{"properties": {}}, {"category": "AuditLogs"}, monitor("text"), monitor([])])
def test_what_is_no_record_is_refused(record: Record) -> None:
    with pytest.raises((RecordError, ValueError)):
        ask(reader.READER, record)


def test_the_shape_is_kept_as_logged() -> None:
    assert _raw(entra_audit()) == entra_audit()
