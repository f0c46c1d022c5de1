"""What a person does to one case: each form goes to one function here, and the store keeps the rules."""

from collections.abc import Callable
from typing import Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from keywitness.store import ConflictError, Desk, RefusedError, casefile, cases, writing
from keywitness.store.records import CaseRow
from keywitness.store.rows import find
from keywitness.web.answers import concerned
from keywitness.web.roles import right_to_move
from keywitness.web.visit import Visit

Act = Callable[[Visit, Desk, CaseRow, int], str]
"""Does it at the version that the person saw, and says what was done."""


def act(visit: Visit) -> Response:
    """The act that the form names. A case that somebody changed meanwhile is left as it is."""
    does = _ACTS.get(visit.text("act"))
    if does is None:
        raise RefusedError("there is no such act")
    with visit.writing() as desk:
        case = find(desk, visit.path["case"])
        said = does(visit, desk, case, visit.number("version"))
    return visit.go(f"cases/{case.case_id}{visit.text('at')}", said)


def _take(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    if case.status == "new":
        made = cases.move(desk, case.case_id, version, "triage")
        if made.assignee != visit.who:
            cases.assign(desk, case.case_id, made.version, visit.who)
    else:
        cases.assign(desk, case.case_id, version, visit.who)
    return f"{case.case_id} is yours."


def _assign(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    made = cases.assign(desk, case.case_id, version, visit.text("to") or None)
    return f"{case.case_id} is with {made.assignee or 'nobody'}."


def _move(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    to = visit.text("to")
    visit.need(right_to_move(case.status, to))
    made = cases.move(desk, case.case_id, version, to, visit.text("reason"))
    return f"{case.case_id} is {made.status}."


def _close(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    verdict = visit.number("verdict")
    made = cases.close(
        desk,
        case.case_id,
        version,
        visit.text("reason"),
        visit.text("comment"),
        verdict_id=verdict if verdict >= 0 else None,
        duplicate_of=visit.text("duplicate_of").strip() or None,
    )
    return f"{case.case_id} is closed: {(made.close_reason or '').replace('_', ' ')}."


def _note(visit: Visit, desk: Desk, case: CaseRow, _version: int) -> str:
    writing.note(desk, case.case_id, visit.text("text"))
    return "The note is in the record."


def _attach(visit: Visit, desk: Desk, case: CaseRow, _version: int) -> str:
    sent = visit.form.get("file")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise RefusedError("choose a file first")
    made = writing.attach(
        desk, case.case_id, sent.filename, sent.content_type or "", sent.file.read(writing.LARGEST + 1)
    )
    return f"{made.name} is attached."


def _overturn(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    """Sets the answer of all changes aside that it was given to: on the page it is one row."""
    file = casefile.open_file(desk, case.case_id, limit=10_000, entries=0)
    question, was, to = visit.text("question"), visit.text("was"), visit.text("to")
    changes = concerned(file, question, was)
    if not changes:
        raise ConflictError(case.case_id, case.version)
    for number, ident in enumerate(changes):
        writing.overturn(desk, case.case_id, version + number, ident, question, to, visit.text("reason"))
    return f"The answer is {to} now; triage's own stays beside it."


def _prioritise(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    visit.need("decide")
    made = cases.prioritise(desk, case.case_id, version, visit.text("to"), visit.text("reason"))
    return f"{case.case_id} is {made.priority}."


def _pause(visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    cases.pause(desk, case.case_id, version, visit.text("reason"))
    return "The clock stands still."


def _resume(_visit: Visit, desk: Desk, case: CaseRow, version: int) -> str:
    cases.resume(desk, case.case_id, version)
    return "The clock runs again."


_ACTS: Final[dict[str, Act]] = {
    "take": _take,
    "assign": _assign,
    "move": _move,
    "close": _close,
    "note": _note,
    "attach": _attach,
    "overturn": _overturn,
    "prioritise": _prioritise,
    "pause": _pause,
    "resume": _resume,
}
