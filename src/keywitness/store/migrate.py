"""Brings a database's tables up to the newest version, by Alembic's rules, whichever version it is at."""

from collections.abc import Iterable
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any, Final

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util.exc import CommandError

from keywitness.store import DEFAULT_TENANT, UnavailableError
from keywitness.store.record import add_tenant
from keywitness.store.tables import TENANTS

_LOCK: Final = 0x6B657977
"""The advisory lock of PostgreSQL under which tables change: "keyw"."""


def upgrade(connection: sa.Connection, now: datetime) -> None:
    """Run the migrations that are missing, in the transaction of ``connection``, one program at a time.

    Raises UnavailableError when the tables were made by a newer keywitness: an old one must not write to them.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    with as_file(files("keywitness.store") / "migrations") as folder:
        script = ScriptDirectory(folder, version_locations=[folder])

        def missing(current: Any, _context: MigrationContext) -> Iterable[MigrationStep]:
            try:
                steps = list(script.iterate_revisions("head", current or "base"))
            except (CommandError, RevisionError):
                raise UnavailableError("the store was made by a newer keywitness: update this one") from None
            return [MigrationStep.upgrade_from_script(script.revision_map, step) for step in reversed(steps)]

        context = MigrationContext.configure(connection, opts={"fn": missing})
        with Operations.context(context):
            context.run_migrations()
    if not connection.execute(sa.select(TENANTS.c.tenant_id).limit(1)).first():
        add_tenant(connection, DEFAULT_TENANT, DEFAULT_TENANT, now)
