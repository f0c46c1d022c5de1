"""Tar archives: every regular file, whatever writer made it, and damage told instead of taken for the end."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers.tar import HEAD, TarError, is_tar, tar_members

FILES = {"a.json": b"{}", "deep/" * 40 + "long.json": b"x" * 512, "größe.json": b"y" * 1300, "empty": b""}


def packed(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return out.getvalue()


def pieces(data: bytes, size: int = 700) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def read(data: bytes, size: int = 700) -> dict[str, bytes]:
    return {name: b"".join(blocks) for name, blocks in tar_members(pieces(data, size))}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("size", [1, 511, 512, 10_240])
def test_files_are_read_and_nothing_else(form: int, size: int) -> None:
    assert is_tar(packed(FILES, form))
    assert read(packed(FILES, form), size) == FILES


def test_old_formats_are_read_too() -> None:
    short = {"a.json": b"{}", "d" * 90 + "/" + "b" * 90: b"1"}
    assert read(packed(short, tarfile.USTAR_FORMAT)) == short


def test_archives_in_a_row_are_all_read() -> None:
    assert set(read(packed({"a": b"1"}) + packed({"b": b"2"}))) == {"a", "b"}


def test_what_is_not_taken_is_passed_over() -> None:
    assert [name for name, _ in tar_members(pieces(packed(FILES)))] == list(FILES)


def test_an_archive_cut_off_anywhere_is_told() -> None:
    whole = packed({"a.json": b"x" * 1000, "b.json": b"y" * 10})
    end = len(whole.rstrip(b"\0"))
    for cut in range(1, end, 100):
        with pytest.raises(TarError):
            read(whole[:cut])


def test_a_broken_header_is_not_the_end() -> None:
    data = bytearray(packed({"a.json": b"{}", "b.json": b"{}"}))
    data[data.index(b"b.json")] ^= 0xFF
    with pytest.raises(TarError, match="header"):
        read(bytes(data))


def test_a_sparse_file_is_told_and_costs_only_itself() -> None:
    data = bytearray(packed({"a.json": b"{}", "b.json": b"{}"}))
    at = data.index(b"a.json")
    data[at + 156 : at + 157] = b"S"
    _sign(data, at)
    found = tar_members(pieces(bytes(data)))
    _, blocks = next(found)
    with pytest.raises(TarError, match="sparse"):
        list(blocks)
    assert [name for name, _ in found] == ["b.json"]


def test_a_name_without_end_is_refused() -> None:
    data = bytearray(packed({"x" * 200: b"{}"}, tarfile.GNU_FORMAT))
    at = data.index(b"././@LongLink")
    data[at + 124 : at + 136] = b"77777777777\0"
    _sign(data, at)
    with pytest.raises(TarError, match="too long"):
        read(bytes(data))


@pytest.mark.parametrize("head", [b"", b"{" * HEAD, bytes(HEAD), b"a" * 100])
def test_other_files_are_no_tar(head: bytes) -> None:
    assert not is_tar(head)


@given(st.data())
def test_no_change_of_bytes_raises_anything_else(data: st.DataObject) -> None:
    archive = bytearray(packed(FILES))
    for _ in range(data.draw(st.integers(1, 3))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    with suppress(TarError):
        read(bytes(archive))


def _sign(data: bytearray, at: int) -> None:
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + HEAD])
