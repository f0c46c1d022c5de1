"""``keywitness cases``: from a run into the store, and a case through its life, as a person types it."""

import json
from pathlib import Path

import pytest

from keywitness.cli import main
from tests.commands.conftest import COMPANY


@pytest.fixture
def store(company_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A store with the example company's cases."""
    where = str(tmp_path / "cases.db")
    assert main(["cases", "import", str(company_run), "--store", where]) == 0
    assert "cases in the store" in capsys.readouterr().err
    return where


def cases(store: str, *arguments: str, who: str | None = "jo") -> int:
    more = ("--who", who) if who else ()
    return main(["cases", arguments[0], "--store", store, *more, *arguments[1:]])


def queue(store: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    assert cases(store, "list", "--json", *arguments) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_case_is_worked_from_the_queue_to_its_closing(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = queue(store, capsys)[0]
    case = first["case_id"]
    assert (first["status"], first["decision"], first["priority"]) == ("new", "escalate", "P1")
    for step in (
        ("move", case, "triage"),
        ("note", case, "called her: it was not her"),
        ("assign", case, "max"),
        ("move", case, "escalated"),
        ("move", case, "contained"),
        ("close", case, "--as", "true_positive", "--comment", "key deleted"),
    ):
        assert cases(store, *step) == 0
    capsys.readouterr()
    assert cases(store, "show", case, who=None) == 0
    shown = capsys.readouterr().out
    assert case in shown
    for text in (
        "closed, P1, with max",
        "true positive (True Positive)",
        "called her: it was not her",
        "desk:case:closed",
    ):
        assert text in shown
    assert case not in [row["case_id"] for row in queue(store, capsys)]
    assert case in [row["case_id"] for row in queue(store, capsys, "--all", "--limit", "500")]
    assert case in [row["case_id"] for row in queue(store, capsys, "--status", "closed", "--mine", "--who", "max")]


def test_the_same_run_again_changes_nothing(store: str, company_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cases", "import", str(company_run), "--store", store]) == 0
    said = capsys.readouterr().err
    assert "unchanged" in said
    assert "new" not in said


def test_triage_puts_its_cases_into_the_store_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(tmp_path / "cases.db")
    logs = str(COMPANY / "logs" / "gcp")
    assert main(["triage", logs, "--json", "--store", where]) == 0
    said = capsys.readouterr()
    assert all(line.startswith("{") for line in said.out.splitlines())
    assert "in the store" in said.err
    found = {json.loads(line)["case_id"] for line in said.out.splitlines()}
    assert {row["case_id"] for row in queue(where, capsys, "--all")} == found


@pytest.mark.parametrize(
    ("step", "code", "says"),
    [
        (("show", "KW-NOWHERE"), 1, "no case KW-NOWHERE"),
        (("move", "CASE", "contained"), 1, "can't become contained"),
        (("close", "CASE", "--as", "other"), 1, "needs a comment"),
        (("close", "CASE", "--as", "duplicate", "--duplicate-of", "CASE"), 1, "duplicate of itself"),
        (("close", "CASE", "--as", "true_positive", "--verdict", "77"), 1, "no verdict"),
        (("note", "CASE", " "), 1, "is empty"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    store: str, capsys: pytest.CaptureFixture[str], step: tuple[str, ...], code: int, says: str
) -> None:
    case = queue(store, capsys)[0]["case_id"]
    who = None if step[0] == "show" else "jo"
    assert cases(store, *(case if word == "CASE" else word for word in step), who=who) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert says in said.err


def test_a_folder_without_a_run_and_a_line_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--store", str(tmp_path / "a.db")]
    assert main(["cases", "import", str(tmp_path), *where]) == 2
    assert "run triage with --out" in capsys.readouterr().err
    (tmp_path / "evidence.jsonl").write_text('{"not": "a finding"}\n')
    assert main(["cases", "import", str(tmp_path), *where]) == 2
    assert "evidence.jsonl, record 0: this is no finding" in capsys.readouterr().err


def test_a_case_and_the_shift_are_written_where_they_are_wanted(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = queue(store, capsys)[0]["case_id"]
    for form in ("json", "stix", "ocsf", "html"):
        assert cases(store, "export", case, "--format", form, "--out", str(tmp_path / form), who=None) == 0
        assert case in (tmp_path / form).read_text("utf-8")
    assert cases(store, "handover", who=None) == 0
    assert "# Shift handover of default" in capsys.readouterr().out
    assert cases(store, "export", case, "--out", str(tmp_path / "no" / "file"), who=None) == 2
    assert "can't be written" in capsys.readouterr().err
