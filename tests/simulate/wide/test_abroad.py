"""Hostile changes outside AWS."""

from keywitness.simulate.company import TERRAFORM, locate
from keywitness.simulate.intruders import RELAY_IP
from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record, time_of


def test_a_foreign_issuer_signs_in(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (trust,) = wide_kinds["h-foreign-trust"]
    kinds = wide_stage.logs["entra/servicePrincipalSignIns"]
    (entry,) = [r for r in kinds if r["clientCredentialType"] == "federatedIdentityCredential"]
    assert entry["appDisplayName"] == trust["properties"]["targetResources"][0]["displayName"]
    assert time_of(entry) > time_of(trust)


def test_the_pass_is_for_an_admin_and_after_a_risk(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    (made,) = wide_kinds["h-pass-for-an-admin"]
    inner = made["properties"]
    ids = {p.object_id for p in wide_stage.company.people.values() if p.admin}
    risks = {r["userId"]: time_of(r) for r in wide_stage.logs["entra/riskDetections"]}
    assert inner["targetResources"][0]["id"] in ids
    assert risks[inner["initiatedBy"]["user"]["id"]] < time_of(made)


def test_one_of_many_secrets_has_a_ticket(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    apps = {r["properties"]["targetResources"][0]["displayName"] for r in wide_kinds["h-secrets-en-masse"]}
    tickets = [t for t in wide_stage.tickets if t.operation == "application secret" and t.target in apps]
    assert len(apps) >= 4
    assert len(tickets) == 1


def test_the_others_are_where_they_should_not_be(wide_kinds: dict[str, list[Record]]) -> None:
    (token,) = wide_kinds["h-token-after-reset"]
    (newcomer,) = wide_kinds["h-newcomer-key"]
    (away,), (desk,) = wide_kinds["h-project-ssh-key"], wide_kinds["h-project-ssh-key-desk"]
    (deploy,) = wide_kinds["h-strangers-deploy-key"]
    assert token["client"]["ipAddress"] == RELAY_IP
    assert newcomer["resource"]["labels"]["email_id"] == TERRAFORM
    callers = [r["protoPayload"]["requestMetadata"]["callerIp"] for r in (away, desk)]
    assert [locate(ip).country in {"CA", "PT", "SG"} for ip in callers] == [False, True]
    assert deploy["repo"].endswith("/payroll")
