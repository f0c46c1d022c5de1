"""Okta: who owns a token, one's own password, and removals that are none of our findings."""

from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import Record, changes, only

MARA = {"id": "00u1mara", "type": "User", "alternateId": "mara@tailspin.example", "displayName": "Mara Lind"}
NOOR = {"id": "00u2noor", "type": "User", "alternateId": "noor@tailspin.example", "displayName": "Noor Haddad"}
TOKEN = {"id": "00T3token", "type": "Token", "alternateId": "unknown", "displayName": "terraform"}
CLIENT = {"id": "0oa4client", "type": "PublicClientApp", "alternateId": "unknown", "displayName": "Invoice sync"}
SHOW = "application.user_membership.show_password"


def event(kind: str, *targets: Record, **fields: Any) -> Record:
    return {
        "uuid": "u-1",
        "published": "2026-05-04T09:12:00Z",
        "eventType": kind,
        "actor": MARA,
        "outcome": {"result": "SUCCESS"},
        "target": list(targets),
    } | fields


def test_a_token_is_its_makers() -> None:
    found = only(event("system.api_token.create", TOKEN))
    assert (found.target.id, found.credential_id, found.is_self) == ("00u1mara", "00T3token", True)


def assigned(user: Record) -> Record:
    return {"id": "0ua5assigned", "type": "AppUser", "alternateId": user["displayName"]}


@pytest.mark.parametrize(
    ("user", "finding"),
    [
        (MARA, False),
        (NOOR, True),
        (NOOR | {"displayName": "Mara Lind"}, True),
        (NOOR | {"alternateId": "mara@tailspin.example"}, True),
        (NOOR | {"id": "00u1mara"}, True),  # ids masked by an exporter: two logins are two people
    ],
)
def test_ones_own_password_is_ones_own_to_see(user: Record, finding: bool) -> None:
    found = only(event(SHOW, assigned(user), user))
    assert (is_finding(found), found.target.id) == (finding, user["id"])


def test_a_password_of_nobody_known_is_a_finding() -> None:
    assert [is_finding(c) for c in changes(event(SHOW))] == [True]


@pytest.mark.parametrize(
    "kind",
    [
        "system.api_token.revoke",
        "user.mfa.factor.suspend",
        "user.mfa.factor.deactivate",
        "app.oauth2.credentials.lifecycle.delete",
        "app.oauth2.credentials.lifecycle.deactivate",
        "system.idp.lifecycle.deactivate",
        "device.lifecycle.delete",
        "user.session.impersonation.revoke",
    ],
)
def test_taking_away_is_no_finding(kind: str) -> None:
    assert not is_finding(only(event(kind, NOOR)))


@pytest.mark.parametrize(
    "kind",
    [
        "user.account.privilege.grant",
        "app.oauth2.client.privilege.grant",
        "group.user_membership.add",
        "user.lifecycle.create",
        "application.lifecycle.update",
        "system.mfa.factor.deactivate",
        "user.session.start",
        "user.risk.change",
    ],
)
def test_rights_and_sign_ins_are_no_credential(kind: str) -> None:
    assert not changes(event(kind, NOOR))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("user.account.reset_password", "reset"),
        ("user.account.update_password", "reset"),
        ("user.mfa.factor.reset_all", "reset"),
        ("user.mfa.factor.activate", "created"),
        ("device.enrollment.create", "created"),
        ("user.session.impersonation.grant", "issued"),
    ],
)
def test_what_is_done_to_a_user(kind: str, change: str) -> None:
    found = only(event(kind, NOOR))
    assert (found.change, found.target.id, found.target.name) == (change, "00u2noor", "noor@tailspin.example")
    assert is_finding(found)


@pytest.mark.parametrize(
    ("targets", "ident"),
    [
        ([{"id": "ocs6secret", "type": "OAuth2ClientSecretEntity"}, CLIENT], "ocs6secret"),
        ([{"id": "0oa4client", "type": "OAuth2ClientSecretEntity"}], None),
        ([CLIENT], None),
    ],
)
def test_a_clients_secret(targets: list[Record], ident: str | None) -> None:
    """The entity's id may be the client's: that is no id of the secret."""
    found = only(event("app.oauth2.credentials.lifecycle.create", *targets))
    assert (found.change, found.target.id, found.credential_id) == ("created", "0oa4client", ident)


@pytest.mark.parametrize(("result", "outcome"), [("FAILURE", "failure"), ("DENY", "failure"), ("CHALLENGE", "unknown")])
def test_an_attempt_that_failed_is_one(result: str, outcome: str) -> None:
    assert only(event("system.api_token.create", outcome={"result": result})).outcome == outcome


def test_a_data_lakes_copy_is_the_same_change() -> None:
    copied = {key.lower(): value for key, value in event("system.api_token.create", TOKEN).items()}
    assert only(copied).credential_id == "00T3token"
