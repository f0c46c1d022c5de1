"""The command line of the store says what it takes, and opens nothing to say it."""

import subprocess
import sys

import pytest

from keywitness.cli import main, parser


@pytest.mark.parametrize("act", ["import", "list", "show", "assign", "note", "move", "close", "export", "handover"])
def test_each_act_has_help(act: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["cases", act, "--help"])
    assert ended.value.code == 0
    assert "--store WHERE" in capsys.readouterr().out


def test_the_parser_needs_no_database_package() -> None:
    code = "import sys; from keywitness.cli import parser; parser(); sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_person_cannot_close_as_triage_does() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["cases", "close", "KW-1", "--as", "automated_closure"])
