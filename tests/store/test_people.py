"""People: who may come in, in which role, and how long a wrong password keeps them out."""

from datetime import UTC, datetime, timedelta

import pytest

from keywitness.store import NotFoundError, RefusedError, people, sessions
from keywitness.store.engine import Store
from keywitness.store.people import FREE_FAILURES, LOCK

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def test_a_name_is_the_same_in_any_case_and_comes_once(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, " Jo ", "hash", NOW)
        assert people.find(connection, "jo")
        with pytest.raises(RefusedError, match="already"):
            people.add(connection, "JO", "hash", NOW)


@pytest.mark.parametrize("name", ["", "a b", "<script>", "x" * 101, "jo\n", ".jo", "jo\u202e"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    if name.strip() != name:
        assert people.named(name) == name.strip()
    else:
        with pytest.raises(RefusedError):
            people.named(name)


def test_a_role_is_held_in_one_tenant_and_can_be_taken_away(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        people.grant(connection, "jo", "default", "tier1")
        people.grant(connection, "jo", "default", "tier2")
        found = people.find(connection, "jo")
        assert found
        assert found.roles == {"default": "tier2"}
        assert [user.name for user in people.everybody(connection, "default")] == ["jo"]
        people.grant(connection, "jo", "default", None)
        assert people.everybody(connection, "default") == ()


@pytest.mark.parametrize(
    ("name", "tenant", "role", "error"),
    [
        ("jo", "default", "root", RefusedError),
        ("jo", "elsewhere", "tier1", NotFoundError),
        ("max", "default", "tier1", NotFoundError),
    ],
)
def test_a_role_needs_a_person_a_tenant_and_a_known_name(
    store: Store, name: str, tenant: str, role: str, error: type[Exception]
) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        with pytest.raises(error):
            people.grant(connection, name, tenant, role)


def test_wrong_passwords_lock_an_account_for_a_while(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        for number in range(1, FREE_FAILURES + 1):
            user = people.find(connection, "jo")
            assert user
            assert people.failed(connection, user, NOW) is (number == FREE_FAILURES)
        user = people.find(connection, "jo")
    assert user
    assert user.locked(NOW + LOCK - timedelta(seconds=1))
    assert not user.locked(NOW + LOCK)


def test_a_new_password_opens_the_lock_and_ends_all_sessions(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        secret = sessions.begin(connection, "jo", NOW)
        people.set_password(connection, "jo", "other")
        assert sessions.session(connection, secret, NOW) is None
        user = people.find(connection, "jo")
    assert user
    assert (user.password, user.locked_until) == ("other", None)


def test_who_may_no_longer_come_in_is_out_at_once(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        secret = sessions.begin(connection, "jo", NOW)
        people.activate(connection, "jo", active=False)
        assert sessions.session(connection, secret, NOW) is None
        with pytest.raises(NotFoundError):
            people.activate(connection, "max", active=False)


def test_a_person_of_an_identity_provider_is_found_by_subject(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", None, NOW, subject="https://id.example 1")
        found = people.find_subject(connection, "https://id.example 1")
        assert found
        assert found.password is None
        assert people.find_subject(connection, "https://id.example 2") is None
        people.succeeded(connection, found)
