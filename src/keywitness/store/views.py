"""Saved views: an analyst's filters under a name, for themselves or for the whole tenant."""

import json
from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from keywitness.store import Desk, NotFoundError, RefusedError
from keywitness.store.plain import plain
from keywitness.store.records import View
from keywitness.store.tables import VIEWS

LONGEST: Final = 4_000
"""Characters of the filters as JSON."""
MOST: Final = 100


def save(desk: Desk, name: str, filters: Mapping[str, object], *, shared: bool = False) -> View:
    """Save under the desk's person, over a view of the same name. ``filters`` are JSON values, whatever their names.

    Raises RefusedError without a name, for filters that are too long, or for too many views.
    """
    title, text = plain(name.strip(), 100), json.dumps(filters, sort_keys=True)
    if not title or len(text) > LONGEST:
        raise RefusedError("a view needs a name, and filters of a reasonable length")
    own = (VIEWS.c.tenant_id == desk.tenant, VIEWS.c.owner == desk.who)
    desk.connection.execute(VIEWS.delete().where(*own, VIEWS.c.name == title))
    held = desk.connection.execute(sa.select(sa.func.count()).select_from(VIEWS).where(*own)).scalar() or 0
    if held >= MOST:
        raise RefusedError(f"nobody has more than {MOST} views")
    values = {"owner": desk.who, "name": title, "filters": text, "shared": shared}
    desk.connection.execute(VIEWS.insert().values(tenant_id=desk.tenant, **values))
    return View(desk.who, title, dict(filters), shared)


def views(desk: Desk) -> tuple[View, ...]:
    """The person's own views and the tenant's shared ones, by name."""
    mine = sa.or_(VIEWS.c.owner == desk.who, VIEWS.c.shared.is_(True))
    query = sa.select(VIEWS).where(VIEWS.c.tenant_id == desk.tenant, mine).order_by(VIEWS.c.name, VIEWS.c.owner)
    rows = desk.connection.execute(query)
    return tuple(View(row.owner, row.name, json.loads(row.filters), row.shared) for row in rows)


def forget(desk: Desk, name: str) -> None:
    """Delete a view of the person's own. Raises NotFoundError."""
    own = (VIEWS.c.tenant_id == desk.tenant, VIEWS.c.owner == desk.who, VIEWS.c.name == name)
    if not desk.connection.execute(VIEWS.delete().where(*own)).rowcount:
        raise NotFoundError(f"{desk.who} has no view of that name")
