"""Which files are read, and where one record ends and the next begins."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import Reject, UsageError
from keywitness.readers import MAX_RECORD, source
from keywitness.readers.source import discover, frames
from tests.readers.records import gz, lines

ROWS = [{"a": 1}, {"b": {"c": ["}", 2]}}, {"d": "\u2013"}]


def framed(data: bytes) -> tuple[list[bytes], list[Reject]]:
    rejects: list[Reject] = []
    return [r for page in frames(BytesIO(data), "x", rejects) for r in page.records], rejects


SHAPES = {
    "lines": lines(*ROWS),
    "lines with gaps": b"\n\n" + lines(*ROWS).replace(b"\n", b"\r\n\n"),
    "no last newline": lines(*ROWS).rstrip(),
    "a list": json.dumps(ROWS).encode(),
    "a pretty list": json.dumps(ROWS, indent=2).encode(),
    "a list a line": b"[\n" + b",\n".join(json.dumps(r).encode() for r in ROWS) + b"\n]",
    "a document": json.dumps({"Records": ROWS}).encode(),
    "a pretty document": b" \n" + json.dumps({"@odata.context": "x", "value": ROWS}, indent=2).encode(),
    "a document a line": b'{"Records":[\n' + b",\n".join(json.dumps(r).encode() for r in ROWS) + b"\n]}",
    "pages a line": lines({"records": ROWS[:2]}, {"records": ROWS[2:]}),
    "lists a line": lines(ROWS[:2], ROWS[2:]),
    "pretty in a row": "\n".join(json.dumps(r, indent=2) for r in ROWS).encode(),
    "in a row": b"".join(json.dumps(r).encode() for r in ROWS),
    "documents in a row": b"".join(json.dumps({"Records": [r]}).encode() for r in ROWS),
    "behind a header": b"".join(b"<134>Mar  2 10:00:00 host app[7]: " + json.dumps(r).encode() + b"\n" for r in ROWS),
    "a search response": json.dumps({"hits": {"total": 3, "hits": ROWS}}).encode(),
    "compressed": gz(lines(*ROWS)),
    "utf-16": json.dumps(ROWS, ensure_ascii=False).encode("utf-16"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + lines(*ROWS),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_records(shape: str) -> None:
    found, rejects = framed(SHAPES[shape])
    assert [json.loads(r) for r in found] == ROWS
    assert not rejects


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "a search response"])
def test_a_file_too_large_to_hold_gives_the_same(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "WHOLE", 40)
    monkeypatch.setattr(source, "BLOCK", 16)
    monkeypatch.setattr("keywitness.readers.expand.BLOCK", 16)
    found, rejects = framed(SHAPES[shape])
    assert [json.loads(r) for r in found] == ROWS
    assert not rejects


@pytest.mark.parametrize(
    "single", [b'{"a": 1}', b'{"a": 1}\n', b'{\n "a": 1\n}', b'{"value": [1], "a": 1}', b'{"value": {}}']
)
def test_a_single_object_is_a_record(single: bytes) -> None:
    assert framed(single) == ([single], [])


@pytest.mark.parametrize("empty", [b"", b" \n", b"[]", gz(b"")])
def test_nothing_is_no_record_and_no_reject(empty: bytes) -> None:
    assert framed(empty) == ([], [])


@pytest.mark.parametrize("strange", [b"<html>", b"a, b!\n1,2\n", bytes(200), b"null", b"]]]]", b'"text"'])
def test_a_file_without_json_is_told(strange: bytes) -> None:
    found, rejects = framed(strange)
    assert rejects or found == [strange]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_broken_line_costs_only_itself(place: int) -> None:
    each = [json.dumps(r).encode() for r in ROWS]
    each.insert(place, b'{"broken": "')
    assert framed(b"\n".join(each))[0] == each


@pytest.mark.parametrize("bad", [b"{" * 50 + b"}" * 50, b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}", b'{"a": NaN}'])
def test_a_bad_record_in_a_document_costs_only_itself(bad: bytes) -> None:
    assert framed(b'{"Records": [{"a": 1}, ' + bad + b', {"b": 2}]}')[0] == [b'{"a": 1}', bad, b'{"b": 2}']


def test_a_line_too_large_is_cut() -> None:
    found, _ = framed(b'{"a": 1}\n{"huge": "' + b"x" * 3 * MAX_RECORD + b'"}\n{"b": 2}\n')
    assert [found[0], len(found[1]), found[2]] == [b'{"a": 1}', MAX_RECORD + 1, b'{"b": 2}']


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    framed(data)


@given(st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b"\n", b'"Records":', b"1", b",", b'{"a":1}'])))
def test_no_json_raises(parts: list[bytes]) -> None:
    framed(b"".join(parts))


def test_files_are_found_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b.json", "sub/a.json.gz", "sub/notes.md", ".hidden/c.json", "sub/.c.json", "d.log", "old.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    given_twice = [str(tmp_path), str(tmp_path / "sub" / ".." / "b.json"), str(tmp_path / "*.json"), "-"]
    found = discover(given_twice)
    assert [f.path.name for f in found] == ["b.json", "d.log", "old.zip", "a.json.gz", "-"]
    assert [f.size for f in found] == [2, 2, 2, 2, 0]
    assert [f.path.name for f in discover([str(tmp_path / "sub" / "notes.md")])] == ["notes.md"], "named: read"


@pytest.mark.parametrize("name", ["missing", "missing/*.json", "empty", "**oops"])
def test_nothing_to_read_is_a_mistake_in_the_command(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"missing|empty|oops"):
        discover([str(tmp_path / name)])
