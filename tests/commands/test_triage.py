"""``keywitness triage``: what it prints, what it writes, how it ends."""

import csv
import json
import shutil
from pathlib import Path
from typing import Final

import pytest

from keywitness.cli import main

COMPANY: Final = Path(__file__).parents[2] / "examples" / "company"
CALL: Final = ["triage", str(COMPANY / "logs"), "--context", str(COMPANY / "context")]


def test_json_is_one_finding_a_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CALL, "--json"]) == 0
    said = capsys.readouterr()
    findings = [json.loads(line) for line in said.out.splitlines()]
    with (COMPANY / "expected.csv").open(newline="") as rows:
        assert {f["event_id"] for f in findings} == {row["event_id"] for row in csv.DictReader(rows)}
    assert said.err == ""


def test_out_keeps_reports_rejects_and_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(COMPANY / "logs" / "gcp", logs)
    (logs / "broken.json").write_text('{"not": "closed"')
    out = tmp_path / "out"
    assert main(["triage", str(logs), "--out", str(out)]) == 0
    assert "1 set aside" in capsys.readouterr().out
    (reject,) = [json.loads(line) for line in (out / "rejects.jsonl").read_text().splitlines()]
    assert reject["file"].endswith("broken.json")
    assert "JSON" in reject["reason"]
    assert {"findings.jsonl", "report.html", "report.txt", "run.json"} <= {p.name for p in out.iterdir()}


def test_a_second_run_replaces_the_first(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main([*CALL, "--out", str(out)]) == 0
    first = sorted((out / "events").iterdir())
    assert main(["triage", str(COMPANY / "logs" / "gcp"), "--out", str(out)]) == 0
    assert len(sorted((out / "events").iterdir())) <= len(first)
    assert len((out / "findings.jsonl").read_text().splitlines()) < 20


def test_fail_on_ends_with_3_when_there_is_such_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*CALL, "--json", "--fail-on", "escalate"]) == 3
    assert main([*CALL, "--json", "--fail-on", "escalate", "--until", "2026-09-30"]) == 0
    capsys.readouterr()


def test_rejects_are_named_on_stderr_beside_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(COMPANY / "logs" / "gcp", tmp_path / "logs")
    (tmp_path / "logs" / "odd.json").write_text('{"milk": 2}\n' * 9)
    assert main(["triage", str(tmp_path / "logs"), "--json"]) == 0
    said = capsys.readouterr()
    assert all(line.startswith("{") for line in said.out.splitlines())
    assert "odd.json, record 0: not a record of a known log" in said.err
    assert "4 more" in said.err


def test_out_that_cant_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main([*CALL, "--out", str(tmp_path / "file")]) == 1
    assert "can't write" in capsys.readouterr().err
