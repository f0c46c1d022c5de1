"""``keywitness users``: the first admin is made from the console, and what was done is in the record."""

import io
from pathlib import Path

import pytest

from keywitness.cli import main
from keywitness.store import people, record
from keywitness.store.engine import open_store
from keywitness.web.passwords import fits
from tests.store.made import look

PASSWORD = "a long enough phrase"


def users(where: Path, *arguments: str) -> int:
    more = ["--store", str(where), "--who", "root"]
    return main(["users", arguments[0], *more, *arguments[1:]])


def say(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


def test_the_first_admin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    where = tmp_path / "a.db"
    say(monkeypatch, PASSWORD)
    assert users(where, "add", "Ada", "--role", "admin") == 0
    say(monkeypatch, "another long phrase")
    assert users(where, "password", "ada") == 0
    assert users(where, "grant", "ada", "viewer") == 0
    capsys.readouterr()
    assert users(where, "list") == 0
    assert capsys.readouterr().out == "ada  viewer\n"
    store = open_store(str(where))
    with look(store) as desk:
        user = people.find(desk.connection, "ada")
        actions = [(entry.who, entry.action) for entry in record.entries(desk)]
    store.close()
    assert user
    assert fits(user.password, "another long phrase")
    done = ("console:role:changed", "console:password:set", "console:person:added")
    assert actions == [("root", action) for action in done]


@pytest.mark.parametrize(("name", "password"), [("ada", "short"), ("<b>", PASSWORD)])
def test_what_cannot_be_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, password: str
) -> None:
    say(monkeypatch, password)
    assert users(tmp_path / "a.db", "add", name) == 1
    assert capsys.readouterr().err.count("\n") == 1
