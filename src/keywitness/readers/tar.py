"""Tar archives, read forward only, so that one in a pipe or a compressed file needs no copy.

The standard library's reader takes a broken header for the end of the archive
and reads an extended header of any size into memory; here the first is told
and the second is bounded.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

HEAD: Final = 512
"""Bytes of a header, and what each file in a tar is padded to."""

_FILES: Final = (b"0", b"\0", b"7", b"")
_LONG_NAME: Final = b"L"
_EXTENDED: Final = b"x"
_SPARSE: Final = b"S"
_MAX_EXTENDED: Final = 2**20  # of a header for long names: a path has at most some 4,000 bytes


class TarError(ValueError):
    """The archive is damaged, or has a part that isn't read."""


class _Header(NamedTuple):
    name: bytes
    size: int
    kind: bytes


def is_tar(head: bytes) -> bool:
    """Whether the first HEAD bytes are a tar header: by its checksum, since old tars have no magic."""
    return len(head) >= HEAD and any(head[:HEAD]) and _sums_up(head[:HEAD])


def tar_members(blocks: Iterator[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The regular files, each with its bytes, which must be taken before the next. Raises TarError at damage."""
    source = _Forward(blocks)
    long_name, extended, ended = b"", dict[bytes, bytes](), False
    while block := source.take(HEAD):
        if not any(block):  # the end, or a gap between archives that were put one after the other
            ended = True
            continue
        header, ended = _header(block), False
        if header.kind in (_LONG_NAME, _EXTENDED):
            if header.size > _MAX_EXTENDED:
                raise TarError("a name in the archive is too long")
            content = source.take(header.size)
            source.skip(-header.size % HEAD)
            long_name = content.rstrip(b"\0") if header.kind == _LONG_NAME else long_name
            extended = _records(content) if header.kind == _EXTENDED else extended
            continue
        size = _size(extended, header.size)
        body = _Body(source, size)
        name = extended.get(b"path") or long_name or header.name
        if header.kind == _SPARSE or _is_sparse(extended):
            yield name.decode(errors="replace"), _refused("a sparse file, which isn't read")
        elif header.kind in _FILES and not name.endswith(b"/"):
            yield name.decode(errors="replace"), body.blocks()
        body.finish()
        long_name, extended = b"", {}
    if not ended:
        raise TarError("the end of the archive is missing")


class _Forward:
    """Bytes taken from blocks in order."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.blocks = blocks
        self.rest = memoryview(b"")

    def some(self, size: int) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        while not self.rest:
            block = next(self.blocks, None)
            if block is None:
                return b""
            self.rest = memoryview(block)
        taken, self.rest = self.rest[:size], self.rest[size:]
        return bytes(taken)

    def take(self, size: int) -> bytes:
        """Exactly ``size`` bytes, or none at the end. Raises TarError when it ends in between."""
        parts: list[bytes] = []
        while size > 0 and (part := self.some(size)):
            parts.append(part)
            size -= len(part)
        if parts and size:
            raise TarError("the archive is cut off")
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size > 0:
            part = self.some(size)
            if not part:
                raise TarError("the archive is cut off")
            size -= len(part)


class _Body:
    """The bytes of one file, and the padding after them."""

    def __init__(self, source: _Forward, size: int) -> None:
        self.source = source
        self.left = size
        self.padding = -size % HEAD

    def blocks(self) -> Iterator[bytes]:
        while self.left:
            part = self.source.some(self.left)
            if not part:
                raise TarError("the archive is cut off")
            self.left -= len(part)
            yield part

    def finish(self) -> None:
        self.source.skip(self.left + self.padding)
        self.left = self.padding = 0


def _refused(why: str) -> Iterator[bytes]:
    yield from ()
    raise TarError(why)


def _header(block: bytes) -> _Header:
    if not _sums_up(block):
        raise TarError("a header in the archive is damaged")
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return _Header(prefix + b"/" + name if prefix else name, _number(block[124:136]), block[156:157])


def _sums_up(block: bytes) -> bool:
    """Whether the header's checksum holds; some writers took the bytes as signed."""
    try:
        expected = _number(block[148:156])
    except TarError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    unsigned = sum(rest)
    return expected in (unsigned, unsigned - 256 * sum(byte > 127 for byte in rest))


def _number(field: bytes) -> int:
    """Octal digits, or a binary number when the first bit is set."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    try:
        number = int(field.split(b"\0")[0].strip() or b"0", 8)
    except ValueError:
        raise TarError("a header in the archive is damaged") from None
    if number < 0:
        raise TarError("a header in the archive is damaged")
    return number


def _records(content: bytes) -> dict[bytes, bytes]:
    """The ``length key=value`` records of an extended header."""
    found: dict[bytes, bytes] = {}
    while content:
        length, _, _ = content.partition(b" ")
        if not length.isdigit() or not len(length) < int(length) <= len(content):
            raise TarError("a header in the archive is damaged")
        key, _, value = content[len(length) + 1 : int(length)].rstrip(b"\n").partition(b"=")
        found[key], content = value, content[int(length) :]
    return found


def _size(extended: dict[bytes, bytes], size: int) -> int:
    given = extended.get(b"size", b"")
    return int(given) if given.isdigit() and len(given) < 20 else size


def _is_sparse(extended: dict[bytes, bytes]) -> bool:
    return any(key.startswith(b"GNU.sparse") for key in extended)
