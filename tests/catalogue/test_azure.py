"""Azure: one call in several rows, names in any case, and operations that only sound like a credential."""

import pytest

from keywitness.detect import is_finding
from tests.catalogue.walk import activity, changes, only

GROUP = "/subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/rg/providers/"
STORE = GROUP + "Microsoft.Storage/storageAccounts/data"
REGENERATE = "Microsoft.Storage/storageAccounts/regenerateKey/action"
VM = GROUP + "Microsoft.Compute/virtualMachines/vm-1"


@pytest.mark.parametrize("name", [REGENERATE, REGENERATE.upper(), REGENERATE.lower()])
def test_names_compare_in_any_case(name: str) -> None:
    change = only(activity(name, STORE.upper(), "Success", {"requestbody": '{"keyName":"key2"}'}))
    assert (change.operation_id, change.credential_id) == ("azure.storage.regenerate-key", "key2")
    assert change.operation == REGENERATE


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("end", "outcome"), [("Success", "success"), ("Succeeded", "success"), ("Failure", "failure")])
def test_start_and_end_are_one_change(order: tuple[int, int], end: str, outcome: str) -> None:
    rows = [
        activity(REGENERATE, STORE, "Start", {"requestbody": '{"keyName":"key1"}'}, id="1"),
        activity(REGENERATE, STORE, end, id="2", time="2026-05-04T09:12:05Z"),
    ]
    change = only(*(rows[i] for i in order))
    assert (change.outcome, change.credential_id) == (outcome, "key1")


def test_a_start_alone_has_an_unknown_end() -> None:
    assert only(activity(REGENERATE, STORE, "Start")).outcome == "unknown"


def test_a_later_failure_under_the_same_id_hides_no_success() -> None:
    first = activity(REGENERATE, STORE, "Success", {"requestbody": '{"keyName":"key1"}'})
    second = activity(REGENERATE, STORE, "Failure", {"requestbody": '{"keyName":"key2"}'}, time="2026-05-04T09:13:00Z")
    change = only(first, second)
    assert (change.outcome, change.credential_ids) == ("success", ("key1", "key2"))


@pytest.mark.parametrize(
    ("extension", "found"),
    [("enablevmaccess", 1), ("VMAccessForLinux", 1), ("VMACCESSAGENT", 1), ("CustomScript", 0), ("MDE.Linux", 0)],
)
def test_only_vm_access_among_extensions_sets_a_password(extension: str, found: int) -> None:
    resource = f"{VM}/extensions/{extension}"
    assert len(changes(activity("Microsoft.Compute/virtualMachines/extensions/write", resource))) == found


@pytest.mark.parametrize(
    "name",
    [
        "Microsoft.Compute/virtualMachines/runCommand/action",
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.KeyVault/vaults/accessPolicies/write",
        "Microsoft.KeyVault/vaults/keys/restore/action",
        "Microsoft.KeyVault/vaults/secrets/write",
        "Microsoft.KeyVault/vaults/certificates/write",
        "Microsoft.Automation/automationAccounts/write",
    ],
)
def test_commands_permissions_and_vault_objects_are_no_findings(name: str) -> None:
    assert not [c for c in changes(activity(name, VM)) if is_finding(c)]


@pytest.mark.parametrize(
    ("resource", "verb", "found"),
    [
        ("Microsoft.Cache/redis", "listKeys", "azure.service.list-keys"),
        ("Microsoft.DocumentDB/databaseAccounts", "listKeys", "azure.service.list-keys"),
        ("Microsoft.Devices/IotHubs", "listkeys", "azure.service.list-keys"),
        ("Microsoft.Cache/redis", "regenerateKey", "azure.service.regenerate-key"),
        ("Microsoft.Storage/storageAccounts", "listKeys", "azure.storage.list-keys"),
        ("Microsoft.CognitiveServices/accounts", "listKeys", "azure.cognitive.list-keys"),
        ("Microsoft.Web/sites/host", "listkeys", "azure.web.list-function-keys"),
        ("Microsoft.ContainerRegistry/registries", "listCredentials", "azure.registry.list-credentials"),
    ],
)
def test_keys_of_any_service_are_found_once(resource: str, verb: str, found: str) -> None:
    assert only(activity(f"{resource}/{verb}/action", f"{GROUP}{resource}/x")).operation_id == found


def test_a_federated_credential_belongs_to_its_identity() -> None:
    identity = GROUP + "Microsoft.ManagedIdentity/userAssignedIdentities/id-1"
    name = "MICROSOFT.MANAGEDIDENTITY/USERASSIGNEDIDENTITIES/FEDERATEDIDENTITYCREDENTIALS/WRITE"
    change = only(activity(name, f"{identity}/federatedIdentityCredentials/ci"))
    assert (change.target.id, change.target.name, change.credential_id) == (identity, "id-1", "ci")


def test_a_database_password_needs_a_body_that_shows_it() -> None:
    server = GROUP + "Microsoft.Sql/servers/s"
    assert not changes(activity("Microsoft.Sql/servers/write", server))
    body = {"requestbody": '{"properties":{"administratorLoginPassword":"x"}}'}
    assert only(activity("Microsoft.Sql/servers/write", server, "Success", body)).change == "reset"
