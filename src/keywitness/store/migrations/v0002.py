"""Who may come in: people, roles, sessions, tokens and counted attempts."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"

TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME: Final = sa.DateTime(timezone=True)


def upgrade() -> None:
    _people()
    _sessions()
    _tokens()
    op.create_table(
        "attempts",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("password", TEXT, nullable=True),
        sa.Column("subject", TEXT, nullable=True, unique=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", TIME, nullable=True),
    )
    op.create_table(
        "roles",
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("role", TEXT, nullable=False),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("csrf", TEXT, nullable=False),
        sa.Column("said", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_index("sessions_of_user", "sessions", ["name"])


def _tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("tenant_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
    )
    op.create_index("tokens_of_tenant", "tokens", ["tenant_id", "label"])
