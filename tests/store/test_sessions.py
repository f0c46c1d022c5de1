"""Sessions and tokens end when they must; attempts are counted by window."""

from datetime import UTC, datetime, timedelta

import pytest

from keywitness.store import NotFoundError, RefusedError, people, sessions
from keywitness.store.engine import Store
from keywitness.store.sessions import IDLE, LONGEST

NOW = datetime(2026, 9, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def staffed(store: Store) -> Store:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "hash", NOW)
        people.grant(connection, "jo", "default", "admin")
    return store


def test_a_session_ends_when_nobody_uses_it_and_after_a_shift(staffed: Store) -> None:
    with staffed.across(writes=True) as connection:
        secret = sessions.begin(connection, "jo", NOW)
        assert sessions.session(connection, secret, NOW + IDLE)
        assert sessions.session(connection, secret, NOW + IDLE + MINUTE) is None
        at = NOW
        while at < NOW + LONGEST:
            held = sessions.session(connection, secret, at)
            assert held
            sessions.seen(connection, held, at)
            at += IDLE
        assert sessions.session(connection, secret, NOW + LONGEST + MINUTE) is None


def test_a_session_that_was_ended_or_never_begun_is_none(staffed: Store) -> None:
    with staffed.across(writes=True) as connection:
        held = sessions.session(connection, sessions.begin(connection, "jo", NOW), NOW)
        assert held
        sessions.say(connection, held, {"text": "done"})
        sessions.end(connection, held)
        assert sessions.session(connection, "made up", NOW) is None
        assert sessions.session(connection, held.digest, NOW) is None


def test_a_token_lets_in_until_it_expires_is_revoked_or_its_owner_leaves(staffed: Store) -> None:
    with staffed.across(writes=True) as connection:
        made, secret = sessions.issue(connection, "default", "jo", "siem", "tier1", NOW, 30)
        assert sessions.token(connection, secret, NOW) == made
        assert sessions.tokens(connection, "default") == (made,)
        assert sessions.token(connection, secret, NOW + timedelta(days=30)) is None
        people.grant(connection, "jo", "default", None)
        assert sessions.token(connection, secret, NOW) is None
        people.grant(connection, "jo", "default", "admin")
        with pytest.raises(NotFoundError):
            sessions.revoke(connection, "default", "")
        with pytest.raises(NotFoundError):
            sessions.revoke(connection, "elsewhere", made.number)
        sessions.revoke(connection, "default", made.number)
        assert sessions.token(connection, secret, NOW) is None


@pytest.mark.parametrize(
    ("label", "role", "days"), [("", "tier1", 1), ("x", "root", 1), ("x", "tier1", 0), ("x", "tier1", 400)]
)
def test_a_token_has_a_name_a_role_and_an_end(staffed: Store, label: str, role: str, days: int) -> None:
    with staffed.across(writes=True) as connection, pytest.raises(RefusedError):
        sessions.issue(connection, "default", "jo", label, role, NOW, days)


def test_attempts_are_counted_until_the_window_ends(store: Store) -> None:
    with store.across(writes=True) as connection:
        counted = [sessions.attempt(connection, "a", NOW, MINUTE) for _ in range(3)]
        other = sessions.attempt(connection, "b", NOW, MINUTE)
        later = sessions.attempt(connection, "a", NOW + 2 * MINUTE, MINUTE)
    assert (counted, other, later) == ([1, 2, 3], 1, 1)
