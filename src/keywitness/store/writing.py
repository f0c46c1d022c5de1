"""What people add to a case: notes, files, and answers that they overturn. All of it stays: nothing edits it."""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from keywitness.model import Verdict
from keywitness.store import Desk, NotFoundError, RefusedError
from keywitness.store.findings import one
from keywitness.store.plain import plain
from keywitness.store.records import Attachment, Note, Overturn
from keywitness.store.rows import find, find_exactly, record, seen, update
from keywitness.store.tables import ATTACHMENTS, NOTES, OVERTURNS
from keywitness.store.terms import add_words

LONGEST_NOTE: Final = 20_000
"""Characters."""
LARGEST: Final = 10_000_000
"""Bytes of one attachment."""
MOST: Final = 100_000_000
"""Bytes of all attachments of one case."""
T = TypeVar("T")
_VERDICTS: Final[tuple[Verdict, ...]] = ("yes", "no", "unknown")


def note(desk: Desk, ident: str, text: str) -> Note:
    """Add a note. It conflicts with nothing, so it takes no version. Raises RefusedError when empty or too long."""
    case = find(desk, ident)
    if not text.strip():
        raise RefusedError("the note is empty")
    if len(text) > LONGEST_NOTE:
        raise RefusedError(f"a note has at most {LONGEST_NOTE:,} characters, and this one has {len(text):,}")
    kept = plain(text, LONGEST_NOTE)
    number = record(desk, case, "desk:note:added", {"sha256": sha256(kept.encode())}).number
    made = Note(number, desk.who, desk.now, kept)
    desk.connection.execute(NOTES.insert().values(_owned(desk, case.case_id, made)))
    add_words(desk, case.case_id, kept)
    return made


def attach(desk: Desk, ident: str, name: str, media_type: str, content: bytes) -> Attachment:
    """Add a file. ``media_type`` is what the sender says, and proves nothing. Raises RefusedError when too large."""
    case = find(desk, ident)
    if not content or len(content) > LARGEST:
        raise RefusedError(f"a file has 1 to {LARGEST:,} bytes, and this one has {len(content):,}")
    at = (ATTACHMENTS.c.tenant_id == desk.tenant, ATTACHMENTS.c.case_id == case.case_id)
    held = desk.connection.execute(sa.select(sa.func.coalesce(sa.func.sum(ATTACHMENTS.c.size), 0)).where(*at)).scalar()
    if int(held or 0) + len(content) > MOST:
        raise RefusedError(f"a case holds at most {MOST:,} bytes of files")
    shown, kind, digest = plain(name, 200) or "unnamed", plain(media_type, 100), sha256(content)
    body = {"name": shown, "size": len(content), "sha256": digest}
    number = record(desk, case, "desk:attachment:added", body).number
    made = Attachment(number, desk.who, desk.now, shown, kind, len(content), digest)
    desk.connection.execute(ATTACHMENTS.insert().values({**_owned(desk, case.case_id, made), "content": content}))
    return made


def content(desk: Desk, ident: str, number: int) -> tuple[Attachment, bytes]:
    """A file of a case. Raises NotFoundError, and RefusedError when its content isn't what was attached."""
    case = find(desk, ident)
    query = sa.select(ATTACHMENTS).where(
        ATTACHMENTS.c.tenant_id == desk.tenant,
        ATTACHMENTS.c.case_id == case.case_id,
        ATTACHMENTS.c.number == number,
    )
    row = desk.connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"{case.case_id} has no file {number}")
    found = Attachment(number, row.author, row.at, row.name, row.media_type, row.size, row.sha256)
    if sha256(row.content) != row.sha256:
        raise RefusedError(f"file {number} of {case.case_id} was changed in the database")
    return found, bytes(row.content)


def overturn(desk: Desk, ident: str, version: int, finding_id: str, question: str, to: str, reason: str) -> Overturn:
    """Set triage's answer about one change aside, with a reason. It holds until it is overturned again.

    Raises RefusedError without a reason, or when the answer is that already; NotFoundError for a change or question
    that the case doesn't have; ConflictError when somebody was faster.
    """
    case = seen(desk, ident, version)
    verdict = next((v for v in _VERDICTS if v == to), None)
    if verdict is None or not reason.strip():
        raise RefusedError(f"an answer is {', '.join(_VERDICTS)}, and overturning one needs a reason")
    given = one(desk, case.case_id, finding_id).finding.answers.get(question)
    if given is None:
        raise NotFoundError(f"{case.case_id} has no answer to {plain(question, 60)} for that change")
    before = [o for o in overturns(desk, case.case_id) if (o.finding_id, o.question) == (finding_id, question)]
    was = before[-1].now if before else given.answer
    if was == verdict:
        raise RefusedError(f"the answer is {verdict} already")
    said: dict[str, Any] = {"finding_id": finding_id, "question": question, "was": was, "now": verdict}
    said["reason"] = plain(reason, LONGEST_NOTE)
    update(desk, case, version)
    number = record(desk, find_exactly(desk, case.case_id), "desk:answer:overturned", said).number
    made = Overturn(number, desk.who, desk.now, **said)
    desk.connection.execute(OVERTURNS.insert().values(_owned(desk, case.case_id, made)))
    return made


def notes(desk: Desk, case_id: str) -> tuple[Note, ...]:
    """The notes of a case, oldest first."""
    return tuple(_all(desk, case_id, NOTES, Note))


def attachments(desk: Desk, case_id: str) -> tuple[Attachment, ...]:
    """The files of a case without their content, oldest first."""
    return tuple(_all(desk, case_id, ATTACHMENTS, Attachment))


def overturns(desk: Desk, case_id: str) -> tuple[Overturn, ...]:
    """What was overturned in a case, oldest first."""
    return tuple(_all(desk, case_id, OVERTURNS, Overturn))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _all(desk: Desk, case_id: str, table: sa.Table, kind: type[T]) -> Iterator[T]:
    columns = [table.c[field.name] for field in fields(kind)]  # type: ignore[arg-type]  # each of them is a record
    at = (table.c.tenant_id == desk.tenant, table.c.case_id == case_id)
    for row in desk.connection.execute(sa.select(*columns).where(*at).order_by(table.c.number)):
        yield kind(**row._mapping)


def _owned(desk: Desk, case_id: str, made: Note | Attachment | Overturn) -> dict[str, Any]:
    return {"tenant_id": desk.tenant, "case_id": case_id, **asdict(made)}
