"""From a file's bytes to its text: decompression told by magic bytes, and character sets. All with bounds."""

import bz2
import codecs
import lzma
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final

import zstandard
from isal import igzip_lib, isal_zlib

from keywitness.errors import Reject, Source

BLOCK: Final = 8 * 2**20
"""Bytes read from a file at a time, and about the most text that is made of them at a time."""
MAX_RATIO: Final = 500
"""Text bytes per compressed byte, beyond the first FREE bytes. A log record holds ids that can't be compressed: about
40 random bytes in 1,300, so that 50 to 1 is already rare."""
FREE: Final = 64 * 2**20

_ZSTD_INPUT: Final = 4 * 2**10  # zstd makes at most 32,768 bytes of one, so at most 128 MiB of this
_XZ_MEMORY: Final = 256 * 2**20  # xz -9 needs 65 MiB
_UNREAD: Final = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar", b"Obj\x01": "Avro"}
_DAMAGE: Final = (zlib.error, igzip_lib.IsalError, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError)


def utf8(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 without a byte order mark; UTF-16 (as PowerShell writes it) is transcoded."""
    head = b""
    for block in blocks:
        head += block
        if len(head) >= 4:
            break
    charset = _charset(head)
    if charset is None:
        yield head.removeprefix(codecs.BOM_UTF8)
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(charset)(errors="replace")
    for block in chain((head,), blocks):
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _charset(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head[:1] in (b"{", b"[") and head[1:2] == b"\0":
        return "utf-16-le"
    return "utf-16-be" if head[:1] == b"\0" and head[1:2] in (b"{", b"[") else None


def expand(stream: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """The bytes of a file, decompressed, in blocks of any size. What can't be expanded is added to ``rejects``."""
    head = stream.read(BLOCK)
    blocks = _rest(head, stream)
    if head.startswith(b"\x1f\x8b"):
        yield from _bounded(_gunzip(blocks), name, rejects)
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        yield from _bounded(_unzstd(blocks), name, rejects)
    elif head.startswith(b"BZh"):
        yield from _bounded(_unbz2(blocks), name, rejects)
    elif head.startswith(b"\xfd7zXZ\0"):
        yield from _bounded(_unxz(blocks), name, rejects)
    elif kind := next((kind for magic, kind in _UNREAD.items() if head.startswith(magic)), None):
        rejects.append(Reject(Source(name), f"a {kind} file; unpack or convert it to JSON first"))
    else:
        yield from blocks


def _rest(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    while head:
        yield head
        head = stream.read(BLOCK)


def _bounded(parts: Iterator[tuple[int, bytes]], name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """Blocks from a decompressor that yields (compressed bytes used so far, block); stops at a bomb or at damage."""
    written = 0
    try:
        for used, block in parts:
            written += len(block)
            if written > FREE + used * MAX_RATIO:
                reason = f"expands to more than {MAX_RATIO} times its size; reading stopped after {written:,} bytes"
                rejects.append(Reject(Source(name), reason))
                return
            yield block
    except _DAMAGE as error:  # type: ignore[misc]  # isal's stub has its exception as an instance
        reason = f"the compressed data is damaged or cut off after {written:,} bytes of text ({error})"
        rejects.append(Reject(Source(name), reason))


def _gunzip(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """All members of a gzip file: a one-shot call would silently drop those after the first."""
    used, inflate, open_member = 0, isal_zlib.decompressobj(31), False
    for block in blocks:
        used += len(block)
        while block:
            text = inflate.decompress(block, BLOCK)
            open_member, block = not inflate.eof, inflate.unconsumed_tail
            if inflate.eof:
                block, inflate = inflate.unused_data.lstrip(b"\0"), isal_zlib.decompressobj(31)
            yield used - len(block), text
    if open_member:
        yield used, inflate.flush()
        if not inflate.eof:
            raise EOFError("the end of the gzip stream is missing")


def _unzstd(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    used, inflate, open_frame = 0, zstandard.ZstdDecompressor().decompressobj(), False
    for block in blocks:
        for at in range(0, len(block), _ZSTD_INPUT):
            part = block[at : at + _ZSTD_INPUT]
            used += len(part)
            while part:
                yield used, inflate.decompress(part)
                part, open_frame = inflate.unused_data, not inflate.eof
                if inflate.eof:
                    inflate = zstandard.ZstdDecompressor().decompressobj()
    if open_frame:
        raise EOFError("the end of the zstd stream is missing")


def _unbz2(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    used, inflate, open_stream = 0, bz2.BZ2Decompressor(), False
    for block in blocks:
        used += len(block)
        while block or not inflate.needs_input:
            yield used, inflate.decompress(block, BLOCK)
            block, open_stream = b"", not inflate.eof
            if inflate.eof:
                block, inflate = inflate.unused_data, bz2.BZ2Decompressor()
    if open_stream:
        raise EOFError("the end of the bzip2 stream is missing")


def _unxz(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    used, inflate, open_stream = 0, _xz(), False
    for block in blocks:
        used += len(block)
        while block or not (inflate.needs_input or inflate.eof):
            yield used, inflate.decompress(block, BLOCK)
            block, open_stream = b"", not inflate.eof
            if inflate.eof:
                block, inflate = inflate.unused_data.lstrip(b"\0"), _xz()
    if open_stream:
        raise EOFError("the end of the xz stream is missing")


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
