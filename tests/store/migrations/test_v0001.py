"""The first version: an empty database gets all tables and the triggers, whichever it is."""

from pathlib import Path

import sqlalchemy as sa

from keywitness.store.doors import DOORS
from keywitness.store.engine import open_store
from keywitness.store.migrations import v0001
from keywitness.store.tables import METADATA
from tests.store.server import Server


def test_it_is_the_first() -> None:
    assert (v0001.revision, v0001.down_revision) == ("0001", None)


def test_an_empty_server_gets_its_tables_and_triggers(server: Server) -> None:
    store = open_store(server.database())
    with store.across() as connection:
        found = set(sa.inspect(connection).get_table_names())
        triggers = connection.exec_driver_sql("SELECT DISTINCT trigger_name FROM information_schema.triggers").scalars()
        assert set(triggers) == {"record_no_change"}  # this view leaves TRUNCATE out
        truncates = connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE tgname = 'record_no_truncate'")
        assert truncates.scalars().all() == ["record_no_truncate"]
    store.close()
    assert found == {*METADATA.tables, *DOORS.tables, "alembic_version"}


def test_an_empty_file_gets_its_tables_and_triggers(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.db"))
    with store.across() as connection:
        found = set(sa.inspect(connection).get_table_names())
        triggers = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    store.close()
    assert found == {*METADATA.tables, *DOORS.tables, "alembic_version"}
    assert set(triggers) == {"record_no_update", "record_no_delete", "record_no_replace"}
