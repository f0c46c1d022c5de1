"""Who works in a tenant, in which role, and which programs may: for an admin."""

from collections.abc import Callable, Mapping
from typing import Final

from starlette.responses import Response

from keywitness.audit import Draft
from keywitness.store import RefusedError, people, record, sessions
from keywitness.web.passwords import hashed
from keywitness.web.visit import Visit


def show(visit: Visit) -> Response:
    return _page(visit)


def _page(visit: Visit, secret: str = "") -> Response:
    with visit.reading() as desk:
        team = people.everybody(desk.connection, visit.tenant)
        programs = sessions.tokens(desk.connection, visit.tenant)
        now = desk.now
    return visit.page("team.html.j2", team=team, tokens=programs, secret=secret, now=now)


def act(visit: Visit) -> Response:
    """Each act is in the record. A token's secret is shown once, on the page that made it."""
    does = _ACTS.get(visit.text("act"))
    if does is None:
        raise RefusedError("there is no such act")
    secret = does(visit)
    return _page(visit, secret) if secret else visit.go("team", "Done, and recorded.")


def _record(visit: Visit, action: str, about: str, body: Mapping[str, object]) -> None:
    with visit.writing() as desk:
        record.append(desk, Draft(f"web:{action}", f"access:{about}", body))


def _add(visit: Visit) -> str:
    name, role = people.named(visit.text("name")), visit.text("role")
    kept = hashed(visit.text("password"), name)
    with visit.desks.store.across(writes=True) as connection:
        people.add(connection, name, kept, visit.desks.store.clock())
        people.grant(connection, name, visit.tenant, role)
    _record(visit, "person:added", name, {"role": role})
    return ""


def _grant(visit: Visit) -> str:
    name, role = people.named(visit.text("name")), visit.text("role") or None
    if name == visit.who:
        raise RefusedError("nobody changes their own role: another admin does")
    with visit.desks.store.across(writes=True) as connection:
        people.grant(connection, name, visit.tenant, role)
    _record(visit, "role:changed", name, {"role": role})
    return ""


def _issue(visit: Visit) -> str:
    days = visit.number("days")
    with visit.desks.store.across(writes=True) as connection:
        now = visit.desks.store.clock()
        made, secret = sessions.issue(
            connection, visit.tenant, visit.who, visit.text("label"), visit.text("role"), now, days
        )
    _record(visit, "token:issued", made.label, {"number": made.number, "role": made.role, "days": days})
    return secret


def _revoke(visit: Visit) -> str:
    with visit.desks.store.across(writes=True) as connection:
        sessions.revoke(connection, visit.tenant, visit.text("number"))
    _record(visit, "token:revoked", visit.text("number"), {})
    return ""


_ACTS: Final[Mapping[str, Callable[[Visit], str]]] = {
    "add": _add,
    "grant": _grant,
    "issue": _issue,
    "revoke": _revoke,
}
