"""The command line of the desk says what it takes, and opens nothing to say it."""

import pytest

from keywitness.cli import main, parser
from keywitness.commands.serveargs import ROLES
from keywitness.store.people import ALL_ROLES


@pytest.mark.parametrize(
    "command", [("serve",), ("users", "add"), ("users", "grant"), ("users", "password"), ("users", "list")]
)
def test_each_has_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "--store WHERE" in capsys.readouterr().out


def test_the_roles_are_those_of_the_store() -> None:
    assert ROLES == ALL_ROLES
    with pytest.raises(SystemExit):
        parser().parse_args(["users", "add", "jo", "--role", "root"])
