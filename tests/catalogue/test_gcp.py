"""Google Cloud: names and ids in three places, long calls in two rows, and metadata of which only names are logged."""

from typing import Any

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import changes, google, only

ACCOUNT = "exporter@p.iam.gserviceaccount.com"
LABELS = {"email_id": ACCOUNT, "project_id": "p"}
NUMBER = "projects/-/serviceAccounts/1000"
NAME = f"projects/p/serviceAccounts/{ACCOUNT}/keys/abc123"
API_KEY = "projects/1/locations/global/keys/k-1"
POOL = "projects/p/locations/global/workloadIdentityPools/build"
PROVIDER = f"{POOL}/providers/ci"
UPDATE_PROVIDER = "google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider"


@pytest.mark.parametrize(
    ("verb", "change"),
    [
        ("Create", "created"),
        ("Upload", "uploaded"),
        ("Enable", "enabled"),
        ("Disable", "disabled"),
        ("Delete", "removed"),
    ],
)
def test_service_account_keys_in_all_stages_of_life(verb: str, change: str) -> None:
    where = {"response": {"name": NAME}} if verb in ("Create", "Upload") else {"request": {"name": NAME}}
    found = only(google(f"google.iam.admin.v1.{verb}ServiceAccountKey", NUMBER, labels=LABELS, **where))
    assert (found.change, found.target.id, found.credential_id) == (change, ACCOUNT, "abc123")


def test_a_denied_key_has_no_id_and_the_account_by_its_number() -> None:
    record = google(
        "google.iam.admin.v1.CreateServiceAccountKey",
        NUMBER,
        request={"name": f"projects/-/serviceAccounts/{ACCOUNT}"},
        status={"code": 7, "message": "denied"},
    )
    change = only(record)
    assert (change.outcome, change.credential_ids, change.target.id) == ("failure", (), NUMBER)


@pytest.mark.parametrize("method", ["ListServiceAccountKeys", "GetServiceAccountKey"])
def test_looking_at_keys_is_nothing(method: str) -> None:
    assert not changes(google(f"google.iam.admin.v1.{method}", NUMBER))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_first_and_last_of_a_long_call_are_one_change(order: tuple[int, int]) -> None:
    method = "google.api.apikeys.v2.ApiKeys.CreateKey"
    rows = [
        google(method, "projects/1", operation={"id": "op", "first": True}, requestMetadata={"callerIp": "192.0.2.9"}),
        google(
            method,
            "projects/1",
            operation={"id": "op", "last": True},
            response={"name": API_KEY},
            insertId="i-2",
            timestamp="2026-05-04T09:12:07Z",
        ),
    ]
    change = only(*(rows[i] for i in order))
    assert (change.credential_ids, change.source_ip, change.outcome) == ((API_KEY,), "192.0.2.9", "success")


def test_the_last_row_of_a_long_call_decides_its_outcome() -> None:
    method = "google.iam.v1.WorkloadIdentityPools.CreateWorkloadIdentityPoolProvider"
    request = {"workloadIdentityPoolProviderId": "ci", "workloadIdentityPoolProvider": {}}
    first = google(method, POOL, operation={"id": "op", "first": True}, request=request)
    last = google(method, POOL, operation={"id": "op", "last": True}, request=request, status={"code": 3}, insertId="b")
    assert only(first).outcome == "success", "all that is known"
    later = last | {"timestamp": "2026-05-04T09:12:07Z"}
    assert [only(first, row).outcome for row in (last, later)] == ["failure", "failure"]


@pytest.mark.parametrize(
    ("request_", "change"),
    [
        ({"updateMask": "oidc.issuerUri", "workloadIdentityPoolProvider": {}}, "reset"),
        ({"updateMask": "displayName,attributeCondition", "workloadIdentityPoolProvider": {}}, "reset"),
        ({"workloadIdentityPoolProvider": {"oidc": {}}}, "reset"),
        ({"updateMask": "disabled", "workloadIdentityPoolProvider": {"disabled": True}}, "disabled"),
        ({"updateMask": "disabled", "workloadIdentityPoolProvider": {}}, "reset"),
        ({"updateMask": "displayName,description", "workloadIdentityPoolProvider": {}}, None),
    ],
)
def test_the_mask_says_what_of_a_provider_was_updated(request_: dict[str, Any], change: str | None) -> None:
    found = changes(google(UPDATE_PROVIDER, PROVIDER, request=request_))
    assert [(c.change, c.target.id, c.credential_id) for c in found] == ([(change, PROVIDER, "ci")] if change else [])


@pytest.mark.parametrize("prefix", ["v1.", "beta.", "alpha.", ""])
@pytest.mark.parametrize(
    ("delta", "found"),
    [
        ({"addedMetadataKeys": ["ssh-keys"]}, 1),
        ({"modifiedMetadataKeys": ["startup-script", "sshKeys"]}, 1),
        ({"modifiedMetadataKeys": ["windows-keys"]}, 1),
        ({"deletedMetadataKeys": ["ssh-keys"]}, 0),
        ({"addedMetadataKeys": ["startup-script"]}, 0),
        ({}, 0),
    ],
)
def test_metadata_counts_when_key_names_are_added(prefix: str, delta: dict[str, Any], found: int) -> None:
    instance = google(f"{prefix}compute.instances.setMetadata", metadata={"instanceMetadataDelta": delta})
    project = google(f"{prefix}compute.projects.setCommonInstanceMetadata", metadata={"projectMetadataDelta": delta})
    assert (len(changes(instance)), len(changes(project))) == (found, found)


@pytest.mark.parametrize(
    ("method", "state", "change"),
    [
        ("storage.hmacKeys.create", None, "created"),
        ("storage.hmacKeys.update", "ACTIVE", "enabled"),
        ("storage.hmacKeys.update", "INACTIVE", "disabled"),
        ("storage.hmacKeys.delete", None, "removed"),
    ],
)
def test_hmac_keys_belong_to_their_account(method: str, state: str | None, change: str) -> None:
    request = {"serviceAccountEmail": ACCOUNT} | ({"state": state} if state else {})
    found = only(google(method, "projects/p/hmacKeys/GOOG1E", request=request))
    assert (found.change, found.target.id, found.credential_id) == (change, ACCOUNT, "GOOG1E")


def test_restrictions_of_an_api_key_count_and_its_name_does_not() -> None:
    method = "google.api.apikeys.v2.ApiKeys.UpdateKey"
    request = {"key": {"name": API_KEY}, "updateMask": "restrictions"}
    assert only(google(method, "projects/1", request=request)).credential_id == API_KEY
    assert not changes(google(method, "projects/1", request=request | {"updateMask": "displayName"}))


def test_a_bare_name_counts_only_for_its_own_service() -> None:
    assert not changes(google("CreateClient", response={"clientId": "c"}, serviceName="other.googleapis.com"))
    console = google("CreateClient", response={"clientId": "c"}, serviceName="clientauthconfig.googleapis.com")
    assert only(console).credential_id == "c"
    assert not changes(google("CreateBrand", serviceName="clientauthconfig.googleapis.com"))


@pytest.mark.parametrize(
    "method", ["SetIamPolicy", "google.iam.admin.v1.SetIAMPolicy", "google.iam.admin.v1.CreateServiceAccount"]
)
def test_permissions_and_accounts_are_no_findings(method: str) -> None:
    assert not is_finding(only(google(method, NUMBER, labels=LABELS)))


def test_a_token_that_was_not_granted_is_a_failure() -> None:
    denied = [{"permission": "iam.serviceAccounts.signJwt", "granted": False}]
    assert only(google("SignJwt", NUMBER, labels=LABELS, authorizationInfo=denied)).outcome == "failure"
