"""Opening a store: its address, its transactions, and what becomes of the database's errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

from keywitness.errors import UsageError
from keywitness.store import Clock, Desk, UnavailableError
from keywitness.store.migrate import upgrade
from keywitness.store.record import lock
from keywitness.store.sla import Rules, load_rules

RULES: Final = "KEYWITNESS_SLA"
WAIT: Final = 10
"""Seconds to wait for another writer, or for a server that doesn't answer."""
_WRITES: Final = "keywitness_writes"


class Hinting(SQLiteCompiler):
    """SQLAlchemy leaves hints about an index out of SQLite's statements; two of our searches need them."""

    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        return text


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """An open store, to be kept for the life of a program: it holds a pool of connections. Safe between threads."""

    engine: sa.Engine
    rules: Rules
    clock: Clock = utc_now

    @contextmanager
    def reading(self, tenant: str, who: str) -> Iterator[Desk]:
        """A desk that only reads, and sees one state of the store."""
        with self._transaction(writes=False) as connection:
            yield Desk(connection, tenant, who, self.clock(), self.rules)

    @contextmanager
    def writing(self, tenant: str, who: str) -> Iterator[Desk]:
        """A desk whose work is kept when the block ends, and dropped whole when it raises.

        One writer a tenant at a time: a record has one end. Raises NotFoundError for a tenant that isn't there.
        """
        with self._transaction(writes=True) as connection:
            desk = Desk(connection, tenant, who, self.clock(), self.rules)
            lock(desk)
            yield replace(desk, now=self.clock())

    @contextmanager
    def across(self, *, writes: bool = False) -> Iterator[sa.Connection]:
        """A bare transaction that no tenant owns: for the list of tenants, and for users, who may have several."""
        with self._transaction(writes=writes) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[sa.Connection]:
        try:
            with self.engine.connect() as connection:
                connection.execution_options(**self._options(writes=writes))
                with connection.begin():
                    yield connection
        except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
            raise UnavailableError(_said(error)) from error
        except sa.exc.DBAPIError as error:
            if error.connection_invalidated or not isinstance(error, sa.exc.IntegrityError | sa.exc.DataError):
                raise UnavailableError(_said(error)) from error
            raise

    def tidy(self) -> None:
        """Let the database count what it holds after a lot was written: else SQLite takes indexes that fit badly."""
        with self._transaction(writes=True) as connection:
            connection.exec_driver_sql("ANALYZE")

    def _options(self, *, writes: bool) -> dict[str, Any]:
        """A reader of a server asks for one state; SQLite gives it anyway, and a writer waits its turn instead."""
        if writes or self.engine.dialect.name == "sqlite":
            return {_WRITES: writes}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_store(where: str, *, create: bool = True, rules: Rules | None = None, clock: Clock = utc_now) -> Store:
    """The store at a path (SQLite) or URL (``sqlite:///…``, ``postgresql://…``), with its tables brought up to date.

    ``rules`` default to the file that KEYWITNESS_SLA names, or to those shipped. Raises UsageError for an address that
    can't be, or (``create=False``) a file that isn't there, and UnavailableError for a database that doesn't answer.
    """
    url = address(where)
    if not create and url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise UsageError(f"there is no store at {url.database}: keywitness triage --store makes one")
    if rules is None:
        named = os.environ.get(RULES)
        rules = load_rules(Path(named) if named else None)
    store = Store(_engine(url), rules, clock)
    try:
        with store.across(writes=True) as connection:
            upgrade(connection, clock())
    except UnavailableError:
        store.close()
        raise
    return store


def address(where: str) -> sa.URL:
    """The database's address. A text without ``://`` is the path of a SQLite file."""
    if "://" not in where:
        return sa.URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = sa.make_url(where)
    except sa.exc.ArgumentError:
        raise UsageError("the store's address is no path and no URL, such as postgresql://host/name") from None
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(f"a store is a file, sqlite:///FILE or postgresql://…, not {url.get_backend_name()}")
    return url


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        made = sa.create_engine(url, connect_args={"timeout": WAIT}, pool_pre_ping=False)
        made.dialect.statement_compiler = Hinting
        sa.event.listen(made, "connect", _prepare)
        sa.event.listen(made, "begin", _begin)
        return made
    try:
        made = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": WAIT})
    except ModuleNotFoundError:
        raise UsageError("PostgreSQL needs psycopg: pip install 'keywitness[postgres]'") from None
    sa.event.listen(made, "connect", _prepare_server)
    return made


def _prepare(connection: Any, _record: object) -> None:
    """SQLite: readers that don't block the writer, and a commit that survives a loss of power."""
    connection.isolation_level = None  # the begin below is ours, not the driver's
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-32768",
    ):
        connection.execute(f"PRAGMA {setting}")


def _prepare_server(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT}s'")
        cursor.execute("SET timezone = 'UTC'")
    connection.commit()


def _begin(connection: sa.Connection) -> None:
    """A writer asks for the lock at once: to ask in the middle fails when somebody else has written since."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _said(error: sa.exc.SQLAlchemyError) -> str:
    """The driver's first line: the whole error quotes the statement, and with it what is in the case."""
    cause = str(getattr(error, "orig", None) or error).strip().splitlines()
    first = cause[0] if cause else type(error).__name__
    if "locked" in first or "lock timeout" in first:
        return "the store is busy: another writer holds it; try again"
    return f"the store can't be used ({first})"
