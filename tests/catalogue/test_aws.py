"""AWS: who the target is, which way a status points, and what only looks like a credential."""

from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import changes, only, trail, user

KEY = {"accessKey": {"userName": "jack", "accessKeyId": "AKIANEW", "status": "Active"}}
ROOT = {"type": "Root", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "principalId": "1"}
ROLE = {
    "type": "AssumedRole",
    "arn": "arn:aws-us-gov:sts::111122223333:assumed-role/ops/run-1",
    "accountId": "111122223333",
    "sessionContext": {"sessionIssuer": {"arn": "arn:aws-us-gov:iam::111122223333:role/ops", "userName": "ops"}},
}
SSO = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSSO/x",
    "accountId": "111122223333",
    "invokedBy": "sso.amazonaws.com",
}
OWN_PROVIDER = "AWSSSO_0123456789abcdef_DO_NOT_DELETE"


@pytest.mark.parametrize("actor", ["jackson", "jack", "jac", "kjack"])
def test_self_or_other_is_decided_by_the_whole_name(actor: str) -> None:
    change = only(trail("iam:CreateAccessKey", {"userName": "jack"}, KEY, userIdentity=user(actor)))
    assert change.is_self == (actor == "jack")
    assert change.target.id == "arn:aws:iam::111122223333:user/jack"


def test_a_request_that_names_nobody_is_about_its_caller() -> None:
    change = only(trail("iam:CreateAccessKey", None, {"accessKey": {"accessKeyId": "AKIANEW"}}))
    assert (change.target, change.is_self) == (change.actor, True)


def test_a_request_that_names_nobody_takes_the_user_from_the_response() -> None:
    change = only(trail("iam:CreateAccessKey", None, KEY, userIdentity=user("jackson")))
    assert (change.target.name, change.is_self) == ("jack", False)


def test_a_user_with_a_path_is_still_itself() -> None:
    who = user("jack") | {"arn": "arn:aws:iam::111122223333:user/team/blue/jack"}
    assert only(trail("iam:CreateAccessKey", {"userName": "jack"}, KEY, userIdentity=who)).is_self


@pytest.mark.parametrize("named", ["Root", None])
def test_a_key_of_root_is_roots_own(named: str | None) -> None:
    response = {"accessKey": {"accessKeyId": "AKIANEW", "userName": named}}
    change = only(trail("iam:CreateAccessKey", None, response, userIdentity=ROOT))
    assert (change.operation_id, change.is_self) == ("aws.iam.create-root-access-key", True)
    assert change.target.id == "arn:aws:iam::111122223333:root"


def test_root_making_a_key_for_a_user_is_no_root_key() -> None:
    change = only(trail("iam:CreateAccessKey", {"userName": "jack"}, KEY, userIdentity=ROOT))
    assert (change.operation_id, change.target.name) == ("aws.iam.create-access-key", "jack")


def test_the_targets_partition_is_the_callers() -> None:
    change = only(trail("iam:CreateAccessKey", {"userName": "jack"}, KEY, userIdentity=ROLE))
    assert change.target.id == "arn:aws-us-gov:iam::111122223333:user/jack"


@pytest.mark.parametrize(
    "resource", ["user jack", "arn:aws:iam::111122223333:user/jack", "arn:aws:iam::111122223333:user/team/jack"]
)
def test_a_denied_call_still_says_whom_it_was_meant_for(resource: str) -> None:
    said = f"User: arn:aws:iam::111122223333:user/lee is not authorized to perform: x on resource: {resource} because"
    change = only(trail("iam:CreateAccessKey", None, None, errorCode="AccessDenied", errorMessage=said))
    assert (change.target.name, change.outcome, change.error) == ("jack", "failure", "AccessDenied")
    assert is_finding(change)


@pytest.mark.parametrize(
    ("event", "request_", "ident"),
    [
        ("iam:UpdateAccessKey", {"accessKeyId": "K1"}, "K1"),
        ("iam:UpdateServiceSpecificCredential", {"serviceSpecificCredentialId": "K1"}, "K1"),
        ("iam:UpdateSSHPublicKey", {"sSHPublicKeyId": "K1"}, "K1"),
        ("iam:UpdateSigningCertificate", {"certificateId": "K1"}, "K1"),
    ],
)
@pytest.mark.parametrize(("status", "change"), [("Active", "enabled"), ("Inactive", "disabled"), ("ACTIVE", "enabled")])
def test_the_status_points_the_way(event: str, request_: dict[str, str], ident: str, status: str, change: str) -> None:
    found = only(trail(event, request_ | {"userName": "jack", "status": status}))
    assert (found.change, found.credential_ids) == (change, (ident,))


def test_a_denied_update_without_a_status_counts_as_the_worse() -> None:
    change = only(trail("iam:UpdateAccessKey", None, None, errorCode="AccessDenied"))
    assert (change.change, change.outcome) == ("enabled", "failure")


@pytest.mark.parametrize("error", ["LimitExceededException", "EntityAlreadyExists", "NoSuchEntityException"])
def test_a_failed_attempt_is_a_change_that_failed(error: str) -> None:
    change = only(trail("iam:CreateLoginProfile", {"userName": "jack"}, None, errorCode=error))
    assert (change.outcome, change.error, is_finding(change)) == ("failure", error, True)


def test_a_sign_in_event_fails_inside_its_response() -> None:
    failed = trail("signin:PasswordUpdated", None, {"PasswordUpdated": "Failure"}, userIdentity=ROOT)
    assert only(failed).outcome == "failure"


@pytest.mark.parametrize("event", ["iam:CreateSAMLProvider", "iam:UpdateSAMLProvider"])
def test_identity_center_keeps_house(event: str) -> None:
    arn = f"arn:aws:iam::111122223333:saml-provider/{OWN_PROVIDER}"
    change = only(trail(event, {"name": OWN_PROVIDER, "sAMLProviderArn": arn}, userIdentity=SSO))
    assert (change.change, is_finding(change)) == ("housekeeping", False)


@pytest.mark.parametrize(
    ("who", "name"), [(user("lee"), OWN_PROVIDER), (SSO, "corp"), (user("lee") | {"invokedBy": "x"}, OWN_PROVIDER)]
)
def test_who_only_looks_like_identity_center_does_not(who: dict[str, Any], name: str) -> None:
    assert only(trail("iam:CreateSAMLProvider", {"name": name}, userIdentity=who)).change == "created"


@pytest.mark.parametrize(("request_", "found"), [({"masterUserPassword": "****"}, 1), ({"allocatedStorage": 5}, 0)])
def test_a_database_password_shows_by_its_member_only(request_: dict[str, Any], found: int) -> None:
    assert len(changes(trail("rds:ModifyDBInstance", {"dBInstanceIdentifier": "db"} | request_))) == found


@pytest.mark.parametrize(("enabled", "scope"), [(True, "core"), (False, "lineage")])
def test_a_disabled_trust_anchor_lets_nobody_in_yet(enabled: bool, scope: str) -> None:
    request = {"enabled": enabled, "name": "ca"}
    change = only(trail("rolesanywhere:CreateTrustAnchor", request, {"trustAnchor": request | {"trustAnchorId": "t"}}))
    assert (change.scope, change.credential_id) == (scope, "t")


def test_a_new_name_for_a_trust_anchor_is_nothing() -> None:
    assert not changes(trail("rolesanywhere:UpdateTrustAnchor", {"trustAnchorId": "t", "name": "new"}))


@pytest.mark.parametrize(("value", "found"), [(True, 1), ("true", 1), (False, 0), (None, 0)])
def test_a_parameter_is_exposed_only_when_decrypted(value: Any, found: int) -> None:
    assert len(changes(trail("ssm:GetParameter", {"name": "p", "withDecryption": value}))) == found


def test_old_key_pairs_have_only_a_fingerprint() -> None:
    response = {"keyName": "k", "keyFingerprint": "1f:51"}
    change = only(trail("ec2:CreateKeyPair", {"keyName": "k"}, response))
    assert (change.credential_ids, change.target.name) == (("1f:51",), "k")


def test_roles_are_followed_but_never_found() -> None:
    response = {"credentials": {"accessKeyId": "ASIANEW"}}
    change = only(trail("sts:AssumeRole", {"roleArn": "arn:aws:iam::111122223333:role/ops"}, response))
    assert (change.scope, change.credential_id, is_finding(change)) == ("lineage", "ASIANEW", False)


def test_an_account_without_a_credential_is_no_finding() -> None:
    change = only(trail("iam:CreateUser", {"userName": "jack"}, {"user": {"userName": "jack", "userId": "AIDA1"}}))
    assert (change.technique, is_finding(change)) == ("T1136.003", False)


@pytest.mark.parametrize("event", ["iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteSSHPublicKey"])
def test_removals_are_changes_and_no_findings(event: str) -> None:
    change = only(trail(event, {"userName": "jack"}))
    assert (change.change, is_finding(change)) == ("removed", False)


@pytest.mark.parametrize("event", ["iam:ListAccessKeys", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"])
def test_other_calls_are_nothing(event: str) -> None:
    assert not changes(trail(event, {"userName": "jack"}))
