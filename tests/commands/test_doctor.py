"""``keywitness doctor``: what is readable, and what can't be answered for want of what."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from keywitness.cli import main

COMPANY: Final = Path(__file__).parents[2] / "examples" / "company"


def test_with_all_sources_every_question_can_be_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(COMPANY / "logs"), "--context", str(COMPANY / "context")]) == 0
    said = capsys.readouterr().out
    assert "aws cloudtrail of 111122223333" in said
    assert "changes: changes.csv" in said
    assert "for want of" not in said


def test_without_context_it_names_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(COMPANY / "logs")]) == 0
    said = capsys.readouterr().out
    assert "change_request: unknown for want of change tickets (changes.csv)" in said
    assert "threat_intel: unknown for want of threat intelligence" in said
    assert "identity_known: unknown for want of a directory" in said


def test_bad_files_are_counted_by_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(COMPANY / "logs" / "gcp", tmp_path / "logs")
    (tmp_path / "logs" / "odd.json").write_text('{"milk": 2}\n' * 9)
    shutil.copytree(COMPANY / "context", tmp_path / "context")
    (tmp_path / "context" / "city.mmdb").write_bytes(b"not a database")
    assert main(["doctor", str(tmp_path / "logs"), "--context", str(tmp_path / "context")]) == 0
    said = capsys.readouterr().out
    assert "set aside, 9: not a record of a known log" in said
    assert "city.mmdb" in said


def test_no_readable_record_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.json").write_text('{"milk": 2}')
    assert main(["doctor", str(tmp_path)]) == 1
    assert "0 records" in capsys.readouterr().out


def test_suppressions_are_listed_the_expired_ones_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = '[[suppression]]\nid = "%s"\nowner = "jo"\nreason = "old"\nactor = "ann"\ncreated = %s\nexpires = %s\n'
    today = datetime.now(UTC).date()
    text = entry % ("SUP-1", "2001-01-01", "2001-02-01") + entry % ("SUP-2", today, today + timedelta(days=3))
    (tmp_path / "suppressions.toml").write_text(text)
    assert main(["doctor", str(COMPANY / "logs" / "gcp"), "--context", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "suppression SUP-1 of jo: expired 2001-02-01, does nothing" in out
    assert f"suppression SUP-2 of jo: until {today + timedelta(days=3)}" in out
