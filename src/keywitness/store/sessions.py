"""Sessions, API tokens and counted attempts. What the holder sends is a secret; what is kept is its SHA-256."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from keywitness.store import NotFoundError, RefusedError
from keywitness.store.doors import ATTEMPTS, SESSIONS, TOKENS
from keywitness.store.people import ALL_ROLES, Role, User, find
from keywitness.store.plain import plain

IDLE: Final = timedelta(hours=2)
"""After this long without a request a session has ended."""
LONGEST: Final = timedelta(hours=12)
"""After this long it has ended whatever was done: a shift and its handover."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is kept when somebody was last seen: each page needs no write."""
LONGEST_TOKEN: Final = timedelta(days=366)
PREFIX: Final = "kw_"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. ``csrf`` must come back with each change; ``said`` is for the next page."""

    digest: str
    user: User
    csrf: str
    said: Mapping[str, Any]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A program that may come in: to one tenant, in one role, until a time. ``number`` is the start of its digest."""

    number: str
    tenant: str
    label: str
    owner: str
    role: Role
    created_at: datetime
    expires_at: datetime


def begin(connection: sa.Connection, name: str, now: datetime) -> str:
    """A new session's secret. Sessions that ended are swept away."""
    connection.execute(SESSIONS.delete().where(SESSIONS.c.seen_at < now - IDLE))
    secret = secrets.token_urlsafe(32)
    values = {"digest": digest(secret), "name": name, "csrf": secrets.token_urlsafe(24), "said": "{}"}
    connection.execute(SESSIONS.insert().values(values | {"created_at": now, "seen_at": now}))
    return secret


def session(connection: sa.Connection, secret: str, now: datetime) -> Session | None:
    """Whose session it is; None when it ended, or the person may no longer come in."""
    row = connection.execute(sa.select(SESSIONS).where(SESSIONS.c.digest == digest(secret))).first()
    if row is None or row.seen_at < now - IDLE or row.created_at < now - LONGEST:
        return None
    user = find(connection, row.name)
    if user is None or not user.active:
        return None
    return Session(row.digest, user, row.csrf, json.loads(row.said), row.seen_at)


def seen(connection: sa.Connection, held: Session, now: datetime) -> None:
    connection.execute(SESSIONS.update().where(SESSIONS.c.digest == held.digest).values(seen_at=now))


def say(connection: sa.Connection, held: Session, said: Mapping[str, Any]) -> None:
    """What the person's next page tells. JSON values."""
    connection.execute(SESSIONS.update().where(SESSIONS.c.digest == held.digest).values(said=json.dumps(said)))


def end(connection: sa.Connection, held: Session) -> None:
    connection.execute(SESSIONS.delete().where(SESSIONS.c.digest == held.digest))


def issue(
    connection: sa.Connection, tenant: str, owner: str, label: str, role: str, now: datetime, days: int
) -> tuple[Token, str]:
    """A new token and its secret, which is told once. Raises RefusedError."""
    known = next((r for r in ALL_ROLES if r == role), None)
    lasts = timedelta(days=days)
    if known is None or not label.strip() or not timedelta() < lasts <= LONGEST_TOKEN:
        raise RefusedError(f"a token has a name, a role and at most {LONGEST_TOKEN.days} days")
    secret = PREFIX + secrets.token_urlsafe(32)
    values: dict[str, Any] = {"tenant_id": tenant, "owner": owner, "label": plain(label.strip(), 100), "role": known}
    values |= {"digest": digest(secret), "created_at": now, "expires_at": now + lasts}
    connection.execute(TOKENS.insert().values(values))
    return _token(values), secret


def token(connection: sa.Connection, secret: str, now: datetime) -> Token | None:
    """Whose token it is; None when there is none, it expired, or its owner may no longer come in."""
    row = connection.execute(sa.select(TOKENS).where(TOKENS.c.digest == digest(secret))).first()
    if row is None or now >= row.expires_at:
        return None
    owner = find(connection, row.owner)
    if owner is None or not owner.active or row.tenant_id not in owner.roles:
        return None
    return _token(dict(row._mapping))


def tokens(connection: sa.Connection, tenant: str) -> tuple[Token, ...]:
    query = sa.select(TOKENS).where(TOKENS.c.tenant_id == tenant).order_by(TOKENS.c.label, TOKENS.c.digest)
    return tuple(_token(dict(row._mapping)) for row in connection.execute(query))


def revoke(connection: sa.Connection, tenant: str, number: str) -> None:
    """Raises NotFoundError when the tenant has no such token."""
    at = (TOKENS.c.tenant_id == tenant, TOKENS.c.digest.startswith(number, autoescape=True))
    if len(number) != _SHOWN or not connection.execute(TOKENS.delete().where(*at)).rowcount:
        raise NotFoundError("there is no such token")


def attempt(connection: sa.Connection, key: str, now: datetime, window: timedelta) -> int:
    """Count one more, and say how many there were in this window."""
    connection.execute(ATTEMPTS.delete().where(ATTEMPTS.c.began_at < now - window))
    kept = digest(key)
    more = ATTEMPTS.update().where(ATTEMPTS.c.key == kept).values(number=ATTEMPTS.c.number + 1)
    if not connection.execute(more).rowcount:
        connection.execute(ATTEMPTS.insert().values(key=kept, began_at=now, number=1))
    return int(connection.execute(sa.select(ATTEMPTS.c.number).where(ATTEMPTS.c.key == kept)).scalar_one())


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


_SHOWN: Final = 16


def _token(row: Mapping[str, Any]) -> Token:
    told = (row["tenant_id"], row["label"], row["owner"], row["role"], row["created_at"], row["expires_at"])
    return Token(row["digest"][:_SHOWN], *told)
