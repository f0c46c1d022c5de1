"""The Unified Audit Log: who acted, what UserLoginFailed means, and lists that are written as text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import READERS
from keywitness.readers.m365 import READER
from keywitness.readers.scan import CONTAINERS
from tests.readers.records import NOTHING, Record, ask, lines, read

SECRETS = "Update application \u2013 Certificates and secrets management "
TENANT = "11111111-2222-3333-4444-555555555555"
NOOR = "aaaaaaaa-0000-4000-8000-000000000001"
APP = "bbbbbbbb-0000-4000-8000-000000000001"
PORTAL = "cccccccc-0000-4000-8000-000000000001"
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.text(max_size=8).filter(lambda name: name not in CONTAINERS)  # an empty page holds no record


def party(kind: str, ident: str, name: str, shown: int = 1) -> list[Record]:
    plain = {"ID": ident, "Type": 2}
    return [{"ID": f"{kind}_{ident}", "Type": 2}, plain, {"ID": kind, "Type": 2}, {"ID": name, "Type": shown}]


def audit(operation: str = SECRETS, **fields: Any) -> Record:
    return {
        "CreationTime": "2026-03-02T10:00:00",
        "Id": "a-1",
        "Operation": operation,
        "OrganizationId": TENANT,
        "RecordType": 8,
        "ResultStatus": "Success",
        "UserKey": "1003",
        "UserType": 0,
        "Workload": "AzureActiveDirectory",
        "ClientIP": "192.0.2.10:443",
        "ObjectId": f"Application_{APP}",
        "UserId": "noor@tailspin.example",
        "ExtendedProperties": [{"Name": "additionalDetails", "Value": '{"User-Agent":"Mozilla/5.0"}'}],
        "ModifiedProperties": [],
        "Actor": [{"ID": PORTAL, "Type": 2}, *party("User", NOOR, "noor@tailspin.example", 5)],
        "Target": party("Application", APP, "Invoice sync"),
    } | fields


def signed_in(operation: str = "UserLoggedIn", **fields: Any) -> Record:
    return (
        audit(
            operation,
            RecordType=15,
            Actor=[{"ID": NOOR, "Type": 0}, {"ID": "noor@tailspin.example", "Type": 5}],
            Target=[{"ID": "00000002-0000-0ff1-ce00-000000000000", "Type": 0}],
            ExtendedProperties=[{"Name": "UserAgent", "Value": "Mozilla/5.0"}],
            DeviceProperties=[{"Name": "Id", "Value": "d-1"}, {"Name": "SessionId", "Value": "s-1"}],
        )
        | fields
    )


def test_an_audit_fills_the_columns() -> None:
    row = ask(READER, audit())
    assert row.event_id == "a-1"
    assert row.time == 1_772_445_600_000_000
    assert (row.provider, row.log, row.tenant, row.service) == ("m365", "unified", TENANT, "AzureActiveDirectory")
    assert row.operation == "Update application - Certificates and secrets management"
    assert (row.class_, row.read_only, row.outcome, row.error) == ("management", False, "success", None)
    assert (row.actor_id, row.actor_name, row.actor_type) == (NOOR, "noor@tailspin.example", "user")
    assert (row.source_ip, row.user_agent, row.target_id) == ("192.0.2.10", "Mozilla/5.0", APP)
    assert row.raw
    assert json.loads(row.raw) == audit()


def test_what_nobody_wants_is_not_kept() -> None:
    assert ask(READER, audit(), NOTHING).raw is None


def test_a_sign_in_fills_the_columns() -> None:
    row = ask(READER, signed_in())
    assert (row.log, row.class_, row.outcome) == ("signin", "sign-in", "success")
    assert (row.actor_id, row.session_id, row.device) == (NOOR, "s-1", "d-1")
    assert row.user_agent == "Mozilla/5.0"


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"Id": "d-1", "IsCompliant": "True", "IsCompliantAndManaged": "True"}, "compliant"),
        ({"Id": "d-1", "IsCompliant": "False", "IsCompliantAndManaged": "False", "TrustType": "1"}, "joined"),
        ({"Id": "d-1", "IsCompliantAndManaged": "False", "TrustType": "0"}, "unmanaged"),
        ({"OS": "Windows", "IsCompliantAndManaged": "False"}, None),
    ],
)
def test_a_sign_in_says_what_the_directory_knows_of_the_device(said: Record, state: str | None) -> None:
    pairs = [{"Name": name, "Value": value} for name, value in said.items()]
    assert ask(READER, signed_in(DeviceProperties=pairs)).device_state == state


@pytest.mark.parametrize("said", ["Success", "Succeeded", "True", "", None, "Failed"])
def test_a_failed_sign_in_is_a_failure_whatever_it_says(said: str | None) -> None:
    row = ask(READER, signed_in("UserLoginFailed", ResultStatus=said, LogonError="InvalidPassword"))
    assert (row.class_, row.outcome, row.error) == ("sign-in", "failure", "InvalidPassword")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("Success", "success"),
        ("Succeeded", "success"),
        ("PartiallySucceeded", "success"),
        ("True", "success"),
        (True, "success"),
        (None, "success"),
        ("Failure", "failure"),
        ("Failed", "failure"),
        ("False", "failure"),
        ("Started", "unknown"),
    ],
)
def test_outcomes_have_many_words(said: Any, outcome: str) -> None:
    assert ask(READER, audit(ResultStatus=said)).outcome == outcome


def test_a_failure_says_what_was_thrown() -> None:
    thrown = [{"Name": "MethodExecutionResult.", "NewValue": "ValidationException", "OldValue": ""}]
    assert ask(READER, audit(ResultStatus="Failure", ModifiedProperties=thrown)).error == "ValidationException"


SERVICE = [{"ID": "Provisioning", "Type": 1}, {"ID": "Certificate", "Type": 2}, {"ID": "Other", "Type": 2}]
MICROSOFT = [{"ID": "00000003-0000-0ff1-ce00-000000000000", "Type": 2}]
SELF = party("ServicePrincipal", APP, "x")
RESET = "fim_password_service@support.onmicrosoft.com"


@pytest.mark.parametrize(
    ("fields", "ident", "kind"),
    [
        ({"UserId": "Certificate", "UserType": 4, "Actor": SERVICE}, "Provisioning", "cloud_service"),
        ({"UserId": "NT AUTHORITY\\SYSTEM (w3wp)", "UserType": 3, "Actor": None}, None, "cloud_service"),
        ({"UserId": RESET, "Actor": [{"ID": RESET, "Type": 5}]}, RESET, "cloud_service"),
        (
            {
                "UserType": 4,
                "UserId": f"ServicePrincipal_{APP}",
                "Actor": MICROSOFT + party("ServicePrincipal", APP, "x"),
            },
            "x",
            "cloud_service",
        ),
        (
            {"UserType": 4, "UserId": f"ServicePrincipal_{APP}", "Actor": party("ServicePrincipal", APP, "Microsoft")},
            APP,
            "service_principal",
        ),
        ({"UserType": 4, "UserId": f"ServicePrincipal_{APP}", "Actor": None}, APP, "service_principal"),
        ({"UserType": 2, "Actor": None}, "noor@tailspin.example", "user"),
        ({"UserType": 0, "UserId": "Certificate", "Actor": SERVICE}, "Certificate", None),
        ({"UserId": "anonymous", "Actor": None}, "anonymous", "anonymous"),
    ],
)
def test_who_acted(fields: Record, ident: str | None, kind: str | None) -> None:
    """An application may call itself Microsoft; its id can't."""
    row = ask(READER, audit(**fields))
    assert (row.actor_id, row.actor_type) == (ident or fields["UserId"], kind)


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"ClientIP": "[2001:db8::1]:52903"}, "2001:db8::1"),
        ({"ClientIP": "", "ActorIpAddress": "192.0.2.9"}, "192.0.2.9"),
        ({"ClientIP": None}, None),
        ({"ClientIP": None, "ClientIPAddress": "192.0.2.8"}, "192.0.2.8"),
    ],
)
def test_addresses(fields: Record, address: str | None) -> None:
    assert ask(READER, audit(**fields)).source_ip == address


@pytest.mark.parametrize(
    ("target", "object_id", "found"),
    [
        (party("User", NOOR, "noor@tailspin.example", 5), "noor@tailspin.example", NOOR),
        (None, f"Application_{APP}", APP),
        (None, "Not Available", None),
        (None, "HenriK", "HenriK"),
        ([{"ID": "tailspin.example", "Type": 1}], "tailspin.example", "tailspin.example"),
        ("not a list", "x", "x"),
    ],
)
def test_targets(target: Any, object_id: str, found: str | None) -> None:
    assert ask(READER, audit(Target=target, ObjectId=object_id)).target_id == found


@pytest.mark.parametrize(
    ("fields", "class_"),
    [({"RecordType": 6}, "data"), ({"RecordType": 40}, "alert"), ({"RecordType": 1}, "management")],
)
def test_classes(fields: Record, class_: str) -> None:
    assert ask(READER, audit("FileAccessed", **fields)).class_ == class_


def test_lists_in_text_become_lists() -> None:
    written = {name: json.dumps(audit()[name]) for name in ("Actor", "Target", "ModifiedProperties")}
    row = ask(READER, audit(**written, Parameters="-Identity x"))
    assert (row.actor_id, row.target_id) == (NOOR, APP)
    assert row.raw
    assert json.loads(row.raw) == audit(Parameters="-Identity x")


@pytest.mark.parametrize("inside", [json.dumps(audit()), audit()])
@pytest.mark.parametrize("name", ["AuditData", "auditData"])
def test_the_search_export_comes_off(inside: Any, name: str) -> None:
    exported = {
        "CreationDate": "2026-03-02T10:00:00Z",
        "UserIds": "x",
        "Operations": "y",
        "RecordType": 8,
        name: inside,
    }
    rows, rejects = read(lines(exported, exported))
    assert not rejects
    assert [row["operation"] for row in rows] == ["Update application - Certificates and secrets management"] * 2


@pytest.mark.parametrize("missing", ["Operation", "CreationTime"])
def test_what_lacks_its_name_or_time_is_set_aside(missing: str) -> None:
    rows, rejects = read(lines({k: v for k, v in audit().items() if k != missing}))
    assert not rows
    assert len(rejects) == 1


def test_only_this_reader_knows_it() -> None:
    assert [r.provider for r in READERS if r.recognises(audit())] == ["m365"]


@given(st.dictionaries(st.sampled_from(sorted(signed_in())), anything), st.dictionaries(names, anything))
def test_any_object_is_a_row_or_a_reject(fields: Record, more: Record) -> None:
    rows, rejects = read(lines(audit() | fields | more))
    assert len(rows) + len(rejects) == 1


@given(st.dictionaries(names, anything))
def test_any_export_is_a_row_or_a_reject(inside: Record) -> None:
    rows, rejects = read(lines({"AuditData": json.dumps(inside)}))
    assert not rows
    assert len(rejects) == 1
