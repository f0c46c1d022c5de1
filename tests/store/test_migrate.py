"""A store is brought up to date, whatever it is at."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from keywitness.store import UnavailableError
from keywitness.store.doors import DOORS
from keywitness.store.engine import Store, open_store
from keywitness.store.tables import METADATA
from tests.store.made import judged, look, put


def test_the_migrations_make_the_tables_that_the_queries_expect(store: Store) -> None:
    with store.across() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, [METADATA, DOORS]) == []  # type: ignore[arg-type]  # its types know one only


def test_opening_twice_changes_nothing(where: str, store: Store) -> None:
    put(store, judged(1))
    again = open_store(where)
    with look(again) as there:
        assert there.connection.execute(sa.text("SELECT count(*) FROM findings")).scalar() == 1
    again.close()


def test_a_store_of_a_newer_keywitness_is_left_alone(where: str, store: Store) -> None:
    with store.across(writes=True) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableError, match="newer keywitness"):
        open_store(where)
