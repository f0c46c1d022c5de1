"""The GitHub audit log: flat and nested rows, tokens, and events that are failures by their name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import READERS
from keywitness.readers.github import READER
from tests.readers.records import NOTHING, Record, ask, lines, read
from tests.readers.test_m365 import anything, names

AT = 1_772_445_600_000


def event(action: str = "public_key.create", **fields: Any) -> Record:
    return {
        "@timestamp": AT,
        "_document_id": "d-1",
        "action": action,
        "actor": "mara-lind",
        "actor_id": 1001,
        "actor_ip": "192.0.2.10",
        "created_at": AT,
        "org": "tailspin",
        "repo": "tailspin/invoices",
        "user_agent": "Mozilla/5.0",
    } | fields


def test_an_event_fills_the_columns() -> None:
    row = ask(READER, event())
    assert (row.event_id, row.time) == ("d-1", AT * 1_000)
    assert (row.provider, row.log, row.tenant, row.service) == ("github", "audit", "tailspin", "public_key")
    assert (row.operation, row.class_, row.outcome) == ("public_key.create", "management", "success")
    assert (row.actor_id, row.actor_name, row.actor_type) == ("mara-lind", "mara-lind", "user")
    assert (row.source_ip, row.user_agent, row.target_id) == ("192.0.2.10", "Mozilla/5.0", "tailspin/invoices")
    assert row.raw
    assert json.loads(row.raw) == event()
    assert ask(READER, event(), NOTHING).raw is None


def test_an_old_row_is_made_flat() -> None:
    inner = {"fingerprint": "SHA256:x", "actor_ip": "192.0.2.9", "action": "something.else"}
    old = {"action": "public_key.create", "actor": "mara-lind", "created_at": AT, "org": "tailspin", "data": inner}
    row = ask(READER, old)
    assert (row.operation, row.source_ip) == ("public_key.create", "192.0.2.9")
    assert row.raw
    assert json.loads(row.raw)["fingerprint"] == "SHA256:x"


@pytest.mark.parametrize(
    "when",
    [
        {"@timestamp": AT},
        {"created_at": AT},
        {"@timestamp": str(AT)},
        {"at_sign_timestamp": "2026-03-02 10:00:00.000000000"},
        {"created_at": "2026-03-02T10:00:00Z"},
        {"@timestamp": AT / 1_000},
    ],
)
def test_times(when: Record) -> None:
    record = {"action": "org.add_member", "actor": "mara-lind", "org": "tailspin"} | when
    assert READER.recognises(record)
    assert ask(READER, record).time == AT * 1_000


def test_a_row_without_an_id_gets_one() -> None:
    rows, _ = read(lines(event(_document_id=None)))
    assert rows[0]["event_id"].startswith("sha256:")


@pytest.mark.parametrize(
    ("action", "class_", "outcome"),
    [
        ("user.login", "sign-in", "success"),
        ("user.failed_login", "sign-in", "failure"),
        ("user.two_factor_challenge_failure", "sign-in", "failure"),
        ("public_key.verification_failure", "management", "failure"),
        ("git.clone", "data", "success"),
        ("user.sign_in_from_unrecognized_device_and_location", "risk", "success"),
    ],
)
def test_classes_and_outcomes(action: str, class_: str, outcome: str) -> None:
    row = ask(READER, event(action))
    assert (row.class_, row.outcome) == (class_, outcome)
    assert (row.error is None) == (outcome == "success")


def test_a_risk_is_always_kept() -> None:
    assert ask(READER, event("user.sign_in_from_unrecognized_device"), NOTHING).raw


@pytest.mark.parametrize(
    ("fields", "ident", "kind"),
    [
        ({"actor": "github"}, "github", "cloud_service"),
        ({"actor": "github-fan"}, "github-fan", "user"),
        ({"actor": "dependabot[bot]"}, "dependabot[bot]", "application"),
        ({"actor": "invoice-bot", "actor_is_bot": True}, "invoice-bot", "application"),
        ({"actor": None}, "1001", "user"),
        ({"actor": None, "actor_id": None}, None, None),
    ],
)
def test_who_acted(fields: Record, ident: str | None, kind: str | None) -> None:
    row = ask(READER, event(**fields))
    assert (row.actor_id, row.actor_type) == (ident, kind)


FINE = "Fine-grained personal access token"


@pytest.mark.parametrize(
    ("fields", "used"),
    [
        ({"programmatic_access_type": FINE, "token_id": 3001, "hashed_token": "h="}, "3001"),
        ({"programmatic_access_type": FINE, "hashed_token": "h="}, "h="),
        ({"programmatic_access_type": "Personal access token (classic)", "token_id": 9, "hashed_token": "h="}, "h="),
        ({"token_id": 3001, "hashed_token": "h="}, None),
        ({}, None),
    ],
)
def test_the_token_that_was_used(fields: Record, used: str | None) -> None:
    """In the browser nothing signs: a token in such a record is what it is about."""
    assert ask(READER, event(**fields)).credential_used == used


@pytest.mark.parametrize(
    ("fields", "tenant"),
    [
        ({"org": ["tailspin", "other"]}, "tailspin"),
        ({"org": None, "business": "group"}, "group"),
        ({"org": None}, "tailspin"),
        ({"org": None, "repo": None}, None),
    ],
)
def test_tenants(fields: Record, tenant: str | None) -> None:
    assert ask(READER, event(**fields)).tenant == tenant


@pytest.mark.parametrize("action", ["opened", "", None, 7])
def test_a_webhooks_action_is_none_of_the_log(action: Any) -> None:
    rows, rejects = read(lines(event() | {"action": action}))
    assert not rows
    assert len(rejects) == 1


def test_only_this_reader_knows_it() -> None:
    assert [r.provider for r in READERS if r.recognises(event())] == ["github"]


@given(st.dictionaries(st.sampled_from(sorted(event())), anything), st.dictionaries(names, anything))
def test_any_object_is_a_row_or_a_reject(fields: Record, more: Record) -> None:
    for record in (event() | fields | more, event(data=fields) | more):
        rows, rejects = read(lines(record))
        assert len(rows) + len(rejects) == 1
