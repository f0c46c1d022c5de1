"""``keywitness operations``: the catalogue as a list and one entry in full."""

import json

import pytest

from keywitness import catalogue
from keywitness.cli import main


def lines(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split("\t") for line in capsys.readouterr().out.splitlines()]


def test_without_words_every_entry_is_a_line_of_seven_cells(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations"]) == 0
    listed = lines(capsys)
    assert [cells[0] for cells in listed] == [o.id for o in catalogue.load().operations]
    assert {len(cells) for cells in listed} == {7}


def test_all_words_must_be_there_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "ACCESS", "createaccesskey"]) == 0
    assert {cells[0] for cells in lines(capsys)} == {"aws.iam.create-access-key", "aws.iam.create-root-access-key"}


def test_a_word_finds_an_entry_however_its_dash_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "Update application – Certificates and secrets management "]) == 0
    assert "entra.application.add-credential" in {cells[0] for cells in lines(capsys)}


def test_provider_and_scope_narrow_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--provider", "okta", "--scope", "core"]) == 0
    listed = lines(capsys)
    assert listed
    assert {(cells[0].partition(".")[0], cells[4]) for cells in listed} == {("okta", "core")}


def test_an_id_shows_the_whole_entry(capsys: pytest.CaptureFixture[str]) -> None:
    entry = catalogue.load().get("entra.application.rotate-credential")
    assert main(["operations", entry.id]) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in (entry.reference, entry.when, *entry.contain))
    assert json.loads(out.partition("Example\n")[2]) == json.loads(entry.example)


def test_json_prints_one_entry_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "aws.iam.create-access-key", "--json"]) == 0
    (only,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (only["id"], only["change"]) == ("aws.iam.create-access-key", "created")


def test_a_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["operations", "createaccesskey"]) == 0
    out = capsys.readouterr().out
    assert "credential" in out
    assert "2 of the catalogue" in out


def test_nothing_found_is_said_and_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "no-such-thing"]) == 1
    told = capsys.readouterr()
    assert (told.out, "no entry" in told.err) == ("", True)


def test_an_unknown_provider_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--provider", "ibm"]) == 2
    assert "aws" in capsys.readouterr().err
