import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keywitness.context.copies import Copy, path_of, read_copy, write_copy

COPY = Copy(datetime(2026, 10, 6, 12, tzinfo=UTC), ({"number": "CHG1", "actor": "rosa"},), ("a remark",), 2)


def test_there_and_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "tickets.json"
    write_copy(path, COPY)
    assert read_copy(path) == COPY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["tickets.json"]


def test_each_question_has_its_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    window = (datetime(2026, 10, 6, tzinfo=UTC), None)
    paths = {path_of((name, window)) for name in ("a", "b")} | {path_of(("a", (None, None))), path_of(("a", window))}
    assert len(paths) == 3
    assert {path.parent for path in paths} == {tmp_path / "keywitness"}


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"form": 2}', '{"form": 1, "rows": [7], "read": "2026-10-06", "remarks": [], "hidden": 0}'],
)
def test_a_copy_that_cannot_be_used_is_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    assert read_copy(path) is None
    assert read_copy(tmp_path / "none.json") is None


def test_a_disk_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    write_copy(tmp_path / "file" / "x.json", COPY)
