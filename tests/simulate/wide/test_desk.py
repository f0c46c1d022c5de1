"""The help desk and others outside AWS."""

from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record


def test_self_service_is_on_oneself(wide_kinds: dict[str, list[Record]]) -> None:
    for record in wide_kinds["o-self-service-reset"]:
        inner = record["properties"]
        assert inner["initiatedBy"]["user"]["id"] == inner["targetResources"][0]["id"]


def test_one_secret_stands_in_two_logs(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    entra, m365 = wide_kinds["o-secret-in-two-logs"]
    new = entra["properties"]["targetResources"][0]["modifiedProperties"][0]["newValue"]
    added = wide_stage.credentials[m365["Target"][3]["ID"]][-1][1]
    assert added in new
    assert added in m365["ModifiedProperties"][0]["NewValue"]


def test_tokens_and_deploy_keys_have_tickets(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    operations = {ticket.operation: ticket for ticket in wide_stage.tickets}
    assert operations["deploy key"].target == wide_kinds["o-deploy-key"][0]["repo"]
    assert operations["API token"].target == wide_kinds["o-okta-token"][0]["actor"]["alternateId"]
