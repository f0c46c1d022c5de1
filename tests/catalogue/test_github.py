"""GitHub: one action for two kinds of key, tokens of people and of applications, and rights that are no credential."""

from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import Record, changes, only


def event(action: str, **fields: Any) -> Record:
    return {
        "@timestamp": 1_777_885_920_000,
        "_document_id": "d-1",
        "action": action,
        "actor": "mara-lind",
        "org": "tailspin",
    } | fields


@pytest.mark.parametrize(
    ("fields", "kind", "target"),
    [
        ({"repo": "tailspin/invoices"}, "deploy_key", "tailspin/invoices"),
        ({"repo": "tailspin/invoices", "user": "noor"}, "deploy_key", "tailspin/invoices"),
        ({"user": "noor"}, "ssh_key", "noor"),
        ({"repo": "", "user": "noor"}, "ssh_key", "noor"),
        ({}, "ssh_key", "mara-lind"),
    ],
)
@pytest.mark.parametrize(
    ("action", "change"),
    [
        ("create", "created"),
        ("verify", "enabled"),
        ("update", "reset"),
        ("delete", "removed"),
        ("unverify", "disabled"),
    ],
)
def test_a_key_is_a_repositorys_or_a_users(action: str, change: str, fields: Record, kind: str, target: str) -> None:
    found = only(event(f"public_key.{action}", fingerprint="SHA256:x", **fields))
    assert (found.change, found.credential_type, found.target.id) == (change, kind, target)
    assert found.credential_id == "SHA256:x"


def test_a_failure_is_an_event_of_its_own() -> None:
    assert only(event("public_key.verification_failure", repo="tailspin/invoices")).outcome == "failure"


@pytest.mark.parametrize(
    "action",
    [
        "org.add_member",
        "repo.add_member",
        "org.update_member",
        "oauth_authorization.create",
        "org.enable_two_factor_requirement",
        "org.disable_two_factor_requirement",
        "org.set_default_workflow_permissions",
        "integration.manager_added",
        "user.login",
        "git.clone",
    ],
)
def test_rights_and_requirements_are_no_credential(action: str) -> None:
    assert not changes(event(action, user="noor"))


@pytest.mark.parametrize(
    "action",
    [
        "org.saml_disabled",
        "personal_access_token.access_revoked",
        "personal_access_token.request_denied",
        "org_credential_authorization.revoke",
        "oauth_application.remove_client_secret",
        "integration.destroy",
        "integration_installation.suspend",
        "ssh_certificate_authority.destroy",
        "two_factor_authentication.disabled",
        "passkey.remove",
        "repo.remove_actions_secret",
        "hook.destroy",
    ],
)
def test_taking_away_is_no_finding(action: str) -> None:
    assert not is_finding(only(event(action)))


@pytest.mark.parametrize(
    ("fields", "kind", "finding"),
    [
        ({}, "personal_access_token", True),
        ({"oauth_application_name": "Build board", "oauth_application_id": 1}, "oauth_token", False),
        ({"integration": "invoice-bot"}, "oauth_token", False),
    ],
)
def test_a_token_that_a_person_made(fields: Record, kind: str, finding: bool) -> None:
    """An application gets one at each sign-in: kept to follow it, and no finding."""
    found = only(event("oauth_access.create", token_id=9, **fields))
    assert (found.credential_type, is_finding(found), found.credential_id) == (kind, finding, "9")


def test_a_granted_token_is_its_owners() -> None:
    record = event("personal_access_token.access_granted", user="noor", user_programmatic_access_id=7, token_id=1)
    found = only(record)
    assert (found.target.id, found.credential_id, found.is_self) == ("noor", "7", False)


@pytest.mark.parametrize("place", ["repo", "org", "environment"])
@pytest.mark.parametrize("kind", ["actions", "integration"])
def test_secrets_of_workflows(place: str, kind: str) -> None:
    found = only(event(f"{place}.create_{kind}_secret", key="DEPLOY", repo="tailspin/invoices"))
    assert (found.operation_id, found.credential_id) == ("github.secret.create", "DEPLOY")
    assert found.operation == f"{place}.create_{kind}_secret"


def test_an_old_row_is_the_same_change() -> None:
    nested = {"action": "hook.create", "actor": "mara-lind", "created_at": 1_777_885_920_000, "org": "tailspin"}
    assert only(nested | {"data": {"hook_id": 7, "repo": "tailspin/invoices"}}).credential_id == "7"
