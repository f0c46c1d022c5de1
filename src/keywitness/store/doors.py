"""The tables of who may come in: people, their roles in tenants, sessions, API tokens and counted attempts.

They stand apart from the others, because a person may work for several tenants. No secret is kept: a password as its
Argon2 hash, a session and a token as the SHA-256 of what the holder sends.
"""

from typing import Final

import sqlalchemy as sa

from keywitness.store.tables import BYTEWISE, Utc

DOORS: Final = sa.MetaData()

USERS: Final = sa.Table(
    "users",
    DOORS,
    sa.Column("name", BYTEWISE, primary_key=True),
    sa.Column("password", BYTEWISE, nullable=True),
    sa.Column("subject", BYTEWISE, nullable=True, unique=True),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("failures", sa.BigInteger(), nullable=False),
    sa.Column("locked_until", Utc(), nullable=True),
)
"""``subject`` is the issuer and id of an OpenID provider; such a person has no password here."""

ROLES: Final = sa.Table(
    "roles",
    DOORS,
    sa.Column("name", BYTEWISE, primary_key=True),
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("role", BYTEWISE, nullable=False),
)

SESSIONS: Final = sa.Table(
    "sessions",
    DOORS,
    sa.Column("digest", BYTEWISE, primary_key=True),
    sa.Column("name", BYTEWISE, nullable=False),
    sa.Column("csrf", BYTEWISE, nullable=False),
    sa.Column("said", BYTEWISE, nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("seen_at", Utc(), nullable=False),
    sa.Index("sessions_of_user", "name"),
)
"""``said`` is what the next page tells, as JSON: what was just done, and how to undo it."""

TOKENS: Final = sa.Table(
    "tokens",
    DOORS,
    sa.Column("digest", BYTEWISE, primary_key=True),
    sa.Column("tenant_id", BYTEWISE, nullable=False),
    sa.Column("label", BYTEWISE, nullable=False),
    sa.Column("owner", BYTEWISE, nullable=False),
    sa.Column("role", BYTEWISE, nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("expires_at", Utc(), nullable=False),
    sa.Index("tokens_of_tenant", "tenant_id", "label"),
)

ATTEMPTS: Final = sa.Table(
    "attempts",
    DOORS,
    sa.Column("key", BYTEWISE, primary_key=True),
    sa.Column("began_at", Utc(), nullable=False),
    sa.Column("number", sa.BigInteger(), nullable=False),
)
"""How often somebody tried something in the window that began then."""
