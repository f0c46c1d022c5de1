"""The tables of people hold no secret in the open."""

from datetime import UTC, datetime

import sqlalchemy as sa

from keywitness.store import people, sessions
from keywitness.store.doors import DOORS
from keywitness.store.engine import Store

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def test_what_a_holder_sends_is_nowhere_in_the_store(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.add(connection, "jo", "argon2-hash", NOW)
        people.grant(connection, "jo", "default", "admin")
        secrets = [sessions.begin(connection, "jo", NOW)]
        secrets.append(sessions.issue(connection, "default", "jo", "siem", "tier1", NOW, 30)[1])
        rows = [str(row) for table in DOORS.sorted_tables for row in connection.execute(sa.select(table))]
    assert len(rows) == 4
    assert not [row for row in rows for secret in secrets if secret in row]
