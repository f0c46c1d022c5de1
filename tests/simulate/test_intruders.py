"""Intrusions outside AWS: the new secret, key and trust, and what was done with them."""

import json
from datetime import timedelta

from keywitness.simulate.intruders import BRAZIL_IP, FOREIGN_ISSUER, RELAY_IP
from tests.simulate.sample import Record, time_of


def test_the_risky_sign_in_comes_first_and_the_secret_is_used(
    by_kind: dict[str, list[Record]], records: list[Record]
) -> None:
    (event,) = by_kind["a4-risky-principal-secret"]
    (risk,) = (r for r in records if r.get("riskEventType"))
    assert timedelta(0) < time_of(event) - time_of(risk) < timedelta(hours=1)
    changed = json.dumps(event["properties"]["targetResources"][0]["modifiedProperties"])
    signed = [r for r in records if str(r.get("servicePrincipalCredentialKeyId", "never")) in changed]
    assert RELAY_IP in {r["ipAddress"] for r in signed}


def test_the_foreign_account_key_is_used_from_abroad(by_kind: dict[str, list[Record]], records: list[Record]) -> None:
    (event,) = by_kind["a5-foreign-account-key"]
    name = event["protoPayload"]["response"]["name"]
    signers = ((r, r["protoPayload"]["authenticationInfo"].get("serviceAccountKeyName", "")) for r in _entries(records))
    uses = [r for r, signer in signers if signer.endswith(name)]
    assert len(uses) == 3
    assert {r["protoPayload"]["requestMetadata"]["callerIp"] for r in uses} == {BRAZIL_IP}


def _entries(records: list[Record]) -> list[Record]:
    return [r for r in records if "protoPayload" in r]


def test_the_trust_names_a_foreign_issuer(by_kind: dict[str, list[Record]]) -> None:
    (event,) = by_kind["a13-foreign-trust"]
    assert event["operationName"] == "Update application"
    assert FOREIGN_ISSUER in json.dumps(event)
