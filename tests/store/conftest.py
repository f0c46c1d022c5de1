"""One suite, two databases: each test that asks for a store runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from keywitness.store.engine import Store, open_store
from tests.store.server import Server, running


@dataclass
class Watch:
    """A clock that moves when it is told to."""

    now: datetime = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def migrated(server: Server) -> str:
    """The name of a database with all tables and nothing in them, to be copied."""
    url = server.database()
    open_store(url).close()
    return str(sa.make_url(url).database)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return str(tmp_path / "cases.db")
    started: Server = request.getfixturevalue("server")
    return started.database(request.getfixturevalue("migrated"))


@pytest.fixture
def store(where: str, watch: Watch) -> Iterator[Store]:
    """An empty store whose clock is the watch."""
    opened = replace(open_store(where), clock=watch)
    yield opened
    opened.close()
