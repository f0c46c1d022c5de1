"""Object stores for the tests that ask for one: each server is started once a session, when it is first needed."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.objectstores.servers import SERVERS, Server, Servers


@pytest.fixture(scope="session")
def clouds() -> Iterator[Servers]:
    with ExitStack() as ends:
        yield Servers(ends)


@pytest.fixture(params=sorted(SERVERS))
def cloud(request: pytest.FixtureRequest, clouds: Servers, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Each cloud's object store; the environment is that of somebody who may use it."""
    server = clouds.get(request.param)
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server
