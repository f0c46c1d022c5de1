"""One act on many cases of the queue, and its undo. Cases that somebody changed meanwhile are left alone and named."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.responses import Response

from keywitness.errors import UsageError
from keywitness.render.words import count
from keywitness.store import ConflictError, Desk, NotFoundError, RefusedError, cases
from keywitness.store.records import CaseRow
from keywitness.store.rows import find
from keywitness.web.visit import Visit

MOST: Final = 500
SHOWN: Final = 5


def act(visit: Visit) -> Response:
    """The form's ``case`` fields are ``ID VERSION``."""
    what, more = visit.text("act"), visit.text("to")
    if what not in _SAID:
        raise UsageError("that can't be done to many cases")
    chosen = [str(text).rpartition(" ") for text in visit.form.getlist("case")][:MOST]
    if not chosen:
        raise UsageError("choose at least one case")
    done: list[Mapping[str, Any]] = []
    failed: list[str] = []
    with visit.writing() as desk:
        for ident, _, version in chosen:
            try:
                before = find(desk, ident)
                after = _act(visit, desk, ident, int(version), what, more)
                done.append(
                    {"id": after.case_id, "version": after.version, "owner": before.assignee, "was": before.status}
                )
            except (ConflictError, NotFoundError, RefusedError, ValueError) as error:
                failed.append(str(error))
    return visit.go(f"queue?{visit.text('back')}", _told(_SAID[what], len(done), failed), {"acts": done, "what": what})


_SAID: Final = {"take": "taken", "assign": "assigned", "escalate": "escalated", "close": "closed"}


def _act(visit: Visit, desk: Desk, ident: str, version: int, what: str, more: str) -> CaseRow:
    if what == "take":
        return cases.assign(desk, ident, version, visit.who)
    if what == "assign":
        return cases.assign(desk, ident, version, more or None)
    if what == "escalate":
        return cases.move(desk, ident, version, "escalated", visit.text("reason"))
    return cases.close(desk, ident, version, more, visit.text("reason"))


def undo(visit: Visit) -> Response:
    """Back to what was: only for cases that nobody has changed since."""
    acts, what = _read(visit.text("undo"))
    done, failed = 0, list[str]()
    with visit.writing() as desk:
        for made in acts:
            try:
                _undo(visit, desk, str(made["id"]), int(made["version"]), what, made)
                done += 1
            except (ConflictError, NotFoundError, RefusedError, KeyError, TypeError, ValueError) as error:
                failed.append(str(error))
    return visit.go("queue", _told("put back", done, failed))


def _undo(visit: Visit, desk: Desk, ident: str, version: int, what: str, made: Mapping[str, Any]) -> None:
    owner = made["owner"] if isinstance(made["owner"], str) else None
    if what in ("take", "assign"):
        cases.assign(desk, ident, version, owner)
        return
    here = find(desk, ident)
    moved = cases.move(desk, ident, version, "triage", f"undone by {visit.who}: {here.status} by mistake")
    if moved.assignee != owner:
        cases.assign(desk, ident, moved.version, owner)


def _read(text: str) -> tuple[Sequence[Mapping[str, Any]], str]:
    try:
        said = json.loads(text)
        return [made for made in said["acts"][:MOST] if isinstance(made, dict)], str(said["what"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError("there is nothing to undo") from error


def _told(what: str, done: int, failed: Sequence[str]) -> str:
    more = f" {len(failed)} not: {'; '.join(failed[:SHOWN])}." if failed else ""
    return f"{count(done, 'case')} {what}.{more}"
