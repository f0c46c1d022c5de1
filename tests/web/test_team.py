"""An admin's page: people, roles and tokens, each change recorded, nobody above themselves."""

import re

import pytest

from keywitness.store import people, sessions
from keywitness.store.engine import Store
from tests.web.desk import PASSWORD, at_desk, recorded


def test_a_person_is_let_in_and_put_out_again(store: Store) -> None:
    ada = at_desk(store, "ada")
    fields = {"act": "add", "name": "Max", "password": PASSWORD, "role": "tier1"}
    assert ada.post("team", fields).status_code == 303
    max_ = at_desk(store, "max")
    assert max_.get("queue").status_code == 200
    assert ada.post("team", {"act": "grant", "name": "max", "role": ""}).status_code == 303
    assert max_.get("queue").status_code == 404
    assert [who for who, _ in recorded(store, "web:person:added")] == ["ada"]
    assert len(recorded(store, "web:role:changed")) == 1


def test_a_token_is_shown_once_and_revoked(store: Store) -> None:
    ada = at_desk(store, "ada")
    answer = ada.post("team", {"act": "issue", "label": "siem", "role": "tier1", "days": "30"})
    secret = re.search(r"kw_[\w-]+", answer.text)
    assert secret
    assert secret[0] not in ada.get("team").text
    with store.across() as connection:
        made = sessions.token(connection, secret[0], store.clock())
    assert made
    assert (made.tenant, made.role) == ("default", "tier1")
    assert ada.post("team", {"act": "revoke", "number": made.number}).status_code == 303
    with store.across() as connection:
        assert sessions.token(connection, secret[0], store.clock()) is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "add", "name": "max", "password": "short", "role": "tier1"}, 422),
        ({"act": "add", "name": "tim", "password": PASSWORD, "role": "tier1"}, 422),
        ({"act": "add", "name": "max", "password": PASSWORD, "role": "root"}, 422),
        ({"act": "grant", "name": "ada", "role": "viewer"}, 422),
        ({"act": "grant", "name": "nobody", "role": "viewer"}, 404),
        ({"act": "issue", "label": "x", "role": "tier1", "days": "x"}, 422),
        ({"act": "revoke", "number": "0" * 16}, 404),
        ({"act": "explode"}, 422),
    ],
)
def test_what_may_not_be_is_refused_whole(store: Store, fields: dict[str, str], status: int) -> None:
    assert at_desk(store, "ada").post("team", fields).status_code == status
    with store.across() as connection:
        assert people.find(connection, "max") is None
