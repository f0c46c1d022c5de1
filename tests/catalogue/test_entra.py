"""Entra ID: one name for adding and removing, doubly encoded values, and names in many spellings."""

from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import Record, audit, changes, key, keys, modified, only

SECRETS = "Update application \u2013 Certificates and secrets management "
MSI = {"app": {"displayName": "Managed Service Identity", "servicePrincipalId": "msi-1", "appId": None}, "user": None}
NAMES = modified("TargetId.ServicePrincipalNames", None, '"app-1;https://identity.azure.net/abc="')
CERT = [key(i, "CN=app-1", "AsymmetricX509Cert") for i in ("k1", "k2", "k3")]


@pytest.mark.parametrize(
    "name",
    [
        SECRETS,
        "Update application - Certificates and secrets management",
        "Update application \u2014 Certificates  and secrets management.",
        "update application \u2011 certificates and secrets management",
        "Create application \u2013 Certificates and secrets management ",
        "Update application",
        "Update application.",
    ],
)
def test_every_spelling_is_one_operation(name: str) -> None:
    change = only(audit(name, [keys([], [key("k1")])]))
    assert (change.operation_id, change.credential_id) == ("entra.application.add-credential", "k1")


@pytest.mark.parametrize(
    ("old", "new", "change", "ids"),
    [
        ([], [key("k1")], "created", ("k1",)),
        ([key("k1")], [key("k2"), key("k1")], "created", ("k2",)),
        ([key("k1"), key("k2")], [key("k2")], "removed", ("k1",)),
        ([key("k1")], [], "removed", ("k1",)),
        ([key("k1")], [key("k2")], "rotated", ("k2",)),
        ([key("k1")], [key("k2"), key("k3"), key("k1")], "created", ("k2", "k3")),
    ],
)
def test_keys_before_and_after_decide(old: list[str], new: list[str], change: str, ids: tuple[str, ...]) -> None:
    found = only(audit(SECRETS, [keys(old, new)]))
    assert (found.change, found.credential_ids) == (change, ids)


@pytest.mark.parametrize("name", [SECRETS, "Update application", "Add service principal credentials"])
def test_keys_in_another_order_are_no_change(name: str) -> None:
    assert not changes(audit(name, [keys([key("k1"), key("k2")], [key("k2"), key("k1")])]))


@pytest.mark.parametrize(
    "name", ["CN=a, O=b", "x,KeyIdentifier=fake", "a=b,c=d", "[KeyIdentifier=fake,KeyType=Password]", "]", "\u202e"]
)
def test_a_display_name_may_hold_anything(name: str) -> None:
    assert only(audit(SECRETS, [keys([], [key("k1", name)])])).credential_ids == ("k1",)


def test_a_key_description_in_free_text_is_a_key_without_an_id() -> None:
    change = only(audit("Add service principal credentials", [modified("KeyDescription", None, '"Client Secret"')]))
    assert (change.change, change.credential_ids) == ("created", ())


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        (SECRETS, "Application", "entra.application.add-credential-unseen"),
        ("Add service principal credentials", "ServicePrincipal", "entra.service-principal.add-credential-unseen"),
    ],
)
def test_without_the_keys_it_counts_as_an_addition(name: str, kind: str, found: str) -> None:
    assert only(audit(name, kind=kind)).operation_id == found


def test_the_companion_of_a_credential_is_not_a_second_one() -> None:
    included = modified("Included Updated Properties", None, '"KeyDescription"')
    assert not changes(audit("Update service principal", [included], kind="ServicePrincipal"))


@pytest.mark.parametrize("old", ["[]", None, '""'])
def test_the_first_federated_credential_is_found(old: str | None) -> None:
    new = [{"Id": "f1", "Name": "ci", "Issuer": "https://issuer.example", "Subject": "x"}]
    change = only(audit("Update application", [modified("FederatedIdentityCredentials", old, new)]))
    assert (change.operation_id, change.credential_id) == ("entra.application.add-federated-credential", "f1")


def test_a_federated_credential_with_another_issuer_is_changed() -> None:
    old, new = ([{"Id": "f1", "Issuer": issuer}] for issuer in ("https://a.example", "https://b.example"))
    change = only(audit("Update application", [modified("FederatedIdentityCredentials", old, new)]))
    assert (change.change, change.credential_id) == ("reset", "f1")
    gone = only(audit("Update application", [modified("FederatedIdentityCredentials", old, [])]))
    assert (gone.change, gone.credential_id) == ("removed", "f1")


def test_a_key_and_a_federated_credential_in_one_record_are_two_changes() -> None:
    both = [keys([], [key("k1")]), modified("FederatedIdentityCredentials", "[]", [{"Id": "f1"}])]
    assert {c.credential_type for c in changes(audit("Update application", both))} == {
        "app_credential",
        "federated_credential",
    }


def test_managed_identities_renew_their_certificates() -> None:
    renewal = audit("Add service principal credentials", [keys(CERT[:2], CERT), NAMES], initiatedBy=MSI)
    change = only(renewal)
    assert (change.change, change.credential_id, is_finding(change)) == ("housekeeping", "k3", False)


@pytest.mark.parametrize(
    "record",
    [
        audit("Add service principal credentials", [keys(CERT[:2], CERT)], initiatedBy=MSI),
        audit("Add service principal credentials", [keys(CERT[:2], CERT), NAMES]),
        audit(
            "Add service principal credentials",
            [
                keys(CERT[:2], CERT),
                modified("TargetId.ServicePrincipalNames", None, '"identity.azure.net.evil.example"'),
            ],
            initiatedBy=MSI,
        ),
    ],
    ids=["its name alone", "its target alone", "a name like it"],
)
def test_who_only_looks_like_a_managed_identity_is_found(record: Record) -> None:
    assert is_finding(only(record))


@pytest.mark.parametrize("name", ["Add service principal", "Add application", "Add user", "Add owner to application"])
def test_accounts_and_permissions_are_no_findings(name: str) -> None:
    credential = modified("Credential", "[]", [{"CredentialType": 2, "KeyGroupId": "g"}])
    assert not is_finding(only(audit(name, [credential], kind="ServicePrincipal")))


@pytest.mark.parametrize(
    ("name", "reason", "kind"),
    [
        (
            "Admin registered security info",
            "Admin registered temporary access pass method for user",
            "temporary_access_pass",
        ),
        ("Create Temporary Access Pass method for user", "", "temporary_access_pass"),
        ("Admin registered security info", "Admin registered phone method for user", "mfa_method"),
        ("User registered security info", "User registered Authenticator App with Code", "mfa_method"),
    ],
)
def test_the_reason_says_what_was_registered(name: str, reason: str, kind: str) -> None:
    assert only(audit(name, kind="User", resultReason=reason)).credential_type == kind


@pytest.mark.parametrize("name", ["User reviewed security info", "User started security info registration"])
def test_looking_at_security_info_is_nothing(name: str) -> None:
    assert not changes(audit(name, kind="User"))


def test_a_failed_reset_is_a_change_that_failed() -> None:
    change = only(audit("Reset user password", kind="User", result="failure", resultReason="Policy"))
    assert (change.outcome, change.error) == ("failure", "Policy")


def test_the_application_is_the_target_wherever_it_stands() -> None:
    record = audit(SECRETS, [keys([], [key("k1")])])
    record["targetResources"].insert(0, {"id": "u-1", "type": "User", "userPrincipalName": "sam@contoso.example"})
    assert only(record).target.id == "target-1"


@pytest.mark.parametrize(
    ("name", "old", "new", "change"),
    [
        ("StrongAuthenticationMethod", [], [{"MethodType": 6}], "created"),
        ("StrongAuthenticationMethod", [{"MethodType": 6}], [], None),
        ("StrongAuthenticationRequirement", [], [{"State": 1}], None),
        ("SearchableDeviceKey", [], [{"keyIdentifier": "d1"}], "created"),
        ("SearchableDeviceKey", [{"keyIdentifier": "d1"}], [], "removed"),
        ("DisplayName", ["a"], ["b"], None),
    ],
)
def test_updating_a_user_counts_when_a_method_is_new(name: str, old: Any, new: Any, change: str | None) -> None:
    found = changes(audit("Update user", [modified(name, old, new)], kind="User"))
    assert [c.change for c in found] == ([change] if change else [])


@pytest.mark.parametrize(("new", "finding"), [('"Managed"', False), ('["Managed"]', False), ('"Federated"', True)])
def test_making_a_domain_managed_again_takes_trust_away(new: str, finding: bool) -> None:
    record = audit("Set domain authentication", [modified("LiveType", '"x"', new)], kind="Domain")
    assert is_finding(only(record)) == finding


def test_a_new_discovery_address_is_found_and_another_switch_is_not() -> None:
    old, new = ({"discoveryUrl": f"https://{host}/.well-known"} for host in ("a.example", "b.example"))
    found = only(audit("Authentication Methods Policy Update", [modified("P", old, new)], kind="Policy"))
    assert (is_finding(found), found.credential_id) == (True, "https://b.example/.well-known")
    other = audit("Authentication Methods Policy Update", [modified("P", {"x": 1}, {"x": 2})], kind="Policy")
    assert not is_finding(only(other))
