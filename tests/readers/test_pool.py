"""Many files, all cores: each read once, none able to stop the others."""

import io
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keywitness.readers import pool
from keywitness.readers.pool import read_all
from keywitness.readers.source import LogFile, discover
from tests.readers.records import ALL, aws, gcp, gz, lines


def _write(folder: Path, count: int) -> None:
    for n in range(count):
        (folder / f"{n:03}.json.gz").write_bytes(gz(lines(aws(eventID=f"e-{n}"))))


def _ids(parts: list[Path]) -> list[str]:
    return sorted(i for part in parts for i in pq.read_table(part)["event_id"].to_pylist())


def _folders(tmp_path: Path) -> tuple[Path, Path]:
    logs, out = tmp_path / "logs", tmp_path / "out"
    logs.mkdir()
    out.mkdir()
    return logs, out


@pytest.mark.parametrize("inline", [0, 2**30])
def test_every_file_is_read_once(tmp_path: Path, inline: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "INLINE_BYTES", inline)
    monkeypatch.setattr(pool, "TASK_FILES", 2)
    logs, out = _folders(tmp_path)
    _write(logs, 5)
    seen: list[tuple[int, int]] = []
    files = discover([str(logs)])
    report = read_all(files, out, ALL, lambda *done: seen.append(done))
    assert _ids(report.parts) == [f"e-{n}" for n in range(5)]
    assert (report.files, report.records, report.rejects) == (5, 5, [])
    assert sum(records for _, records in seen) == 5
    assert sum(size for size, _ in seen) == sum(f.size for f in files)


def test_files_that_cannot_be_read_are_told_and_passed_over(tmp_path: Path) -> None:
    logs, out = _folders(tmp_path)
    _write(logs, 1)
    (logs / "corrupt.json.gz").write_bytes(gz(lines(*[aws(eventID="half")] * 1_000))[:-20])
    (logs / "notes.txt").write_text("no log at all")
    (logs / "page.json").write_text('{"unknown": 1}')
    files = [*discover([str(logs)]), LogFile(logs / "gone.json", 1), LogFile(logs, 1)]
    report = read_all(files, out, ALL)
    reasons = {Path(r.source.file).name: r.reason for r in report.rejects if r.source.record < 0}
    assert "e-0" in _ids(report.parts)
    assert "cut off" in reasons["corrupt.json.gz"]
    assert reasons["notes.txt"] == "holds no JSON record"
    assert "No such file" in reasons["gone.json"]
    assert "can't be read" in reasons["logs"]
    assert [r.reason for r in report.rejects if r.source.file.endswith("page.json")] == ["not a record of a known log"]


def test_a_folder_without_known_logs_gives_no_parts(tmp_path: Path) -> None:
    logs, out = _folders(tmp_path)
    (logs / "a.json").write_text('{"unknown": 1}')
    report = read_all(discover([str(logs)]), out, ALL)
    assert (report.records, report.parts, len(report.rejects)) == (0, [], 1)


@pytest.mark.parametrize("inline", [0, 2**30])
def test_standard_input_is_read_here(tmp_path: Path, inline: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "INLINE_BYTES", inline)
    monkeypatch.setattr(pool, "TASK_FILES", 1)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gz(lines(gcp())))))
    logs, out = _folders(tmp_path)
    _write(logs, 2)
    report = read_all(discover(["-", str(logs)]), out, ALL)
    assert _ids(report.parts) == ["e-0", "e-1", "i-1"]


def test_tasks_are_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "TASK_BYTES", 10)
    monkeypatch.setattr(pool, "TASK_FILES", 3)
    files = [LogFile(Path(str(n)), size) for n, size in enumerate([4, 4, 4, 1, 1, 1, 1, 50])]
    assert [[f.size for f in task] for task in pool._tasks(files)] == [[4, 4, 4], [1, 1, 1], [1, 50]]
