"""The compiled module is there where a compiler was; here one must have been, unless none can be had."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import MAX_RECORD, compiled, kept
from keywitness.readers.compiled import walk
from keywitness.readers.scan import CONTAINERS
from keywitness.readers.values import micros

needed = pytest.mark.skipif(walk is None, reason="keywitness was installed without a C compiler")
NAMES = (*CONTAINERS, "hits", "tables")


def test_it_was_compiled_where_it_could_be() -> None:
    assert walk is not None or shutil.which("cc") is None


@needed
def test_times_are_read_as_python_reads_them() -> None:
    walker = walk.Walker(("id", "t"), bytes([1, 2]), NAMES, 7)
    texts = ["2026-03-02T00:01:11Z", "2000-02-29T23:59:59.1234567Z", "2099-12-31T00:00:00.5Z", "2024-03-01T00:00:00Z"]
    odd = ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00", "x"]
    text = json.dumps({"Records": [{"id": "i", "t": t} for t in texts + odd]}).encode()
    count, _, _, marks, cells = walker.walk(text, False)
    assert count == len(texts + odd)
    assert list(memoryview(cells[1]).cast("q"))[: len(texts)] == [micros(t) for t in texts]
    assert list(marks) == [0] * len(texts) + [1] * len(odd)


@needed
@pytest.mark.parametrize(
    "record",
    [
        b'{"id":"i","a":1,"a":2}',
        b'{"id":"i","\\u0061":1}',
        b'{"id":"i","a":"\xff"}',
        b'{"id":"i","b":"\x01"}',
        b'{"id":"i","b":"\\ud800"}',
        b'{"id":"i","b":1e999}',
        b'{"id":"i","b":"\\x"}',
        b'{"id":7}',
        b'{"id":""}',
        b"{}",
        b'{"id":"i","b":"' + b"x" * MAX_RECORD + b'"}',
    ],
)
def test_what_is_doubtful_is_odd_and_its_neighbours_are_not(record: bytes) -> None:
    walker = walk.Walker(("id", "a"), bytes([1, 0]), NAMES, 7)
    good = b'{"id":"n","a":"x"}'
    page = b'{"Records":[' + b",".join([good, record, good]) + b"]}"
    for text, by_line in ((page, False), (b"\n".join([good, record, good]), True)):
        count, starts, ends, odd, cells = walker.walk(text, by_line)
        assert (count, list(odd)) == (3, [0, 1, 0])
        assert text[memoryview(starts).cast("q")[1] : memoryview(ends).cast("q")[1]] == record
        codes = memoryview(cells[1]).cast("i")
        assert codes[0] == codes[2]


@needed
@pytest.mark.parametrize(
    "text",
    [
        b'{"Records":[{"id":"i"}',
        b'{"Records":[{"id":"i"}]} x',
        b'{"Records":[{"id":"i"},7]}',
        b'{"Records":[{"id":NaN}]}',
        b'{"Records":[{"id":"i"}],"value":[{"id":"i"}]}',
        b'{"hits":[{"id":"i"}]}',
        b'{"Records":[]}',
        b'{"id":"i"}',
        b'{"Records":[{"id":"i","b":' + b"[" * 200 + b"]" * 200 + b"}]}",
        b"",
    ],
)
def test_a_document_that_only_a_scanner_can_frame_is_refused(text: bytes) -> None:
    assert walk.Walker(("id",), bytes([1]), NAMES, 7).walk(text, False) is None


@needed
@given(
    st.lists(st.sampled_from(['"', "\\", "secret", "PassWord", ":", " ", "x", "{", "é", "sessionToken"]), max_size=25)
)
def test_secrets_are_found_with_it_as_without(parts: list[str]) -> None:
    text = "".join(parts)
    names = kept.names
    with_it = kept.redact(text)
    try:
        kept.names = None  # type: ignore[misc]
        assert kept.redact(text) == with_it
    finally:
        kept.names = names  # type: ignore[misc]


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("gcc") is None, reason="needs gcc's address sanitizer")
def test_no_text_makes_it_leave_its_bounds(tmp_path: Path) -> None:
    sanitizer = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    source = Path(compiled.__file__).with_name("_walk.c")
    flags = ["-fsanitize=address", "-O1", "-g", "-shared", "-fPIC", f"-I{sysconfig.get_paths()['include']}"]
    subprocess.run(["gcc", *flags, str(source), "-o", str(tmp_path / "_walk.abi3.so")], check=True)
    rounds = os.environ.get("KEYWITNESS_FUZZ", "3000")
    settings = {"LD_PRELOAD": sanitizer.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0", "PYTHONMALLOC": "malloc"}
    script = str(Path(__file__).with_name("sanitized.py"))
    run = subprocess.run(
        [sys.executable, script, str(tmp_path), rounds], env=os.environ | settings, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
