"""Each refusal goes into the record of the tenant that it was about, and a flood of them can't fill it."""

from datetime import timedelta
from typing import Final

from keywitness.audit import Draft
from keywitness.store import DEFAULT_TENANT, NotFoundError, record, sessions
from keywitness.store.engine import Store
from keywitness.store.plain import plain

WINDOW: Final = timedelta(minutes=10)
MOST: Final = 30
"""Refusals of one person from one address in a window that are recorded one by one; the next entry says "more"."""
NOBODY: Final = "(nobody)"


def refuse(store: Store, tenant: str | None, who: str, what: str, path: str, address: str) -> None:
    """Record that somebody was refused. A tenant that isn't there is told of in the first tenant's record."""
    now = store.clock()
    with store.across(writes=True) as connection:
        number = sessions.attempt(connection, f"refused {who} {address}", now, WINDOW)
        known = [ident for ident, _ in record.tenants(connection)]
    if number > MOST + 1:
        return
    body = {"what": what if number <= MOST else "many more, not recorded one by one", "path": plain(path, 300)}
    body["address"] = plain(address, 100)
    home = tenant if tenant in known else DEFAULT_TENANT if DEFAULT_TENANT in known else known[0]
    try:
        with store.writing(home, plain(who, 200) or NOBODY) as desk:
            record.append(desk, Draft("web:access:denied", f"access:{plain(who, 100)}", body))
    except NotFoundError:
        return
