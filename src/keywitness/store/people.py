"""People and their roles: made, found, locked for a while after wrong passwords. Hashing is the caller's.

These take a bare connection of ``Store.across``: a person may work for several tenants.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa

from keywitness.store import NotFoundError, RefusedError
from keywitness.store.doors import ROLES, SESSIONS, USERS
from keywitness.store.tables import TENANTS

Role = Literal["viewer", "tier1", "tier2", "responder", "admin"]

ALL_ROLES: Final[tuple[Role, ...]] = ("viewer", "tier1", "tier2", "responder", "admin")
FREE_FAILURES: Final = 5
"""Wrong passwords in a row before an account is locked."""
LOCK: Final = timedelta(minutes=15)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")


@dataclass(frozen=True, slots=True)
class User:
    """``password`` is an Argon2 hash; None for who signs in at an OpenID provider. ``roles`` by tenant."""

    name: str
    password: str | None
    active: bool
    failures: int
    locked_until: datetime | None
    roles: Mapping[str, Role]

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def named(text: str) -> str:
    """The name as it is kept. Raises RefusedError for what can't be one."""
    name = text.strip().casefold()
    if not _NAME.fullmatch(name):
        raise RefusedError("a name has at most 100 letters, digits and . _ @ + -, and begins with a letter or digit")
    return name


def add(connection: sa.Connection, name: str, password: str | None, now: datetime, subject: str | None = None) -> None:
    """A new person without any role. Raises RefusedError when there is one of that name."""
    kept = named(name)
    if find(connection, kept):
        raise RefusedError(f"there is a person named {kept} already")
    values = {"name": kept, "password": password, "subject": subject, "active": True, "created_at": now, "failures": 0}
    connection.execute(USERS.insert().values(values))


def grant(connection: sa.Connection, name: str, tenant: str, role: str | None) -> None:
    """Give a person a role in a tenant instead of any other, or (None) take it away. Raises RefusedError."""
    kept = named(name)
    if role is not None and role not in ALL_ROLES:
        raise RefusedError(f"{role!r} is no role; there are {', '.join(ALL_ROLES)}")
    if not connection.execute(sa.select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id == tenant)).first():
        raise NotFoundError(f"there is no tenant {tenant}")
    if not find(connection, kept):
        raise NotFoundError(f"there is no person named {kept}")
    connection.execute(ROLES.delete().where(ROLES.c.name == kept, ROLES.c.tenant_id == tenant))
    if role:
        connection.execute(ROLES.insert().values(name=kept, tenant_id=tenant, role=role))


def set_password(connection: sa.Connection, name: str, password: str) -> None:
    """Another hash; whoever was signed in is signed out, and a lock is opened. Raises NotFoundError."""
    _change(connection, name, password=password, failures=0, locked_until=None)
    connection.execute(SESSIONS.delete().where(SESSIONS.c.name == named(name)))


def activate(connection: sa.Connection, name: str, *, active: bool) -> None:
    """Let a person in again, or no longer: then all their sessions end. Raises NotFoundError."""
    _change(connection, name, active=active)
    if not active:
        connection.execute(SESSIONS.delete().where(SESSIONS.c.name == named(name)))


def failed(connection: sa.Connection, user: User, now: datetime) -> bool:
    """Count a wrong password, and say whether the account is locked now."""
    number = user.failures + 1
    locked = number >= FREE_FAILURES
    values = {"failures": 0 if locked else number, "locked_until": now + LOCK if locked else user.locked_until}
    _change(connection, user.name, **values)
    return locked


def succeeded(connection: sa.Connection, user: User) -> None:
    _change(connection, user.name, failures=0, locked_until=None)


def find(connection: sa.Connection, name: str) -> User | None:
    """The person of that name as it is kept."""
    return _user(connection, USERS.c.name == name)


def find_subject(connection: sa.Connection, subject: str) -> User | None:
    return _user(connection, USERS.c.subject == subject)


def everybody(connection: sa.Connection, tenant: str) -> tuple[User, ...]:
    """Who has a role in the tenant, by name, with that role only."""
    query = sa.select(USERS, ROLES.c.role).join(ROLES, ROLES.c.name == USERS.c.name)
    rows = connection.execute(query.where(ROLES.c.tenant_id == tenant).order_by(USERS.c.name))
    return tuple(User(r.name, r.password, r.active, r.failures, r.locked_until, {tenant: r.role}) for r in rows)


def _user(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> User | None:
    row = connection.execute(sa.select(USERS).where(condition)).first()
    if row is None:
        return None
    query = sa.select(ROLES.c.tenant_id, ROLES.c.role).where(ROLES.c.name == row.name).order_by(ROLES.c.tenant_id)
    roles: dict[str, Role] = {grant_.tenant_id: grant_.role for grant_ in connection.execute(query)}
    return User(row.name, row.password, row.active, row.failures, row.locked_until, roles)


def _change(connection: sa.Connection, name: str, **values: object) -> None:
    done = connection.execute(USERS.update().where(USERS.c.name == named(name)).values(**values))
    if not done.rowcount:
        raise NotFoundError(f"there is no person named {named(name)}")
