"""The Okta System Log: data-lake spellings, outcomes, tokens and risk."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import READERS
from keywitness.readers.okta import READER
from tests.readers.records import NOTHING, Record, ask, lines, read
from tests.readers.test_m365 import anything, names

MARA = {"id": "00u1mara", "type": "User", "alternateId": "mara@tailspin.example", "displayName": "Mara"}
NOOR = {"id": "00u2noor", "type": "User", "alternateId": "noor@tailspin.example", "displayName": "Noor"}
TOKEN = {"id": "00T3token", "type": "Token", "alternateId": "unknown", "displayName": "terraform"}
SYSTEM = {"id": "okta.1", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System"}


def event(kind: str = "system.api_token.create", **fields: Any) -> Record:
    return {
        "uuid": "u-1",
        "published": "2026-03-02T10:00:00.123Z",
        "eventType": kind,
        "displayMessage": "as logged",
        "actor": MARA,
        "client": {"ipAddress": "192.0.2.10", "userAgent": {"rawUserAgent": "Mozilla/5.0"}, "device": "Computer"},
        "device": {"id": "guo1", "name": "PIXEL"},
        "authenticationContext": {"externalSessionId": "100-s"},
        "outcome": {"result": "SUCCESS"},
        "target": [TOKEN],
        "transaction": {"id": "t", "type": "WEB", "detail": {}},
        "debugContext": {"debugData": {"requestUri": "/api/v1/api-tokens"}},
        "securityContext": {"isProxy": False},
    } | fields


def lowered(record: Record) -> Record:
    return {key.lower(): value for key, value in record.items()}


def test_an_event_fills_the_columns() -> None:
    row = ask(READER, event())
    assert (row.event_id, row.time) == ("u-1", 1_772_445_600_123_000)
    assert (row.provider, row.log, row.operation) == ("okta", "system", "system.api_token.create")
    assert (row.class_, row.outcome, row.error) == ("management", "success", None)
    assert (row.actor_id, row.actor_name, row.actor_type) == ("00u1mara", "mara@tailspin.example", "user")
    assert (row.session_id, row.source_ip, row.user_agent, row.device) == ("100-s", "192.0.2.10", "Mozilla/5.0", "guo1")
    assert (row.target_id, row.credential_used) == ("00T3token", None)
    assert row.raw
    assert json.loads(row.raw) == event()
    assert ask(READER, event(), NOTHING).raw is None


@pytest.mark.parametrize(
    ("device", "state"),
    [
        ({"id": "guo1", "managed": True, "registered": True}, "managed"),
        ({"id": "guo1", "managed": False, "registered": True}, "unmanaged"),
        ({"id": "guo1"}, None),
        (None, None),
    ],
)
def test_a_device_is_managed_or_not(device: Any, state: str | None) -> None:
    assert ask(READER, event("user.session.start", device=device)).device_state == state


def test_a_data_lakes_copy_is_the_same_event() -> None:
    copied = lowered(event())
    assert "eventtype" in copied
    assert READER.recognises(copied)
    first, second = ask(READER, event()), ask(READER, copied)
    assert second.raw
    assert json.loads(second.raw) == event()
    assert first[:-1] == second[:-1]


def test_objects_in_text_are_the_same_event() -> None:
    names = ("actor", "client", "outcome", "target", "debugContext", "transaction")
    row = ask(READER, event(**{name: json.dumps(event()[name]) for name in names}))
    assert row.raw
    assert json.loads(row.raw) == event()


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("SUCCESS", "success"),
        ("ALLOW", "success"),
        ("FAILURE", "failure"),
        ("DENY", "failure"),
        ("CHALLENGE", "unknown"),
        ("SKIPPED", "unknown"),
        ("UNKNOWN", "unknown"),
        (None, "unknown"),
    ],
)
def test_outcomes(result: str | None, outcome: str) -> None:
    assert ask(READER, event(outcome={"result": result})).outcome == outcome


def test_a_failure_gives_its_reason() -> None:
    row = ask(READER, event("user.session.start", outcome={"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}))
    assert (row.class_, row.error) == ("sign-in", "INVALID_CREDENTIALS")


def test_without_an_outcome_nothing_is_claimed() -> None:
    assert ask(READER, event(outcome=None)).outcome == "unknown"


@pytest.mark.parametrize(
    ("actor", "ident", "kind"),
    [
        (SYSTEM, "okta.1", "cloud_service"),
        (MARA | {"alternateId": "system@okta.com"}, "00u1mara", "cloud_service"),
        (
            {"id": "0oa1", "type": "PublicClientApp", "displayName": "ci", "alternateId": "unknown"},
            "0oa1",
            "application",
        ),
        ({"id": "unknown", "type": "User", "alternateId": "noor@tailspin.example"}, "noor@tailspin.example", "user"),
        (None, None, None),
    ],
)
def test_who_acted(actor: Record | None, ident: str | None, kind: str | None) -> None:
    row = ask(READER, event(actor=actor))
    assert (row.actor_id, row.actor_type) == (ident, kind)


def test_the_token_that_signed_the_call() -> None:
    assert ask(READER, event(transaction={"detail": {"requestApiTokenId": "00T9"}})).credential_used == "00T9"


@pytest.mark.parametrize(
    "kind",
    ["security.threat.detected", "user.risk.detect", "user.risk.change", "security.breached_credential.detected"],
)
def test_a_risk_is_about_the_user_it_names(kind: str) -> None:
    row = ask(READER, event(kind, actor=SYSTEM, target=[NOOR]), NOTHING)
    assert (row.class_, row.actor_id, row.actor_type) == ("risk", "00u2noor", "user")
    assert row.raw


def test_a_risk_that_names_nobody_is_its_actors() -> None:
    assert ask(READER, event("security.threat.detected", target=None)).actor_id == "00u1mara"


def test_a_second_factor_that_was_given() -> None:
    assert ask(READER, event("user.authentication.auth_via_mfa")).mfa is True
    assert ask(READER, event("user.authentication.auth_via_mfa", outcome={"result": "FAILURE"})).mfa is None


@pytest.mark.parametrize("target", [None, [], [{"id": "unknown"}]])
def test_targets_may_be_missing(target: Any) -> None:
    assert ask(READER, event(target=target)).target_id is None


def test_a_user_is_the_target_before_anything_else() -> None:
    assert ask(READER, event(target=[TOKEN, {"id": "0oa1", "type": "AppInstance"}, NOOR])).target_id == "00u2noor"


def test_the_address_of_the_first_hop_stands_in() -> None:
    row = ask(READER, event(client={}, request={"ipChain": [{"ip": "not one"}, {"ip": "192.0.2.7"}]}))
    assert row.source_ip == "192.0.2.7"


@pytest.mark.parametrize(
    "wrapped",
    [
        {"eventType": "com.okta.event_hook", "data": {"events": [event()]}},
        {"detail-type": "SystemLog", "source": "aws.partner/okta.com/x", "detail": event()},
    ],
)
def test_hooks_and_bridges_come_off(wrapped: Record) -> None:
    rows, rejects = read(lines(wrapped, wrapped))
    assert not rejects
    assert [row["operation"] for row in rows] == ["system.api_token.create"] * 2


def test_a_secret_in_the_log_is_not_kept() -> None:
    entity = {"id": "ocs1", "type": "OAuth2ClientSecretEntity", "detailEntry": {"clientsecret": "in plain text"}}
    rows, _ = read(lines(event("app.oauth2.credentials.lifecycle.create", target=[entity])))
    assert "in plain text" not in rows[0]["raw"]


def test_only_this_reader_knows_it() -> None:
    for record in (event(), lowered(event())):
        assert [r.provider for r in READERS if r.recognises(record)] == ["okta"]


@given(st.dictionaries(st.sampled_from(sorted(event())), anything), st.dictionaries(names, anything))
def test_any_object_is_a_row_or_a_reject(fields: Record, more: Record) -> None:
    for record in (event() | fields | more, lowered(event()) | more):
        rows, rejects = read(lines(record))
        assert len(rows) + len(rejects) == 1
