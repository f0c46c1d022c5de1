"""Opening a store, and what becomes of the database's errors."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from keywitness.errors import UsageError
from keywitness.store import NotFoundError, UnavailableError
from keywitness.store.engine import Store, address, open_store
from keywitness.store.record import add_tenant, tenants
from tests.store.made import judged, put


def test_a_store_is_opened_again_as_it_was(where: str) -> None:
    first = open_store(where)
    with first.across(writes=True) as connection:
        add_tenant(connection, "acme", "Acme", first.clock())
    first.close()
    second = open_store(where)
    with second.across() as connection:
        assert tenants(connection) == (("acme", "Acme"), ("default", "default"))
    second.close()


def test_work_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.across(writes=True) as connection:
            add_tenant(connection, "acme", "Acme", store.clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.across() as connection:
        assert [ident for ident, _ in tenants(connection)] == ["default"]


def test_a_desk_of_a_tenant_that_is_not_there_cannot_write(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no tenant nobody"), store.writing("nobody", "jo"):
        pass


def test_who_only_reads_cannot_write_on_a_server(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        return
    with store.reading("default", "jo") as desk, pytest.raises(sa.exc.DBAPIError, match="read-only"):
        add_tenant(desk.connection, "acme", "Acme", desk.now)


def test_a_path_is_a_file_and_a_url_keeps_its_password_to_itself(tmp_path: Path) -> None:
    assert address(str(tmp_path / "a.db")).get_backend_name() == "sqlite"
    url = address("postgresql://ann:secret@127.0.0.1:1/x")
    assert url.drivername == "postgresql+psycopg"
    with pytest.raises(UnavailableError) as raised:
        open_store("postgresql://ann:secret@127.0.0.1:1/x")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("bad", ["mysql://x/y", "sqlite://", "://"])
def test_an_address_that_cannot_be_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="store"):
        address(bad)


def test_a_file_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no store at"):
        open_store(str(tmp_path / "none.db"), create=False)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("milk, eggs, and much else that is no database at all")
    with pytest.raises(UnavailableError, match="not a database"):
        open_store(str(tmp_path / "notes.db"))


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="unable to open"):
        open_store(str(tmp_path / "no" / "cases.db"))


def test_a_store_that_another_program_holds_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keywitness.store.engine.WAIT", 0.1)
    store = open_store(str(tmp_path / "a.db"))
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="busy"), store.writing("default", "jo"):
        pass
    other.execute("ROLLBACK")
    other.close()
    with store.writing("default", "jo"):
        pass
    store.close()


def test_a_store_that_got_a_lot_knows_what_it_holds(store: Store) -> None:
    put(store, *(judged(n, f"KW-{n:08}", actor=f"u{n}", session_id=None) for n in range(201)))
    counted = {"sqlite": "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'cases'"}
    query = counted.get(store.engine.dialect.name, "SELECT count(*) FROM pg_stats WHERE tablename = 'cases'")
    with store.across() as connection:
        assert connection.exec_driver_sql(query).scalar_one() > 0
