"""``keywitness ingest`` and ``triage --lake``, as a user runs them."""

import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from keywitness.cli import main

COMPANY: Final = Path(__file__).parents[2] / "examples" / "company"
CONTEXT: Final = ("--context", str(COMPANY / "context"))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The company's logs in three parts that cut through every cloud's days, and all of them once more."""
    where = str(tmp_path_factory.mktemp("company") / "lake")
    files = sorted(str(path) for path in (COMPANY / "logs").rglob("*") if path.is_file())
    for part in (files[::3], files[1::3], files[2::3], files):
        assert main(["ingest", *part, "--lake", where]) == 0
    return where


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main([*words]) == 0
    return capsys.readouterr().out


def test_a_lake_gives_the_same_findings_as_the_logs_byte_for_byte(
    lake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = str(COMPANY / "logs")
    whole = told(capsys, "triage", logs, *CONTEXT, "--json")
    assert told(capsys, "triage", "--lake", lake, *CONTEXT, "--json") == whole
    times = [json.loads(line)["time"] for line in whole.splitlines()]
    for since in (times[len(times) // 2], times[-5]):
        late = told(capsys, "triage", logs, *CONTEXT, "--json", "--since", since)
        assert told(capsys, "triage", "--lake", lake, *CONTEXT, "--json", "--since", since) == late
        assert 0 < len(late.splitlines()) < len(times)


def test_it_says_what_was_new_and_sets_aside_what_it_cannot_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(COMPANY / "logs" / "gcp", logs)
    (logs / "broken.json").write_text('{"not": "closed"')
    for said in ("1,379 new records of 1,379 in 2 files; 1 set aside", "0 new records of 1,379 in 2 files; 1,379 were"):
        assert main(["ingest", str(logs), "--lake", str(tmp_path / "lake")]) == 0
        captured = capsys.readouterr()
        assert said in captured.out
        assert "broken.json" in captured.err


def test_a_run_over_a_lake_can_be_explained(lake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    told(capsys, "triage", "--lake", lake, *CONTEXT, "--out", out)
    first = json.loads((tmp_path / "out" / "findings.jsonl").read_text().splitlines()[0])
    said = told(capsys, "explain", first["event_id"], "off_hours", "--run", out)
    assert f"record {first['event_id']}" in said
    assert "query rhythm" in said


def test_the_doctor_and_a_replay_look_into_a_lake_too(
    lake: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "9,508 records" in told(capsys, "doctor", "--lake", lake, *CONTEXT)
    policy = tmp_path / "policy.toml"
    policy.write_text("[thresholds]\nhabit_count = 99\n")
    logs, given = str(COMPANY / "logs"), ("--policy", str(policy), *CONTEXT, "--json")
    assert told(capsys, "replay", "--lake", lake, *given) == told(capsys, "replay", logs, *given)


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["replay", "logs", "--lake", "x", "--policy", "p.toml"],
        ["triage"],
        ["triage", "logs", "--lake", "x"],
        ["triage", "--lake", "no-such-folder"],
        ["ingest", "--lake", "new"],
    ],
)
def test_wrong_usage_is_said_in_one_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_an_empty_lake_is_no_proof(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["triage", "--lake", str(tmp_path)]) == 1
    assert "no proof that nothing happened" in capsys.readouterr().err
