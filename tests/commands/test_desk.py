"""Which store, of whom, and what is said without its packages."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from keywitness.cli import main
from keywitness.commands.desk import opened, person
from keywitness.errors import UsageError


def test_the_store_is_the_one_named_or_that_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYWITNESS_STORE", str(tmp_path / "mine.db"))
    with opened(None, create=True):
        pass
    assert (tmp_path / "mine.db").exists()
    monkeypatch.delenv("KEYWITNESS_STORE")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="no store at"), opened(None):
        pass


def test_who_acts_is_who_is_named_or_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert person(argparse.Namespace(who="jo")) == "jo"
    monkeypatch.setenv("LOGNAME", "max")
    assert person(argparse.Namespace(who=None)) == "max"


def test_without_the_packages_the_answer_is_what_to_install(tmp_path: Path) -> None:
    block = "import sys; sys.modules['sqlalchemy'] = None; from keywitness.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", block, "cases", "list", "--store", str(tmp_path / "a.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'keywitness[desk]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_that_does_not_answer_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--store", "postgresql://jo:secret@127.0.0.1:1/x"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "secret" not in said
