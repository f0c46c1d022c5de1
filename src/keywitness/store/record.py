"""The record in the database: writing to its end, reading it, proving it."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from keywitness.audit import START, Anchor, Broken, Draft, Entry, chain, check
from keywitness.store import Desk, NotFoundError, RefusedError
from keywitness.store.plain import plain
from keywitness.store.tables import RECORD, TENANTS

_AT_ONCE: Final = 2_000
_COLUMNS: Final = ("number", "at", "who", "action", "subject", "body", "previous", "hash")


def add_tenant(connection: sa.Connection, tenant: str, name: str, now: datetime) -> None:
    """A new tenant with an empty record. Raises RefusedError when there is one of that id."""
    if not tenant or tenant != plain(tenant, 60) or not tenant.replace("-", "").replace("_", "").isalnum():
        raise RefusedError(f"{tenant!r} can't be a tenant's id: letters, digits, - and _ only")
    if connection.execute(sa.select(TENANTS.c.tenant_id).where(TENANTS.c.tenant_id == tenant)).first():
        raise RefusedError(f"there is a tenant {tenant} already")
    connection.execute(
        TENANTS.insert().values(tenant_id=tenant, name=plain(name, 200), created_at=now, entries=0, head=START)
    )


def tenants(connection: sa.Connection) -> tuple[tuple[str, str], ...]:
    """Id and name of each tenant, by id."""
    found = connection.execute(sa.select(TENANTS.c.tenant_id, TENANTS.c.name).order_by(TENANTS.c.tenant_id))
    return tuple((row.tenant_id, row.name) for row in found)


def lock(desk: Desk) -> None:
    """Make this desk the tenant's only writer until its transaction ends."""
    _end(desk, lock=True)


def append(desk: Desk, *drafts: Draft) -> list[Entry]:
    """Add to the tenant's record, in order. Only for a desk that writes."""
    kept = [replace(draft, subject=plain(draft.subject, 300)) for draft in drafts]
    made = chain(desk.tenant, _end(desk, lock=True), desk.now, plain(desk.who, 200), kept)
    if made:
        rows = [{"tenant_id": e.tenant, **{name: getattr(e, name) for name in _COLUMNS}} for e in made]
        desk.connection.execute(RECORD.insert(), rows)
        end = TENANTS.update().where(TENANTS.c.tenant_id == desk.tenant)
        desk.connection.execute(end.values(entries=made[-1].number, head=made[-1].hash))
    return made


def entries(desk: Desk, subject: str | None = None, before: int | None = None, limit: int = 100) -> tuple[Entry, ...]:
    """Entries newest first: of one subject or all, those before a number."""
    query = sa.select(RECORD).where(RECORD.c.tenant_id == desk.tenant).order_by(RECORD.c.number.desc()).limit(limit)
    if subject is not None:
        query = query.where(RECORD.c.subject == subject)
    if before is not None:
        query = query.where(RECORD.c.number < before)
    return tuple(_entry(row) for row in desk.connection.execute(query))


def walk(desk: Desk) -> Generator[Entry]:
    """The whole record, oldest first, a few at a time."""
    query = sa.select(RECORD).where(RECORD.c.tenant_id == desk.tenant).order_by(RECORD.c.number)
    with desk.connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows:
            yield _entry(row)


def anchor(desk: Desk) -> Anchor:
    """The record's end, to be kept where nobody who can write to the database can write."""
    return _end(desk, lock=False)


def verify(desk: Desk, anchors: Iterable[Anchor] = ()) -> Broken | None:
    """The first broken link of the tenant's record. Its stored end and the given anchors must be met."""
    with closing(walk(desk)) as entries_:
        return check(entries_, desk.tenant, anchors, _end(desk, lock=False))


def _end(desk: Desk, *, lock: bool) -> Anchor:
    query = sa.select(TENANTS.c.entries, TENANTS.c.head).where(TENANTS.c.tenant_id == desk.tenant)
    row = desk.connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFoundError(f"there is no tenant {desk.tenant}")
    return Anchor(desk.tenant, row.entries, row.head, desk.now)


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    return Entry(row.tenant_id, *(getattr(row, name) for name in _COLUMNS))
