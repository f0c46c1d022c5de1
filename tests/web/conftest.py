"""A store with cases and people, and a desk over it: in the program, or served to a real browser."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from keywitness.store.engine import Store, open_store
from keywitness.web import Settings
from keywitness.web.app import application
from tests.store.conftest import Watch
from tests.web.desk import fill, staff

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with cases and people, to be copied: to fill one takes longer than most tests."""
    path = tmp_path_factory.mktemp("desk") / "desk.db"
    opened = replace(open_store(str(path)), clock=Watch())
    staff(opened)
    fill(opened)
    opened.close()
    return path


@pytest.fixture
def store(filled: Path, tmp_path: Path, watch: Watch) -> Iterator[Store]:
    """Cases and people, at a time that the watch gives."""
    shutil.copy(filled, tmp_path / "desk.db")
    opened = replace(open_store(str(tmp_path / "desk.db")), clock=watch)
    yield opened
    opened.close()


@pytest.fixture(scope="module")  # two at a time in one process are refused, and other folders have theirs
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Store]]:
    """The address of a desk that really listens, and its store."""
    opened = open_store(str(tmp_path / "served.db"))
    staff(opened)
    fill(opened)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    app = application(opened, Settings(origin))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield origin, opened
    server.should_exit = True
    thread.join()
    opened.close()
