"""Archives: each file inside is a file of its own, and no archive takes more than its share."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.errors import Reject
from keywitness.readers import archives
from keywitness.readers.archives import members
from tests.readers.records import aws, gcp, lines, read
from tests.readers.test_tar import packed

FILES = {"a.json": json.dumps({"Records": [aws()]}).encode(), "sub/b.json.gz": gzip.compress(lines(gcp(), gcp()))}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class Pipe(BytesIO):
    def seekable(self) -> bool:
        return False


def opened(data: bytes) -> tuple[dict[str, bytes], list[Reject]]:
    rejects: list[Reject] = []
    return {m.name: b"".join(m.blocks) for m in members(BytesIO(data), "x", rejects)}, rejects


PACKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zipped,
    "stored zip": lambda files: zipped(files, zipfile.ZIP_STORED),
    "lzma zip": lambda files: zipped(files, zipfile.ZIP_LZMA),
    "tar": packed,
    "tar.gz": lambda files: gzip.compress(packed(files)),
    "tar.zst": lambda files: zstandard.ZstdCompressor().compress(packed(files)),
    "zip.gz": lambda files: gzip.compress(zipped(files)),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_each_file_inside_is_read_under_its_own_name(kind: str) -> None:
    rows, rejects = read(PACKERS[kind](FILES))
    assert not rejects
    assert [(r["provider"], r["file"], r["record"]) for r in rows] == [
        ("aws", "x.json!a.json", 0),
        ("gcp", "x.json!sub/b.json.gz", 0),
        ("gcp", "x.json!sub/b.json.gz", 1),
    ]


@pytest.mark.parametrize("kind", PACKERS)
def test_a_pipe_is_read_too(kind: str) -> None:
    rejects: list[Reject] = []
    names = [m.name for m in members(Pipe(PACKERS[kind](FILES)), "-", rejects)]
    assert (names, rejects) == (["-!a.json", "-!sub/b.json.gz"], [])


@pytest.mark.parametrize("inner", PACKERS)
@pytest.mark.parametrize("outer", ["zip", "tar.gz"])
def test_an_archive_in_an_archive_is_read_and_one_in_that_is_told(outer: str, inner: str) -> None:
    once = PACKERS[outer]({"in.zip": PACKERS[inner](FILES)})
    assert list(opened(once)[0]) == ["x!in.zip!a.json", "x!in.zip!sub/b.json.gz"]
    found, rejects = opened(PACKERS[outer]({"out.zip": once}))
    assert not found
    assert "archive in an archive" in rejects[0].reason


def test_what_no_log_is_called_is_passed_over() -> None:
    strange = {"readme.md": b"#", ".hidden.json": b"{}", "__MACOSX/._a.json": b"{}", "c.json": b"{}"}
    assert opened(zipped(strange)) == ({"x!c.json": b"{}"}, [])
    assert "without a log" in opened(zipped({"readme.md": b"#"}))[1][0].reason
    assert "without a log" in opened(zipped({}))[1][0].reason


@pytest.mark.parametrize("path", ["../../etc/cron.json", "/etc/x.json", "a\n\x1b[31m.json", "C:\\x.json"])
def test_a_path_is_a_label(path: str) -> None:
    (name,), rejects = opened(zipped({path: b"{}"}))
    assert name.isprintable()
    assert not rejects


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_told_apart() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.json", "{}")
        archive.writestr("a.json", "[]")
    assert opened(out.getvalue())[0] == {"x!a.json": b"{}", "x!a.json#1": b"[]"}


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_is_left_unexploded(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "FREE", 2**20)
    monkeypatch.setattr(archives, "MAX_RATIO", 3)
    monkeypatch.setattr("keywitness.readers.expand.BLOCK", 2**16)
    monkeypatch.setattr(archives, "BLOCK", 2**16)
    found, rejects = opened(PACKERS[kind]({f"{n}.json": bytes(2**19) for n in range(20)}))
    assert sum(len(b) for b in found.values()) < 2**21
    assert any("times its size" in r.reason for r in rejects)


def test_too_many_files_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_MEMBERS", 2)
    found, rejects = opened(zipped({f"{n}.json": b"{}" for n in range(5)}))
    assert len(found) == 2
    assert "more than 2 files" in rejects[0].reason


def test_a_copy_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_COPY", 10)
    rejects: list[Reject] = []
    assert not list(members(Pipe(zipped(FILES)), "-", rejects))
    assert "unpack it first" in rejects[0].reason


def test_damage_names_the_file_inside_and_spares_the_others() -> None:
    data = bytearray(zipped({"a.json": b'{"a": 1}' * 99, "b.json": b'{"b": 2}'}, zipfile.ZIP_STORED))
    data[data.index(b'{"a": 1}')] ^= 1
    found, rejects = opened(bytes(data))
    assert found["x!b.json"] == b'{"b": 2}'
    assert [r.source.file for r in rejects] == ["x!a.json"]


def test_an_encrypted_file_is_told() -> None:
    data = bytearray(zipped({"a.json": b"{}"}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + offset] |= 1
    assert "encrypted" in opened(bytes(data))[1][0].reason


def test_a_directory_that_claims_to_be_huge_is_refused() -> None:
    with pytest.raises(zipfile.BadZipFile):
        archives._Careful(BytesIO()).read(archives._MAX_DIRECTORY + 1)


@settings(max_examples=60)
@given(st.sampled_from(["zip", "tar", "zip.gz"]), st.data())
def test_no_change_of_bytes_raises(kind: str, data: st.DataObject) -> None:
    archive = bytearray(PACKERS[kind](FILES))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))
    opened(bytes(archive[: data.draw(st.integers(0, len(archive)))]))
