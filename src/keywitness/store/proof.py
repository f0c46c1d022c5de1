"""What the tables say, held against the record: each finding, note, file, overturned answer, and what a case is."""

import hashlib
import json
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, Final

import sqlalchemy as sa
import zstandard

from keywitness.audit import Anchor, Broken, Entry
from keywitness.store import Desk, record, writing
from keywitness.store.rows import STATE
from keywitness.store.tables import ATTACHMENTS, CASES, FINDINGS, NOTES, OVERTURNS

_STREAMED: Final = {"yield_per": 1_000}
_OVERTURNED: Final = ("finding_id", "question", "was", "now", "reason")


def prove(desk: Desk, anchors: Iterable[Anchor] = ()) -> Broken | None:
    """The first broken link of the record, or else the first thing in the tables that the record doesn't say so.

    For the latter ``number`` is that of the entry that says otherwise, or 0 when no entry speaks of it at all.
    """
    broken = record.verify(desk, anchors)
    if broken:
        return broken
    with closing(_differences(desk, _said(record.walk(desk)))) as found:
        return next(found, None)


def _said(entries: Iterable[Entry]) -> "dict[tuple[str, Any], tuple[int, Any]]":
    """The last word of the record on each thing, and the entry that says it."""
    found: dict[tuple[str, Any], tuple[int, Any]] = {}
    for entry in entries:
        body = json.loads(entry.body)
        if "case" in body:
            found["case", entry.subject] = entry.number, body["case"]
        for finding in body.get("findings", ()):
            found["finding", finding["id"]] = entry.number, (finding["sha256"], finding["whole"])
        if entry.action in ("desk:note:added", "desk:attachment:added"):
            found[entry.action, entry.number] = entry.number, body["sha256"]
        if entry.action == "desk:answer:overturned":
            found[entry.action, entry.number] = entry.number, tuple(body[name] for name in _OVERTURNED)
    return found


def _differences(desk: Desk, said: "dict[tuple[str, Any], tuple[int, Any]]") -> Generator[Broken]:
    with closing(_stored(desk)) as stored:
        for what, key, is_now in stored:
            number, was = said.pop((what, key), (0, None))
            if was != is_now:
                yield Broken(number, f"{_name(what)} {key} isn't what the record says of it")
    for (what, key), (number, _) in sorted(said.items(), key=lambda item: item[1][0]):
        yield Broken(number, f"{_name(what)} {key} is in the record, and gone from the store")


def _stored(desk: Desk) -> Generator[tuple[str, Any, Any]]:
    """(kind, key, what the record should say of it) of all that is kept."""
    for row in _rows(desk, CASES, "case_id", *STATE):
        yield "case", row.case_id, {name: row._mapping[name] for name in STATE}
    for row in _rows(desk, FINDINGS, "finding_id", "json", "whole"):
        yield "finding", row.finding_id, (writing.sha256(row.json.encode()), _whole(row.whole))
    for row in _rows(desk, NOTES, "number", "text"):
        yield "desk:note:added", row.number, writing.sha256(row.text.encode())
    for row in _rows(desk, ATTACHMENTS, "number", "content"):
        yield "desk:attachment:added", row.number, writing.sha256(row.content)
    for row in _rows(desk, OVERTURNS, "number", *_OVERTURNED):
        yield "desk:answer:overturned", row.number, tuple(row._mapping[name] for name in _OVERTURNED)


def _rows(desk: Desk, table: sa.Table, *names: str) -> Iterator[Any]:
    query = sa.select(*(table.c[name] for name in names)).where(table.c.tenant_id == desk.tenant)
    with desk.connection.execute(query, execution_options=_STREAMED) as rows:
        yield from rows


def _whole(packed: bytes) -> str:
    try:
        return hashlib.sha256(zstandard.ZstdDecompressor().decompress(packed)).hexdigest()
    except zstandard.ZstdError:
        return "unreadable"


def _name(what: str) -> str:
    return what.split(":")[1] if ":" in what else what
