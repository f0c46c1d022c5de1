"""The tables as the queries see them. ``migrations`` builds them, and a test holds the two together.

Every row belongs to a tenant, and the tenant comes first in every key: a query without one reads nobody's rows fast.
Times are UTC. Texts from logs are cut and freed of what a database refuses before they get here; the
findings themselves are kept whole.
"""

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from keywitness.store.plain import clean


class Utc(sa.types.TypeDecorator[datetime]):
    """An aware UTC time, which SQLite keeps as text of fixed width, so that order by text is order by time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Plain(sa.types.TypeDecorator[str]):
    """Text that sorts by its bytes everywhere, so that a prefix is a range, without what a database refuses."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text(collation="C") if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        return value if value is None else clean(value)


BYTEWISE: Final = Plain()
BLOB: Final = sa.LargeBinary()
METADATA: Final = sa.MetaData()

TENANTS: Final = sa.Table(
    "tenants",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("name", BYTEWISE, nullable=False),
    sa.Column("created_at", Utc(), nullable=False),
    sa.Column("entries", sa.BigInteger(), nullable=False),
    sa.Column("head", BYTEWISE, nullable=False),
)
"""``entries`` and ``head`` are the end of the tenant's record: a writer locks this row, so a record has one end."""

CASES: Final = sa.Table(
    "cases",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("case_id", BYTEWISE, primary_key=True),
    sa.Column("version", sa.BigInteger(), nullable=False),
    sa.Column("status", BYTEWISE, nullable=False),
    sa.Column("decision", BYTEWISE, nullable=False),
    sa.Column("priority", BYTEWISE, nullable=False),
    sa.Column("priority_by", BYTEWISE, nullable=False),
    sa.Column("rank", sa.BigInteger(), nullable=False),
    sa.Column("is_open", sa.Boolean(), nullable=False),
    sa.Column("reasons", BYTEWISE, nullable=False),
    sa.Column("unknowns", BYTEWISE, nullable=False),
    sa.Column("title", BYTEWISE, nullable=False),
    sa.Column("sentence", BYTEWISE, nullable=False),
    sa.Column("operations", BYTEWISE, nullable=False),
    sa.Column("providers", BYTEWISE, nullable=False),
    sa.Column("campaign", BYTEWISE, nullable=False),
    sa.Column("used", sa.Boolean(), nullable=False),
    sa.Column("findings", sa.BigInteger(), nullable=False),
    sa.Column("assignee", BYTEWISE, nullable=True),
    sa.Column("reported_at", Utc(), nullable=False),
    sa.Column("facts_at", Utc(), nullable=False),
    sa.Column("updated_at", Utc(), nullable=False),
    sa.Column("first_at", Utc(), nullable=False),
    sa.Column("last_at", Utc(), nullable=False),
    sa.Column("clock_from", Utc(), nullable=False),
    sa.Column("acknowledged_at", Utc(), nullable=True),
    sa.Column("escalated_at", Utc(), nullable=True),
    sa.Column("contained_at", Utc(), nullable=True),
    sa.Column("closed_at", Utc(), nullable=True),
    sa.Column("due_at", Utc(), nullable=False),
    sa.Column("paused_at", Utc(), nullable=True),
    sa.Column("paused_seconds", sa.BigInteger(), nullable=False),
    sa.Column("pause_reason", BYTEWISE, nullable=False),
    sa.Column("acknowledged_after", sa.BigInteger(), nullable=True),
    sa.Column("resolved_after", sa.BigInteger(), nullable=True),
    sa.Column("lag", sa.BigInteger(), nullable=False),
    sa.Column("reopens", sa.BigInteger(), nullable=False),
    sa.Column("close_reason", BYTEWISE, nullable=True),
    sa.Column("verdict_id", sa.BigInteger(), nullable=True),
    sa.Column("merged_into", BYTEWISE, nullable=True),
    sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
    sa.Index("cases_by_rank", "tenant_id", "is_open", "rank", "due_at", "case_id"),
    sa.Index("cases_by_due", "tenant_id", "is_open", "due_at", "case_id"),
    sa.Index("cases_by_time", "tenant_id", "last_at", "case_id"),
    sa.Index("cases_by_rank_of_all", "tenant_id", "rank", "due_at", "case_id"),
    sa.Index("cases_by_owner", "tenant_id", "assignee", "is_open", "rank", "due_at", "case_id"),
    sa.Index("cases_by_status", "tenant_id", "status", "rank", "due_at", "case_id"),
    sa.Index("cases_by_campaign", "tenant_id", "campaign", "is_open", "rank", "due_at", "case_id"),
    sa.Index("cases_by_closing", "tenant_id", "closed_at"),
    sa.Index("cases_by_arrival", "tenant_id", "reported_at"),
    sa.Index("cases_counted", "tenant_id", "is_open", "status", "decision", "priority", "assignee"),
    sa.Index("cases_merged", "tenant_id", "merged_into"),
)
"""``rank`` sorts by decision, then priority; ``priority_by`` is who set it, "" for triage. The rest: ``records``."""

FINDINGS: Final = sa.Table(
    "findings",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("finding_id", BYTEWISE, primary_key=True),
    sa.Column("case_id", BYTEWISE, nullable=False),
    sa.Column("event_id", BYTEWISE, nullable=False),
    sa.Column("parent_event_id", BYTEWISE, nullable=True),
    sa.Column("at", Utc(), nullable=False),
    sa.Column("decision", BYTEWISE, nullable=False),
    sa.Column("priority", BYTEWISE, nullable=False),
    sa.Column("json", BYTEWISE, nullable=False),
    sa.Column("sha256", BYTEWISE, nullable=False),
    sa.Column("whole", BLOB, nullable=False),
    sa.Column("whole_sha256", BYTEWISE, nullable=False),
    sa.Column("recorded_at", Utc(), nullable=False),
    sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    sa.Index("findings_of_case", "tenant_id", "case_id", "at", "finding_id"),
    sa.Index("findings_by_event", "tenant_id", "event_id"),
    sa.Index("findings_by_parent", "tenant_id", "parent_event_id"),
)
"""``json`` is the line that triage printed; ``whole`` is the finding with record and timeline, msgspec JSON in zstd."""

TERMS: Final = sa.Table(
    "terms",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("term", BYTEWISE, primary_key=True),
    sa.Column("kind", BYTEWISE, primary_key=True),
    sa.Column("case_id", BYTEWISE, primary_key=True),
    sa.Index("terms_of_case", "tenant_id", "case_id", "term"),
)
"""What a case can be found by, in small letters: addresses, credentials, sessions, names, words of notes."""

ALIASES: Final = sa.Table(
    "aliases",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("alias", BYTEWISE, primary_key=True),
    sa.Column("case_id", BYTEWISE, nullable=False),
    sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    sa.Index("aliases_of_case", "tenant_id", "case_id"),
)
"""Other ids of a case: triage names it after its oldest event, which older logs may change."""

NOTES: Final = sa.Table(
    "notes",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("case_id", BYTEWISE, nullable=False),
    sa.Column("author", BYTEWISE, nullable=False),
    sa.Column("at", Utc(), nullable=False),
    sa.Column("text", BYTEWISE, nullable=False),
    sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    sa.Index("notes_of_case", "tenant_id", "case_id", "number"),
)
"""``number`` is that of the record's entry, here and in the next two."""

ATTACHMENTS: Final = sa.Table(
    "attachments",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("case_id", BYTEWISE, nullable=False),
    sa.Column("author", BYTEWISE, nullable=False),
    sa.Column("at", Utc(), nullable=False),
    sa.Column("name", BYTEWISE, nullable=False),
    sa.Column("media_type", BYTEWISE, nullable=False),
    sa.Column("size", sa.BigInteger(), nullable=False),
    sa.Column("sha256", BYTEWISE, nullable=False),
    sa.Column("content", BLOB, nullable=False),
    sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    sa.Index("attachments_of_case", "tenant_id", "case_id", "number"),
)

OVERTURNS: Final = sa.Table(
    "overturns",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("case_id", BYTEWISE, nullable=False),
    sa.Column("author", BYTEWISE, nullable=False),
    sa.Column("at", Utc(), nullable=False),
    sa.Column("finding_id", BYTEWISE, nullable=False),
    sa.Column("question", BYTEWISE, nullable=False),
    sa.Column("was", BYTEWISE, nullable=False),
    sa.Column("now", BYTEWISE, nullable=False),
    sa.Column("reason", BYTEWISE, nullable=False),
    sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    sa.Index("overturns_of_case", "tenant_id", "case_id", "number"),
)

VIEWS: Final = sa.Table(
    "views",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("owner", BYTEWISE, primary_key=True),
    sa.Column("name", BYTEWISE, primary_key=True),
    sa.Column("filters", BYTEWISE, nullable=False),
    sa.Column("shared", sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
)

RECORD: Final = sa.Table(
    "record",
    METADATA,
    sa.Column("tenant_id", BYTEWISE, primary_key=True),
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("at", Utc(), nullable=False),
    sa.Column("who", BYTEWISE, nullable=False),
    sa.Column("action", BYTEWISE, nullable=False),
    sa.Column("subject", BYTEWISE, nullable=False),
    sa.Column("body", BYTEWISE, nullable=False),
    sa.Column("previous", BYTEWISE, nullable=False),
    sa.Column("hash", BYTEWISE, nullable=False),
    sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
    sa.Index("record_of_subject", "tenant_id", "subject", "number"),
)
"""Append-only: triggers refuse UPDATE and DELETE."""
