"""The command line as a person and a script meet it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from keywitness.cli import main, parser

COMPANY: Final = Path(__file__).parents[1] / "examples" / "company"


def test_each_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("triage", "explain", "doctor", "simulate"):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
        assert f"keywitness {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "required"),
        (["ingest", "."], "--lake"),
        (["triage", ".", "--since", "yesterday"], "ISO 8601"),
        (["frobnicate"], "invalid choice"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


def test_a_missing_path_is_one_line_and_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["triage", str(tmp_path / "nothing")]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "no such file" in said.err


def test_an_empty_folder_is_no_proof_of_anything(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["triage", str(tmp_path)]) == 2
    assert "no log files" in capsys.readouterr().err


def test_a_folder_without_known_logs_ends_with_1(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "shopping.json").write_text('{"milk": 2}')
    assert main(["triage", str(tmp_path)]) == 1
    assert "shopping.json" in capsys.readouterr().err


def test_a_time_without_zone_is_utc() -> None:
    given = parser().parse_args(["triage", ".", "--since", "2026-10-01"])
    assert given.since.isoformat() == "2026-10-01T00:00:00+00:00"


def test_standard_input_is_read(tmp_path: Path) -> None:
    record = {
        "eventVersion": "1.09",
        "eventID": "e-1",
        "eventTime": "2026-10-01T10:00:00Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateAccessKey",
        "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "accountId": "111122223333", "userName": "ann"},
        "requestParameters": {"userName": "bob"},
        "responseElements": {"accessKey": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "bob"}},
    }
    command = [sys.executable, "-m", "keywitness.cli", "triage", "-", "--json"]
    done = subprocess.run(command, input=json.dumps(record), capture_output=True, text=True, check=True, cwd=tmp_path)
    finding = json.loads(done.stdout)
    assert (finding["actor"]["name"], finding["target"]["name"], finding["source"]["file"]) == ("ann", "bob", "-")


def test_simulate_refuses_a_folder_with_something_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["simulate", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_simulate_says_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", str(tmp_path / "new"), "--days", "30"]) == 0
    assert "hostile" in capsys.readouterr().out
    assert main(["simulate", str(tmp_path / "short"), "--days", "3"]) == 2


def test_simulate_tells_another_story(tmp_path: Path) -> None:
    assert main(["simulate", str(tmp_path / "wide"), "--days", "30", "--story", "wide"]) == 0
    assert (tmp_path / "wide" / "logs" / "okta").is_dir()
