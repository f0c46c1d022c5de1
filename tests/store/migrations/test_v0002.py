"""The second version: a store of the first gets the tables of people, and keeps its cases."""

from pathlib import Path

import sqlalchemy as sa

from keywitness.store.doors import DOORS
from keywitness.store.engine import open_store
from keywitness.store.migrations import v0002
from tests.store.made import judged, look, put


def test_it_follows_the_first() -> None:
    assert (v0002.revision, v0002.down_revision) == ("0002", "0001")


def test_a_store_of_the_first_version_keeps_its_cases(tmp_path: Path) -> None:
    where = str(tmp_path / "a.db")
    store = open_store(where)
    (loaded,) = put(store, judged(1))
    with store.across(writes=True) as connection:
        for table in reversed(DOORS.sorted_tables):
            connection.execute(sa.schema.DropTable(table))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    store.close()
    again = open_store(where)
    with look(again) as desk:
        assert desk.connection.exec_driver_sql("SELECT case_id FROM cases").scalars().all() == [loaded.case_id]
        assert set(DOORS.tables) <= set(sa.inspect(desk.connection).get_table_names())
    again.close()
