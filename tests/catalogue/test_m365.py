"""The Unified Audit Log: one name for adding and removing, and much that looks like a credential and is none."""

import json
from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import Record, changes, key, only

SECRETS = "Update application \u2013 Certificates and secrets management "
NOOR = "aaaaaaaa-0000-4000-8000-000000000001"
OBJECT = "bbbbbbbb-0000-4000-8000-000000000001"


def pretty(values: list[Any]) -> str:
    """JSON as the directory writes it into a value."""
    return json.dumps(values, indent=2).replace("\n", "\r\n")


def changed(name: str, old: Any, new: Any) -> Record:
    old, new = (v if isinstance(v, str) else pretty(v) for v in (old, new))
    return {"Name": name, "NewValue": new, "OldValue": old}


def audit(operation: str, *properties: Record, kind: str = "Application", **fields: Any) -> Record:
    return {
        "CreationTime": "2026-05-04T09:12:00",
        "Id": "a-1",
        "Operation": operation,
        "OrganizationId": "t-1",
        "RecordType": 8,
        "ResultStatus": "Success",
        "UserType": 0,
        "UserId": "noor@tailspin.example",
        "ObjectId": "Not Available",
        "ModifiedProperties": list(properties),
        "Actor": [{"ID": "noor@tailspin.example", "Type": 5}, {"ID": f"User_{NOOR}", "Type": 2}],
        "Target": [{"ID": f"{kind}_{OBJECT}", "Type": 2}, {"ID": "Invoice sync", "Type": 1}],
    } | fields


def exchange(operation: str, **parameters: str) -> Record:
    given = [{"Name": name, "Value": value} for name, value in parameters.items()]
    return audit(operation, RecordType=1, ObjectId="box", Parameters=given, Actor=None, Target=None)


@pytest.mark.parametrize(
    ("old", "new", "change", "ids"),
    [
        ([], [key("k1")], "created", ("k1",)),
        ([key("k1")], [key("k2"), key("k1")], "created", ("k2",)),
        ([key("k1"), key("k2")], [key("k2")], "removed", ("k1",)),
        ([key("k1")], [], "removed", ("k1",)),
        ([key("k1")], [key("k2")], "rotated", ("k2",)),
    ],
)
@pytest.mark.parametrize("operation", [SECRETS, "Update application.", "Add service principal credentials."])
def test_keys_before_and_after_decide(operation: str, old: Any, new: Any, change: str, ids: tuple[str, ...]) -> None:
    found = only(audit(operation, changed("KeyDescription", old, new)))
    assert (found.change, found.credential_ids) == (change, ids)
    assert (found.target.id, found.target.name) == (OBJECT, "Invoice sync")


def test_keys_in_another_order_are_no_change() -> None:
    both = [key("k1"), key("k2")]
    assert not changes(audit(SECRETS, changed("KeyDescription", both, both[::-1])))


def test_a_failed_attempt_is_one() -> None:
    found = only(audit(SECRETS, changed("KeyDescription", [], [key("k1")]), ResultStatus="Failure"))
    assert (found.outcome, is_finding(found)) == ("failure", True)


CREDENTIAL = changed("Credential", [], [{"CredentialType": 2, "KeyStoreId": "k", "KeyGroupId": "g"}])
REQUIREMENT = changed("StrongAuthenticationRequirement", [], [{"RelyingParty": "*", "State": 1}])


@pytest.mark.parametrize(
    "record",
    [
        audit("Add service principal.", CREDENTIAL, kind="ServicePrincipal"),
        audit("Update service principal.", changed("Included Updated Properties", "", "KeyDescription")),
        audit("Enable Strong Authentication.", REQUIREMENT, kind="User"),
        audit("Update user.", REQUIREMENT, kind="User"),
        audit("Update user.", changed("Included Updated Properties", "", ""), kind="User"),
        audit("Consent to application.", kind="ServicePrincipal"),
        audit("Add app role assignment to service principal."),
        audit("Add owner to application."),
        audit("Update application.", changed("RequiredResourceAccess", [], [{"ResourceAppId": "x"}])),
        audit("Update StsRefreshTokenValidFrom Timestamp.", kind="User"),
        exchange("Add-MailboxPermission", User="x", AccessRights="FullAccess"),
        exchange("Add-RecipientPermission", Trustee="x", AccessRights="SendAs"),
        exchange("Set-Mailbox", ForwardingSmtpAddress="x"),
        exchange("Set-CASMailbox", ImapEnabled="False"),
        exchange("Set-AuthenticationPolicy", AllowBasicAuthImap="False"),
    ],
)
def test_what_is_no_credential_is_quiet(record: Record) -> None:
    assert not changes(record)


def test_a_record_without_its_keys_counts_as_an_addition() -> None:
    found = only(audit(SECRETS))
    assert (found.operation_id, found.credential_ids) == ("m365.application.add-credential-unseen", ())


@pytest.mark.parametrize(
    ("actor", "operation_id"),
    [
        ("fim_password_service@support.onmicrosoft.com", "m365.user.self-service-reset-password"),
        ("noor@tailspin.example", "m365.user.reset-password"),
    ],
)
def test_a_reset_is_the_targets_whoever_stands_in(actor: str, operation_id: str) -> None:
    record = audit("Reset user password.", kind="User", UserId=actor, Actor=[{"ID": actor, "Type": 5}])
    found = only(record)
    assert (found.operation_id, found.target.id, found.outcome) == (operation_id, OBJECT, "success")


def test_changing_ones_own_password_is_known_as_such() -> None:
    own = [{"ID": f"User_{NOOR}", "Type": 2}, {"ID": "noor@tailspin.example", "Type": 5}]
    assert only(audit("Change user password.", Target=own)).is_self


PHONE = {"PhoneNumber": "+49 1", "AlternativePhoneNumber": None, "VoiceOnlyPhoneNumber": None, "Email": None}
APP = {"Id": "p1", "DeviceName": "phone", "LastAuthenticatedTimestamp": "2026-01-01"}


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("StrongAuthenticationPhoneAppDetail", [], [APP], "created"),
        ("StrongAuthenticationPhoneAppDetail", [APP], [APP | {"LastAuthenticatedTimestamp": "2026-02-02"}], None),
        ("StrongAuthenticationPhoneAppDetail", [APP], [], "removed"),
        ("StrongAuthenticationMethod", [], [{"MethodType": 6, "Default": True}], "created"),
        ("StrongAuthenticationMethod", [{"MethodType": 6, "Default": True}], [{"MethodType": 6}], None),
        ("StrongAuthenticationUserDetails", "", [PHONE], "created"),
        ("StrongAuthenticationUserDetails", [PHONE | {"Email": "x"}], [PHONE], "removed"),
        ("SearchableDeviceKey", [], [{"Usage": "NGC", "KeyIdentifier": "k="}], "created"),
    ],
)
def test_second_factors(name: str, old: Any, new: Any, change: str | None) -> None:
    found = changes(audit("Update user.", changed(name, old, new), kind="User"))
    assert [c.change for c in found] == ([change] if change else [])


@pytest.mark.parametrize(("live", "change"), [("Federated", "enabled"), ("Managed", "disabled")])
def test_a_domain_that_goes_back_to_managed_is_hardening(live: str, change: str) -> None:
    record = audit("Set domain authentication.", changed("LiveType", [], [live]), ObjectId="tailspin.example")
    assert (only(record).change, only(record).target.id) == (change, "tailspin.example")


@pytest.mark.parametrize(
    "record",
    [
        exchange("Set-CASMailbox", PopEnabled="True"),
        exchange("Set-CASMailbox", SmtpClientAuthenticationDisabled="False"),
        exchange("New-AuthenticationPolicy", AllowBasicAuthPop=""),
    ],
)
def test_protocols_that_take_a_password_alone(record: Record) -> None:
    found = only(record)
    assert (found.change, found.target.id, is_finding(found)) == ("enabled", "box", True)
