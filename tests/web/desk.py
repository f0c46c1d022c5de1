"""A desk for tests: a store with cases and a person in each role, asked as a browser asks it, without one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from starlette.testclient import TestClient

from keywitness.store import people, record
from keywitness.store.engine import Store
from keywitness.store.load import load
from keywitness.web import Settings
from keywitness.web.app import application
from keywitness.web.passwords import hashed
from tests.render.sample import report
from tests.store.made import judged, look, put

ORIGIN: Final = "https://desk.test"
PASSWORD: Final = "a long enough phrase"
ROLES: Final[Mapping[str, people.Role]] = {
    "vera": "viewer",
    "tim": "tier1",
    "tia": "tier2",
    "rob": "responder",
    "ada": "admin",
}


@cache
def kept() -> str:
    return hashed(PASSWORD)


def staff(store: Store) -> None:
    """A person in each role of the default tenant, and olga, who is admin of another one."""
    now = store.clock()
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "other", "Another company", now)
        for name, role in ROLES.items():
            people.add(connection, name, kept(), now)
            people.grant(connection, name, "default", role)
        people.add(connection, "olga", kept(), now)
        people.grant(connection, "olga", "other", "admin")


def fill(store: Store) -> None:
    """The sample report's cases, and some more of one actor."""
    list(load(store, "default", report().cases))
    put(store, *(judged(number, f"KW-EXTRA{number:03}", actor="extra") for number in range(100, 104)))


@dataclass
class Browser:
    """Somebody at the desk. ``csrf`` and ``version`` are those of the page that was looked at last."""

    client: TestClient
    tenant: str = "default"
    csrf: str = ""
    version: str = ""

    def get(self, path: str, **more: Any) -> Any:
        answer = self.client.get(self._at(path), follow_redirects=False, **more)
        for name in ("csrf", "version"):
            if found := re.search(rf'name="{name}" value="([^"]*)"', answer.text):
                setattr(self, name, found[1])
        return answer

    def post(self, path: str, fields: Mapping[str, str | Sequence[str]], **more: Any) -> Any:
        sent = {"csrf": self.csrf, "version": self.version, **fields}
        return self.client.post(self._at(path), data=sent, follow_redirects=False, **more)

    def act(self, case: str, act: str, **fields: str) -> Any:
        """Look at a case and do something to it."""
        self.get(f"cases/{case}")
        return self.post(f"cases/{case}", {"act": act, **fields})

    def sign_in(self, name: str, password: str = PASSWORD) -> Any:
        return self.client.post("/login", data={"name": name, "password": password}, follow_redirects=False)

    def _at(self, path: str) -> str:
        return path if path.startswith("/") else f"/t/{self.tenant}/{path}"


def at_desk(store: Store, name: str | None = None, tenant: str = "default") -> Browser:
    """Somebody who signed in, or nobody yet."""
    made = Browser(TestClient(application(store, Settings(ORIGIN)), base_url=ORIGIN), tenant)
    if name:
        assert made.sign_in(name).status_code == 303
        made.get("queue")
    return made


def recorded(store: Store, action: str, tenant: str = "default") -> list[tuple[str, str]]:
    """Who and what body, of the entries with that action, newest first."""
    with look(store, tenant=tenant) as desk:
        return [(e.who, e.body) for e in record.entries(desk, limit=1_000) if e.action == action]
