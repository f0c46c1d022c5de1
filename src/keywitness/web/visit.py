"""One request of one signed-in person in one tenant, as the pages see it."""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from starlette.datastructures import FormData, Headers, QueryParams, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from keywitness.store import Desk, sessions
from keywitness.store.people import Role
from keywitness.store.sessions import Session
from keywitness.web import DeniedError, Desks
from keywitness.web.roles import Right, may

TOLD_FOR: Final = timedelta(minutes=2)
"""How long the next page tells what was just done."""


@dataclass(frozen=True, slots=True)
class Visit:
    """``tenant`` and ``role`` are settled: the person has that role there."""

    desks: Desks
    session: Session
    tenant: str
    role: Role
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    headers: Headers

    @property
    def who(self) -> str:
        return self.session.user.name

    def may(self, right: Right) -> bool:
        return may(self.role, right)

    def need(self, right: Right) -> None:
        """Raises DeniedError."""
        if not self.may(right):
            raise DeniedError("Your role in this tenant doesn't allow that.", f"right:{right}", self.tenant)

    def reading(self) -> AbstractContextManager[Desk]:
        return self.desks.store.reading(self.tenant, self.who)

    def writing(self) -> AbstractContextManager[Desk]:
        return self.desks.store.writing(self.tenant, self.who)

    def text(self, name: str) -> str:
        """A field of the form; "" when it isn't there, or is a file."""
        value = self.form.get(name, "")
        return "" if isinstance(value, UploadFile) else value

    def number(self, name: str) -> int:
        """A whole number of the form; -1 for anything else, which no version is."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else -1

    def url(self, path: str) -> str:
        return f"/t/{self.tenant}/{path}"

    def case(self, ident: str, more: str = "") -> str:
        """The address of a case, whatever its id holds."""
        return self.url(f"cases/{quote(ident.encode('utf-8', 'replace'), safe='')}{more}")

    def page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        """A page of the desk."""
        made = self.desks.templates.get_template(template)
        return HTMLResponse(made.render(visit=self, said=self._said(), **values), status)

    def _said(self) -> Mapping[str, Any]:
        said = self.session.said
        at = float(said.get("at", 0))
        return said if self.desks.store.clock().timestamp() - at < TOLD_FOR.total_seconds() else {}

    def go(self, path: str, text: str = "", undo: Mapping[str, Any] | None = None) -> Response:
        """To another page of the desk, which tells what was done and how to undo it."""
        told: dict[str, Any] = {}
        if text:
            told = {"text": text, "undo": json.dumps(undo) if undo else "", "at": self.desks.store.clock().timestamp()}
        if told or self.session.said:
            with self.desks.store.across(writes=True) as connection:
                sessions.say(connection, self.session, told)
        return RedirectResponse(self.url(path), 303)
