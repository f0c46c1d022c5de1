"""From files to record bytes: discovery and framing. All with bounds; nothing here knows a provider.

Archives are opened and tables turned into objects first. Of JSON, lines are taken one
by one. Any other text is framed by one JSON parse when it
is small enough to be held; what is larger, broken or truncated goes through a
scanner that needs no valid document, so that each record before and after a
bad one is still found.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

import msgspec

from keywitness.errors import Reject, Source, UsageError
from keywitness.readers import MAX_RECORD
from keywitness.readers.archives import Member, copied, members, peek, plausible
from keywitness.readers.expand import BLOCK, utf8
from keywitness.readers.remote import Remote, listed
from keywitness.readers.scan import CONTAINERS, scan
from keywitness.readers.stores import is_url
from keywitness.readers.tables import PARQUET, csv_rows, delimiter, parquet_rows, query_rows

WHOLE: Final = 128 * 2**20
"""A document whose text is at most this is framed in one parse; a larger one is scanned block by block."""
BATCH: Final = 10_000  # records handed on at a time

_TEXT: Final = re.compile(rb"\S")
_HEADER: Final = re.compile(rb'^[^{\n]{0,400}\w[^{\n]{0,40}(?=\{")')
_JSON: Final = re.compile(rb"\s*[{\[]")
_BEFORE: Final = 500  # bytes that a header and its brace may have
_BAD: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)

_Page = list[msgspec.Raw] | dict[str, msgspec.Raw] | str | int | float | bool | None


class _Document(msgspec.Struct):
    """The keys of CONTAINERS; only a list of objects under one of them is a page."""

    Records: _Page = None
    records: _Page = None
    value: _Page = None
    Events: _Page = None
    events: _Page = None
    entries: _Page = None
    logEvents: _Page = None
    results: _Page = None
    Results: _Page = None
    receivedMessages: _Page = None
    Messages: _Page = None
    findings: _Page = None
    Findings: _Page = None
    hits: _Page = None  # of a search response, which keeps its list in another ``hits``


_document: Final = msgspec.json.Decoder(_Document)
_list: Final = msgspec.json.Decoder(list[msgspec.Raw])
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file (``-`` is standard input) or an object to read, and its size as it lies, in bytes."""

    path: Path | Remote
    size: int


class Page(NamedTuple):
    """Records of one file (``a.zip!b.json`` for one in an archive) as JSON texts.

    Where they stand one after the other in a document or, ``by_line``, each in a line of its own, ``text`` holds them
    all, for who can read them at once; ``records`` splits it only when it is asked for.
    """

    file: str
    records: Iterable[bytes]
    text: bytes = b""
    by_line: bool = False


def discover(inputs: Iterable[str]) -> list[LogFile]:
    """The files named by paths, folders, globs and URLs of object stores, each once, in a stable order.

    Hidden files, and files in a folder whose suffix no log has, are passed over. Raises UsageError for a path that
    doesn't exist and for a folder or glob that holds no file.
    """
    found: dict[Path | Remote, LogFile] = {}
    for given in inputs:
        files = listed(given) if is_url(given) else _matching(given)
        if not files:
            raise UsageError(f"{given}: no log files here")
        for file in files:
            if isinstance(file, Remote):
                found.setdefault(file, LogFile(file, file.size))
            elif str(file) == "-":
                found.setdefault(file, LogFile(file, 0))
            else:
                found.setdefault(file.resolve(), LogFile(file, file.stat().st_size))
    return list(found.values())


def _matching(given: str) -> list[Path]:
    path = Path(given)
    if given == "-" or path.is_file():
        return [path]
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if plausible(p.relative_to(path)) and p.is_file())
    if not any(c in given for c in "*?["):
        raise UsageError(f"{given}: no such file or folder")
    root = Path(path.anchor)
    try:
        return sorted(p for p in root.glob(str(path.relative_to(root))) if p.is_file())
    except ValueError as error:
        raise UsageError(f"{given}: {error}") from None


def frames(stream: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[Page]:
    """The records of one file as JSON texts, in order; what can't be read is added to ``rejects``."""
    for member in members(stream, name, rejects):
        yield from _framed(member, rejects)


def _framed(member: Member, rejects: list[Reject]) -> Iterator[Page]:
    head, blocks = peek(member.blocks, len(PARQUET))
    if head.startswith(PARQUET):
        yield from _pages(member.name, _columns(member.file, blocks, member.name, rejects))
        return
    text = utf8(blocks)
    head = _take(text, BLOCK)
    separator = None if _JSON.match(head) else delimiter(head)
    if separator is None:
        yield from _json(head, text, member.name, rejects)
    else:
        yield from _pages(member.name, csv_rows(chain((head,), text), separator))


def _pages(name: str, records: Iterable[bytes]) -> Iterator[Page]:
    return (Page(name, batch) for batch in _batched(records))


def _columns(file: BinaryIO | None, blocks: Iterator[bytes], name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """The rows of a Parquet file; inside another file it is copied first, since its index is at the end."""
    try:
        file = file or copied(blocks)
    except (OSError, ValueError) as error:
        rejects.append(Reject(Source(name), f"the Parquet file can't be read ({error})"))
        return
    yield from parquet_rows(file, name, rejects)


def _json(head: bytes, blocks: Iterator[bytes], name: str, rejects: list[Reject]) -> Iterator[Page]:
    if _prefix(head):
        yield from _pages(name, _unheaded(_lines(chain((head,), blocks))))
        return
    if _first_is_record(head):
        lines = _lines(chain((head,), blocks), WHOLE if (pages := _is_container(_first_line(head))) else MAX_RECORD + 1)
        if pages:
            yield from _pages(name, _unpaged(line for text in lines for line in _filled(text)))
        else:
            yield from (Page(name, _filled(text), text, by_line=True) for text in lines)
        return
    head += _take(blocks, WHOLE - len(head))
    more = next(blocks, b"")
    yield Page(name, _document_records(head, more, blocks, name, rejects), b"" if more else head)


def _document_records(
    head: bytes, more: bytes, blocks: Iterator[bytes], name: str, rejects: list[Reject]
) -> Iterator[bytes]:
    known = len(rejects)
    records = None if more else _whole(head)
    if records is not None:
        yield from records
        return
    text = chain((head[i : i + BLOCK] for i in range(0, len(head), BLOCK)), (more,), blocks)
    found = False
    for record in chain.from_iterable(map(_filled, _lines(text))) if _second_is_record(head) else scan(text):
        found = True
        yield record
    if not found and len(rejects) == known and _TEXT.search(head):
        rejects.append(Reject(Source(name), "holds no JSON record", head[:200].decode(errors="replace")))


def _take(blocks: Iterator[bytes], size: int) -> bytes:
    """Blocks until they come to ``size`` bytes, in one piece."""
    taken: list[bytes] = []
    while size > 0 and (block := next(blocks, None)) is not None:
        taken.append(block)
        size -= len(block)
    return b"".join(taken)


def _first_line(head: bytes) -> bytes:
    """The first line that isn't blank, without a copy of what may be a whole document."""
    text = _TEXT.search(head)
    start = text.start() if text else len(head)
    end = head.find(b"\n", start)
    return head[start : end if end >= 0 else len(head)]


def _first_is_record(head: bytes) -> bool:
    """Whether the first of several lines is a JSON object: then each line is a record."""
    text = _TEXT.search(head)
    newline = head.find(b"\n", text.start()) if text else -1
    return newline >= 0 and bool(_TEXT.search(head, newline)) and _is_object(_first_line(head))


def _prefix(head: bytes) -> bool:
    """Whether the first line is a JSON object behind a header, as syslog and the AWS CLI write it."""
    text = _TEXT.search(head)
    if text is None or not _HEADER.match(head[text.start() : text.start() + _BEFORE]):
        return False
    line = _first_line(head).rstrip()
    header = _HEADER.match(line)
    return bool(header and _is_object(line[header.end() :]))


def _second_is_record(head: bytes) -> bool:
    """Whether only the first line is broken."""
    first, _, rest = head.lstrip().partition(b"\n")
    return not first.rstrip().endswith(b"[") and _is_object(rest.partition(b"\n")[0])


def _is_object(text: bytes) -> bool:
    try:
        return bool(_object.decode(text)) or text.strip() == b"{}"
    except _BAD:
        return False


def _whole(text: bytes) -> Iterator[bytes] | None:
    """The records of a JSON document: a list's, those under a known container key, or itself. None when it is none."""
    start = _TEXT.search(text)
    if start is None:
        return iter(())
    try:
        if text[start.start()] == ord("["):
            return map(bytes, _list.decode(text))
        rows = query_rows(text)
        if rows is not None:
            return rows
        inside = _contained(text)
    except _BAD:
        return None
    return iter((text,)) if inside is None else map(bytes, inside)


def _contained(text: bytes) -> list[msgspec.Raw] | None:
    """What stands under a known container key, or None without one: an empty list may be a record's own field.

    Raises msgspec's error when it is no object.
    """
    found = _document.decode(text)
    if isinstance(found.hits, dict) and "hits" in found.hits:
        return _list.decode(found.hits["hits"])
    pages = (page for name in CONTAINERS if isinstance(page := getattr(found, name), list))
    return next((page for page in pages if page and bytes(page[0])[:1] == b"{"), None)


def _is_container(line: bytes) -> bool:
    try:
        return query_rows(line) is not None or _contained(line) is not None
    except _BAD:
        return False


def _lines(blocks: Iterable[bytes], limit: int = MAX_RECORD + 1) -> Iterator[bytes]:
    """Whole lines, many at a time; one past the bound is cut."""
    long: list[bytes] = []  # the beginnings of a line that more than one block has
    for block in blocks:
        first = block.find(b"\n")
        if first < 0:
            room = limit - sum(map(len, long))
            long += [block[:room]] if room > 0 else []
            continue
        last = block.rfind(b"\n")
        rest = b"".join(long)
        yield rest + block[: last + 1] if len(rest) + first <= limit else _cut(rest, block, first, last, limit)
        long = [block[last + 1 :][:limit]]
    yield b"".join(long)


def _cut(rest: bytes, block: bytes, first: int, last: int, limit: int) -> bytes:
    return rest + block[: max(0, limit - len(rest))] + block[first : last + 1]


def _filled(text: bytes) -> Iterator[bytes]:
    return (line for line in text.split(b"\n") if line.strip())


def _unheaded(texts: Iterable[bytes]) -> Iterator[bytes]:
    return (_HEADER.sub(b"", line) for text in texts for line in _filled(text))


def _unpaged(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        records = _whole(line)
        yield from (line,) if records is None else records


def _batched(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
