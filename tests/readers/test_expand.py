"""Compressed files and character sets: all of the text, in bounded pieces, and damage said aloud."""

import bz2
import lzma
from collections.abc import Callable
from io import BytesIO

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import Reject
from keywitness.readers import expand
from keywitness.readers.expand import BLOCK, FREE, utf8
from tests.readers.records import gz

Pack = Callable[[bytes], bytes]
PACKERS = [gz, zstandard.ZstdCompressor().compress, bz2.compress, lzma.compress]
TEXT = b'{"a": "' + b"0123456789abcdef" * 4_000 + b'"}\n'


def expanded(data: bytes) -> tuple[bytes, list[Reject]]:
    rejects: list[Reject] = []
    return b"".join(utf8(expand.expand(BytesIO(data), "x", rejects))), rejects


@pytest.mark.parametrize("pack", PACKERS)
def test_every_part_of_a_compressed_file_is_read(pack: Pack) -> None:
    assert expanded(pack(TEXT)) == (TEXT, [])
    assert expanded(pack(TEXT) + pack(b"more") + pack(b"")) == (TEXT + b"more", [])


@pytest.mark.parametrize("pack", PACKERS)
def test_a_file_cut_off_anywhere_gives_what_it_holds(pack: Pack) -> None:
    whole = pack(TEXT) + pack(TEXT)
    for cut in range(12, len(whole) - 1, max(1, len(whole) // 50)):
        text, rejects = expanded(whole[:cut])
        assert (TEXT + TEXT).startswith(text)
        assert rejects or text == TEXT, "an end in the middle of a part must be told"
        assert all("damaged or cut off" in r.reason for r in rejects)


def test_damage_is_told() -> None:
    data = bytearray(gz(TEXT * 20))
    data[len(data) // 2] ^= 0xFF
    text, rejects = expanded(bytes(data))
    assert len(text) <= len(TEXT) * 20
    assert "damaged" in rejects[0].reason


@pytest.mark.parametrize("pack", PACKERS)
def test_a_bomb_is_left_unexploded(pack: Pack) -> None:
    rejects: list[Reject] = []
    sizes = [len(block) for block in expand.expand(BytesIO(pack(bytes(FREE * 3))), "x", rejects)]
    assert sum(sizes) < FREE * 2.5
    assert max(sizes, default=0) <= 16 * BLOCK
    assert "times its size" in rejects[0].reason


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbf{}", b"{}"),
        ("\ufeff{}é".encode("utf-16-le"), "{}é".encode()),
        ("\ufeff{}é".encode("utf-16-be"), "{}é".encode()),
        ('{"a":1}'.encode("utf-16-le"), b'{"a":1}'),
        ('[{"a":1}]'.encode("utf-16-be"), b'[{"a":1}]'),
        (b"\xff\xfe{", b"\xef\xbf\xbd"),  # half a character
        (b"", b""),
        (b"{", b"{"),
    ],
)
def test_text_is_utf_8_without_a_mark(data: bytes, expected: bytes) -> None:
    assert expanded(data)[0] == expected


@pytest.mark.parametrize("magic", [b"7z\xbc\xaf\x27\x1c", b"Rar!", b"Obj\x01"])
def test_what_is_not_read_is_named(magic: bytes) -> None:
    text, rejects = expanded(magic + b"anything")
    assert text == b""
    assert "unpack" in rejects[0].reason


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\0", b"\xff\xfe"]),
)
def test_no_bytes_raise(data: bytes, magic: bytes) -> None:
    expanded(magic + data)


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=5), st.integers(1, 40))
def test_blocks_of_any_size_are_one_text(parts: list[bytes], size: int) -> None:
    data = b"".join(gz(p) for p in parts)
    blocks = (data[i : i + size] for i in range(0, len(data), size))
    assert b"".join(text for _, text in expand._gunzip(blocks)) == b"".join(parts)
