"""Entra records: the operation's exact name, values encoded twice, sign-ins with their key."""

import json
from datetime import UTC, datetime

from keywitness.simulate import entra
from keywitness.simulate.stage import Stage

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)


def test_the_secrets_operation_has_an_en_dash_and_a_trailing_space() -> None:
    assert entra.SECRETS == "Update application \u2013 Certificates and secrets management "


def test_a_new_secret_is_the_difference_of_two_lists(stage: Stage) -> None:
    bastien, app = stage.company.people["bastien"], stage.company.applications["Ledger Sync"]
    changed = entra.keys_changed([entra.Key("k1", "a")], [entra.Key("k1", "a"), entra.Key("k2", "b")])
    event = entra.audit(
        stage, NOON, entra.SECRETS, entra.by_user(bastien, bastien.desk_ip), bastien.desk_ip, app, changed
    )
    (record,) = stage.logs["entra/audit"]
    target = record["properties"]["targetResources"][0]
    assert record["properties"]["id"] == event
    assert record["operationName"] == record["properties"]["activityDisplayName"] == entra.SECRETS
    assert record["time"].startswith("2026-10-07T12:00:00.")
    assert (target["type"], target["id"]) == ("Application", app.object_id)
    new = json.loads(target["modifiedProperties"][0]["newValue"])
    assert new[1] == "[KeyIdentifier=k2,KeyType=Password,KeyUsage=Verify,DisplayName=b]"


def test_a_first_trust_replaces_an_empty_list(stage: Stage) -> None:
    trust, included = entra.trust_added(stage, "n", "https://issuer.example", "s")
    assert trust["oldValue"] == "[]"
    assert json.loads(trust["newValue"])[0]["Issuer"] == "https://issuer.example"
    assert included["newValue"] == '"FederatedIdentityCredentials"'


def test_an_application_as_actor_has_no_user(stage: Stage) -> None:
    app = stage.company.applications["Ledger Sync"]
    entra.audit(stage, NOON, "op", entra.by_app("Steward", "sp"), "20.151.60.8", app, [], principal=True)
    (record,) = stage.logs["entra/audit"]
    assert record["identity"] == "Steward"
    assert record["properties"]["initiatedBy"]["user"] is None
    assert record["properties"]["targetResources"][0]["id"] == app.principal_id


def test_sign_ins_say_who_from_where_and_with_what(stage: Stage) -> None:
    femke, app = stage.company.people["femke"], stage.company.applications["Ledger Sync"]
    risky = entra.sign_in(stage, femke, NOON, "185.165.190.71", risk="high", known=False)
    entra.risk_detection(stage, femke, risky, NOON, "185.165.190.71")
    assert risky["location"]["countryOrRegion"] == "IS"
    assert risky["deviceDetail"]["isManaged"] is False
    assert stage.logs["entra/riskDetections"][0]["correlationId"] == risky["correlationId"]
    secret = entra.principal_sign_in(stage, app, NOON, "20.151.60.8", "k2")
    certificate = entra.principal_sign_in(stage, app, NOON, "20.151.60.8", "k3", certificate=True)
    assert (secret["servicePrincipalCredentialKeyId"], secret["clientCredentialType"]) == ("k2", "clientSecret")
    assert len(certificate["servicePrincipalCredentialThumbprint"]) == 40
