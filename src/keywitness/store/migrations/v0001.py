"""The first version of the tables, and the triggers that let the record only grow."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

TEXT: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME: Final = sa.DateTime(timezone=True)

_SQLITE: Final = (
    (
        "CREATE TRIGGER record_no_update BEFORE UPDATE ON record "
        "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
    ),
    (
        "CREATE TRIGGER record_no_delete BEFORE DELETE ON record "
        "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
    ),
    # INSERT OR REPLACE deletes without asking the trigger above.
    (
        "CREATE TRIGGER record_no_replace BEFORE INSERT ON record WHEN EXISTS "
        "(SELECT 1 FROM record WHERE tenant_id = NEW.tenant_id AND number = NEW.number) "
        "BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
    ),
)
_POSTGRESQL: Final = (
    (
        "CREATE FUNCTION keywitness_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER record_no_change BEFORE UPDATE OR DELETE ON record "
        "FOR EACH ROW EXECUTE FUNCTION keywitness_append_only()"
    ),
    (
        "CREATE TRIGGER record_no_truncate BEFORE TRUNCATE ON record "
        "FOR EACH STATEMENT EXECUTE FUNCTION keywitness_append_only()"
    ),
)


def upgrade() -> None:
    _tenants()
    _cases()
    _record()
    _views()
    _aliases()
    _attachments()
    _findings()
    _notes()
    _overturns()
    _terms()
    _append_only()


def _tenants() -> None:
    op.create_table(
        "tenants",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head", TEXT, nullable=False),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("case_id", TEXT, primary_key=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("priority_by", TEXT, nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("reasons", TEXT, nullable=False),
        sa.Column("unknowns", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("sentence", TEXT, nullable=False),
        sa.Column("operations", TEXT, nullable=False),
        sa.Column("providers", TEXT, nullable=False),
        sa.Column("campaign", TEXT, nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("assignee", TEXT, nullable=True),
        sa.Column("reported_at", TIME, nullable=False),
        sa.Column("facts_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("clock_from", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("escalated_at", TIME, nullable=True),
        sa.Column("contained_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("paused_at", TIME, nullable=True),
        sa.Column("paused_seconds", sa.BigInteger(), nullable=False),
        sa.Column("pause_reason", TEXT, nullable=False),
        sa.Column("acknowledged_after", sa.BigInteger(), nullable=True),
        sa.Column("resolved_after", sa.BigInteger(), nullable=True),
        sa.Column("lag", sa.BigInteger(), nullable=False),
        sa.Column("reopens", sa.BigInteger(), nullable=False),
        sa.Column("close_reason", TEXT, nullable=True),
        sa.Column("verdict_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", TEXT, nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
    )
    op.create_index("cases_by_arrival", "cases", ["tenant_id", "reported_at"])
    op.create_index("cases_by_campaign", "cases", ["tenant_id", "campaign", "is_open", "rank", "due_at", "case_id"])
    op.create_index("cases_by_closing", "cases", ["tenant_id", "closed_at"])
    op.create_index("cases_by_due", "cases", ["tenant_id", "is_open", "due_at", "case_id"])
    op.create_index("cases_by_owner", "cases", ["tenant_id", "assignee", "is_open", "rank", "due_at", "case_id"])
    op.create_index("cases_by_rank", "cases", ["tenant_id", "is_open", "rank", "due_at", "case_id"])
    op.create_index("cases_by_status", "cases", ["tenant_id", "status", "rank", "due_at", "case_id"])
    op.create_index("cases_by_time", "cases", ["tenant_id", "last_at", "case_id"])
    op.create_index("cases_by_rank_of_all", "cases", ["tenant_id", "rank", "due_at", "case_id"])
    op.create_index("cases_counted", "cases", ["tenant_id", "is_open", "status", "decision", "priority", "assignee"])
    op.create_index("cases_merged", "cases", ["tenant_id", "merged_into"])


def _record() -> None:
    op.create_table(
        "record",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("who", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("previous", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
    )
    op.create_index("record_of_subject", "record", ["tenant_id", "subject", "number"])


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("owner", TEXT, primary_key=True),
        sa.Column("name", TEXT, primary_key=True),
        sa.Column("filters", TEXT, nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.tenant_id"]),
    )


def _aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("alias", TEXT, primary_key=True),
        sa.Column("case_id", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    )
    op.create_index("aliases_of_case", "aliases", ["tenant_id", "case_id"])


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    )
    op.create_index("attachments_of_case", "attachments", ["tenant_id", "case_id", "number"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("finding_id", TEXT, primary_key=True),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("parent_event_id", TEXT, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("priority", TEXT, nullable=False),
        sa.Column("json", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.Column("whole_sha256", TEXT, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    )
    op.create_index("findings_by_event", "findings", ["tenant_id", "event_id"])
    op.create_index("findings_by_parent", "findings", ["tenant_id", "parent_event_id"])
    op.create_index("findings_of_case", "findings", ["tenant_id", "case_id", "at", "finding_id"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    )
    op.create_index("notes_of_case", "notes", ["tenant_id", "case_id", "number"])


def _overturns() -> None:
    op.create_table(
        "overturns",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("finding_id", TEXT, nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("was", TEXT, nullable=False),
        sa.Column("now", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "case_id"], ["cases.tenant_id", "cases.case_id"]),
    )
    op.create_index("overturns_of_case", "overturns", ["tenant_id", "case_id", "number"])


def _terms() -> None:
    op.create_table(
        "terms",
        sa.Column("tenant_id", TEXT, primary_key=True),
        sa.Column("term", TEXT, primary_key=True),
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("case_id", TEXT, primary_key=True),
    )
    op.create_index("terms_of_case", "terms", ["tenant_id", "case_id", "term"])


def _append_only() -> None:
    """What no program of ours does, the database refuses to all."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
