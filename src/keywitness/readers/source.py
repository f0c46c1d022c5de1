"""From files to record bytes: discovery, decompression, character sets, framing. All with bounds.

Nothing here knows a provider. A file is read whole when it is small enough
to be framed by one JSON parse; anything larger, broken or truncated goes
through a scanner that needs no valid document, so that each record before
and after a bad one is still found.
"""

import bz2
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import zstandard
from isal import isal_zlib

from keywitness.errors import Reject, Source, UsageError
from keywitness.readers import MAX_RECORD

BLOCK: Final = 8 * 2**20
WHOLE: Final = 256 * 2**20
"""A file whose text is at most this is framed in one parse; a larger one is scanned block by block."""
MAX_RATIO: Final = 2_000
"""Expanded bytes per compressed byte. gzip's own limit is about 1,030 to 1; above this the file is a bomb."""

_OUTPUT: Final = 64 * 2**20  # text taken from a decompressor at a time

_SUFFIXES: Final = {".json", ".jsonl", ".ndjson", ".log", ".gz", ".zst", ".bz2", ".txt", ""}
_TOKEN: Final = re.compile(rb'["{}\[\]\\]')
_CONTAINERS: Final = ("Records", "records", "value", "Events", "events", "entries")


class _Containers(msgspec.Struct):
    Records: list[msgspec.Raw] | None = None
    records: list[msgspec.Raw] | None = None
    value: list[msgspec.Raw] | None = None
    Events: list[msgspec.Raw] | None = None
    events: list[msgspec.Raw] | None = None
    entries: list[msgspec.Raw] | None = None


_containers = msgspec.json.Decoder(_Containers)
_list = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file to read, and its size on disk in bytes."""

    path: Path
    size: int


def discover(inputs: Iterable[str]) -> list[LogFile]:
    """The files named by paths, folders and globs, each once, in a stable order.

    Raises UsageError for a path that doesn't exist and for a folder or glob that holds no file.
    """
    found: dict[Path, LogFile] = {}
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            files = [p for p in sorted(path.rglob("*")) if p.is_file() and _plausible(p)]
        elif path.is_file() or given == "-":
            files = [path]
        else:
            root = Path(path.anchor or ".")
            files = sorted(p for p in root.glob(str(path.relative_to(root) if path.anchor else path)) if p.is_file())
            if not files and not any(c in given for c in "*?["):
                raise UsageError(f"{given}: no such file or folder")
        if not files:
            raise UsageError(f"{given}: no log files here")
        for file in files:
            found.setdefault(file, LogFile(file, 0 if given == "-" else file.stat().st_size))
    return list(found.values())


def _plausible(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts[-2:]) and path.suffix.lower() in _SUFFIXES


def frames(stream: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[list[bytes]]:
    """The records of one file as lists of JSON texts, in order; what can't be read is added to ``rejects``."""
    blocks = _text(_expand(stream, name, rejects))
    head = bytearray()
    for block in blocks:
        head += block
        if len(head) > WHOLE:
            yield from _stream(head, blocks)
            return
    yield from _whole(bytes(head))


def _whole(data: bytes) -> Iterator[list[bytes]]:
    stripped = data.lstrip()
    if not stripped:
        return
    try:
        if stripped[:1] == b"[":
            yield [bytes(r) for r in _list.decode(stripped)]
            return
        first = stripped.split(b"\n", 1)[0]
        if not first.rstrip().endswith(b"}") or stripped.count(b"\n") <= 1:
            yield _contained(stripped)
            return
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        pass
    yield _lines(stripped) if _is_ndjson(stripped) else list(scan([stripped]))


def _contained(document: bytes) -> list[bytes]:
    """The records of a JSON document: those under a known container key, else the document itself."""
    try:
        found = _containers.decode(document)
    except msgspec.ValidationError:  # a container's name on something that is no list
        return [document]
    for key in _CONTAINERS:
        records = getattr(found, key)
        if records is not None:
            return [bytes(r) for r in records]
    return [document]


def _is_ndjson(data: bytes) -> bool:
    """Whether each line is a record: the first line is, or the second where the first is broken."""
    for line in data.split(b"\n", 2)[:2]:
        try:
            if isinstance(msgspec.json.decode(line), dict):
                return True
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            continue
    return False


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


def _stream(head: bytearray, blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Records of a file too large to hold: line by line when it is NDJSON, scanned otherwise."""
    if not _is_ndjson(bytes(head[: 2 * MAX_RECORD])):
        yield from _batched(scan(_chain(bytes(head), blocks)))
        return
    rest = b""
    for block in _chain(bytes(head), blocks):
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        yield [line for line in lines if line.strip()]
    if rest.strip():
        yield [rest]


def _chain(head: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield from (head[i : i + BLOCK] for i in range(0, len(head), BLOCK))
    yield from blocks


def _batched(records: Iterator[bytes], size: int = 20_000) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def scan(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The JSON objects in a text that no parser takes whole: truncated, one record broken, objects in a row.

    Yields each object that stands at the top, in a top-level array, or in an array under a known container key.
    Counts brackets only, so that nesting of any depth costs no stack. What is cut off at the end is yielded too,
    and then rejected as invalid JSON where it is decoded.
    """
    yield from _Scanner().run(blocks)


class _Scanner:
    """Bracket counting over blocks; ``base`` is the depth at which records stand."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.start = -1  # where the record that is open began, in the buffer
        self.depth = 0
        self.base = 0
        self.in_string = False
        self.position = 0

    def run(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.buffer += block
            yield from self._advance()
            self._forget()
        if self.start >= 0 and self.depth > self.base:
            yield bytes(self.buffer[self.start :])

    def _advance(self) -> Iterator[bytes]:
        for token in _TOKEN.finditer(self.buffer, self.position):
            at = token.start()
            if at < self.position:
                continue
            self.position = at + 1
            char = self.buffer[at]
            if char == 0x5C:  # a backslash takes the next character with it
                self.position = at + 2
            elif char == 0x22:
                self.in_string = not self.in_string
            elif not self.in_string:
                if char in b"{[":
                    self._open(at, char)
                elif (record := self._close(at)) is not None:
                    yield record
        self.position = max(self.position, len(self.buffer))

    def _open(self, at: int, char: int) -> None:
        if char == 0x7B and self.depth == self.base:
            self.start = at
        elif char == 0x5B and self.depth == self.base:
            self.base += 1
        elif char == 0x5B and self.depth == self.base + 1 and self._names_container(at):
            self.base, self.start = self.depth + 1, -1
        self.depth += 1

    def _names_container(self, at: int) -> bool:
        key = bytes(self.buffer[max(0, at - 40) : at]).rstrip().removesuffix(b":").rstrip()
        return any(key.endswith(f'"{name}"'.encode()) for name in _CONTAINERS)

    def _close(self, at: int) -> bytes | None:
        self.depth = max(0, self.depth - 1)
        if self.depth < self.base:
            self.base = 0 if self.depth == 0 else self.base
            self.start = -1
            return None
        if self.depth == self.base and self.start >= 0:
            record, self.start = bytes(self.buffer[self.start : at + 1]), -1
            return record
        return None

    def _forget(self) -> None:
        """Drop what is behind; of a record past the bound keep just enough to be rejected as too large."""
        cut = self.start if self.start >= 0 else len(self.buffer)
        if self.start >= 0 and len(self.buffer) - self.start > 2 * MAX_RECORD:
            keep = MAX_RECORD + 1
            del self.buffer[self.start + keep :]
            self.position = len(self.buffer)
            cut = self.start
        if cut > 64:
            cut -= 64  # the key before a container's bracket
            del self.buffer[:cut]
            self.position -= cut
            self.start -= cut if self.start >= 0 else 0


def _text(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 without a byte order mark; UTF-16 (as PowerShell writes it) is transcoded."""
    first = next(blocks, b"")
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = first + b"".join(blocks)
        yield data.decode("utf-16", errors="replace").encode()
        return
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from blocks


def _expand(stream: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """Decompressed blocks, told by magic bytes and not by the file's name."""
    head = stream.read(BLOCK)
    blocks = _chain(head, iter(lambda: stream.read(BLOCK), b""))
    if head.startswith(b"\x1f\x8b"):
        yield from _bounded(_gunzip(blocks), name, rejects)
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        yield from _bounded(_unzstd(blocks), name, rejects)
    elif head.startswith(b"BZh"):
        yield from _bounded(_unbz2(blocks), name, rejects)
    else:
        yield from blocks


def _bounded(parts: Iterator[tuple[int, bytes]], name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """Blocks from a decompressor that yields (compressed bytes taken so far, block); stops at a bomb or damage."""
    written = 0
    try:
        for taken, block in parts:
            written += len(block)
            if written > max(taken, 1) * MAX_RATIO:
                reason = f"expands to more than {MAX_RATIO:,} times its size; reading stopped after {written:,} bytes"
                rejects.append(Reject(Source(name), reason))
                return
            yield block
    except (zlib.error, isal_zlib.error, zstandard.ZstdError, OSError, EOFError) as error:
        reason = f"the compressed data is damaged or cut off after {written:,} bytes of text ({error})"
        rejects.append(Reject(Source(name), reason))


def _gunzip(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """All members of a gzip file: a one-shot call would silently drop those after the first."""
    taken, inflate, unfinished = 0, isal_zlib.decompressobj(31), False
    for block in blocks:
        taken += len(block)
        while block:
            yield taken, inflate.decompress(block, _OUTPUT)
            unfinished = not inflate.eof
            block = inflate.unconsumed_tail
            if inflate.eof:
                block, inflate = inflate.unused_data.lstrip(b"\0"), isal_zlib.decompressobj(31)
    if unfinished:
        yield taken, inflate.flush()
        if not inflate.eof:
            raise EOFError("the end of the gzip stream is missing")


def _unzstd(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    taken, inflate = 0, zstandard.ZstdDecompressor().decompressobj(read_across_frames=True)
    for block in blocks:
        taken += len(block)
        yield taken, inflate.decompress(block)


def _unbz2(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    taken, inflate = 0, bz2.BZ2Decompressor()
    for block in blocks:
        taken += len(block)
        while block or not inflate.needs_input:
            yield taken, inflate.decompress(block, _OUTPUT)
            block = inflate.unused_data
            if inflate.eof:
                inflate = bz2.BZ2Decompressor()
    if taken and not inflate.needs_input:
        raise EOFError("the end of the bzip2 stream is missing")
