"""Tar and zip archives: the files inside, one after the other, with bounds. No path inside is ever opened or written.

A member is named ``archive!path``. The bounds hold for an archive as a whole:
how many files, how much they expand to, and archives in it one level deep. A
zip that can't be read where it stands (in a pipe, or inside another file) is
copied to a temporary file without a name first.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import PurePath, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Final, NamedTuple, cast

from keywitness.errors import Reject, Source
from keywitness.readers.expand import BLOCK, FREE, MAX_RATIO, expand
from keywitness.readers.tar import HEAD, TarError, is_tar, tar_members

MAX_MEMBERS: Final = 100_000
MAX_DEPTH: Final = 1  # an archive in an archive is read, one in that is not
MAX_COPY: Final = 4 * 2**30
"""Bytes of a file that is copied because its reader must go back and forth in it."""
SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson", ".log", ".csv", ".tsv", ".parquet", ".txt", ""})
PACKED: Final = frozenset(
    {".gz", ".zst", ".bz2", ".xz", ".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tzst", ".7z", ".rar", ".avro"}
)

_MAX_DIRECTORY: Final = 16 * 2**20  # of a zip, which is read at once; MAX_MEMBERS entries need less
_MAX_NAME: Final = 300
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGE: Final = (
    *(zipfile.BadZipFile, TarError, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, NotImplementedError, RuntimeError, ValueError),
)


class Member(NamedTuple):
    """A file that is no archive: its bytes in blocks, expanded, and the file itself where it can be read in any order.

    ``blocks`` must be taken before the next member is asked for.
    """

    name: str
    blocks: Iterator[bytes]
    file: BinaryIO | None


@dataclass(slots=True)
class Budget:
    """What one input may still expand to, by its own size, so that a bomb is left unexploded."""

    size: int = 0
    written: int = 0
    names: set[str] = field(default_factory=set)

    def spend(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.written += len(block)
            if self.spent:
                raise ValueError(f"the archive expands to more than {MAX_RATIO} times its size")
            yield block

    @property
    def spent(self) -> bool:
        return self.written > FREE + self.size * MAX_RATIO


def plausible(path: PurePath) -> bool:
    """Whether a file in a folder or an archive may be a log: not hidden, and no suffix that no log has."""
    hidden = any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in path.parts)
    return path.suffix.lower() in SUFFIXES | PACKED and not hidden


def members(stream: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[Member]:
    """The files in ``stream``: itself when it is no archive. What can't be read is added to ``rejects``."""
    budget = Budget()
    start = stream.tell() if stream.seekable() else -1
    blocks = expand(cast(BinaryIO, _Metered(stream, budget)), name, rejects)
    head, blocks = peek(blocks, HEAD)
    yield from _opened(head, Member(name, blocks, _in_place(stream, start, head)), budget, rejects, 0)


def _opened(head: bytes, member: Member, budget: Budget, rejects: list[Reject], depth: int) -> Iterator[Member]:
    kind = _zipped if head.startswith(_ZIP) else _tarred if is_tar(head) else None
    if kind is None:
        yield member
    elif depth > MAX_DEPTH:
        rejects.append(Reject(Source(member.name), "an archive in an archive in an archive; unpack it first"))
    else:
        yield from _inside(kind(member, budget, rejects, depth), member.name, rejects)


def _inside(found: Iterator[Member], name: str, rejects: list[Reject]) -> Iterator[Member]:
    known, empty = len(rejects), True
    try:
        for inner in found:
            empty = False
            yield inner
    except _DAMAGE as error:
        rejects.append(Reject(Source(name), f"the archive can't be read on ({error})"))
    if empty and len(rejects) == known:
        rejects.append(Reject(Source(name), "an archive without a log file in it"))


def peek(blocks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes or more, where there are as many, and all blocks."""
    taken: list[bytes] = []
    length = 0
    while length < size and (block := next(blocks, None)) is not None:
        taken.append(block)
        length += len(block)
    return b"".join(taken), chain(taken, blocks)


def copied(blocks: Iterable[bytes]) -> BinaryIO:
    """The blocks in a temporary file without a name. Raises ValueError when they are too large."""
    file = cast(BinaryIO, TemporaryFile())  # noqa: SIM115  # it outlives this function; the system takes it back
    size = 0
    for block in blocks:
        size += len(block)
        if size > MAX_COPY:
            file.close()
            raise ValueError(f"larger than {MAX_COPY >> 30} GiB; unpack it first")
        file.write(block)
    file.seek(0)
    return file


def _in_place(stream: BinaryIO, start: int, head: bytes) -> BinaryIO | None:
    """The stream, when it can go back and isn't compressed; where it stands is left alone."""
    if start:
        return None
    here = stream.tell()
    stream.seek(0)
    same = stream.read(4) == head[:4]
    stream.seek(here)
    return stream if same else None


def _tarred(outer: Member, budget: Budget, rejects: list[Reject], depth: int) -> Iterator[Member]:
    for path, blocks in tar_members(outer.blocks):
        if plausible(PurePosixPath(path)):
            yield from _inner(blocks, outer.name, path, budget, rejects, depth)


def _zipped(outer: Member, budget: Budget, rejects: list[Reject], depth: int) -> Iterator[Member]:
    file = outer.file or copied(outer.blocks)
    try:
        budget.size = file.seek(0, 2) if depth == 0 else budget.size
        with zipfile.ZipFile(cast(IO[bytes], _Careful(file))) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and plausible(PurePosixPath(entry.filename)):
                    content = _content(archive, entry)
                    yield from _inner(content, outer.name, entry.filename, budget, rejects, depth)
    finally:
        if file is not outer.file:
            file.close()


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.flag_bits & 1:
        raise ValueError("encrypted; unpack it first")
    with archive.open(entry) as inside:
        while block := inside.read(BLOCK):
            yield block


def _inner(
    content: Iterator[bytes], outer: str, path: str, budget: Budget, rejects: list[Reject], depth: int
) -> Iterator[Member]:
    if len(budget.names) >= MAX_MEMBERS or budget.spent:
        raise ValueError(f"more than {MAX_MEMBERS:,} files or {MAX_RATIO} times its size; the rest is not read")
    name = f"{outer}!{''.join(c if c.isprintable() else '?' for c in path[:_MAX_NAME])}"
    name = f"{name}#{len(budget.names)}" if name in budget.names else name
    budget.names.add(name)
    expanded = expand(cast(BinaryIO, _Pieces(content)), name, rejects)
    head, blocks = peek(_told(budget.spend(expanded), name, rejects), HEAD)
    yield from _opened(head, Member(name, blocks, None), budget, rejects, depth + 1)


def _told(blocks: Iterator[bytes], name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """The blocks up to damage, which is added to ``rejects``."""
    try:
        yield from blocks
    except _DAMAGE as error:
        rejects.append(Reject(Source(name), f"damaged, cut off or not readable ({error})"))


class _Metered:
    """A file whose bytes count as the size of what is read."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self.stream, self.budget = stream, budget

    def read(self, size: int) -> bytes:
        block = self.stream.read(size)
        self.budget.size += len(block)
        return block


class _Pieces:
    """Blocks as a file that is read forward, one block at a time, none larger than what ``expand`` asks for."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks

    def read(self, size: int) -> bytes:  # noqa: ARG002
        return next((block for block in self.blocks if block), b"")


class _Careful:
    """A file from which no one takes a large piece at once: a zip's directory may claim to be one."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MAX_DIRECTORY:
            raise zipfile.BadZipFile("its directory is too large")
        return self.file.read(size if size >= 0 else _MAX_DIRECTORY)
