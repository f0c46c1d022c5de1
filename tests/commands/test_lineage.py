"""``keywitness lineage`` over a kept run."""

import csv
import json
from pathlib import Path

import pytest

from keywitness.cli import main
from tests.commands.conftest import COMPANY


def parent_and_child() -> tuple[str, str]:
    with (COMPANY / "expected.csv").open(newline="") as rows:
        return next((r["parent_event"], r["event_id"]) for r in csv.DictReader(rows) if r["parent_event"])


def test_a_stolen_keys_child_hangs_below_it(company_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parent, child = parent_and_child()
    assert main(["lineage", child, "--run", str(company_run), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    below = {n["event_id"]: n for n in told["trees"][0]["children"]}
    assert child in {n["event_id"] for n in below[parent]["children"]}
    assert told["trees"][0]["origin"]["kind"] == "credential"


def test_a_credential_a_case_and_an_unmade_key_find_the_same_tree(
    company_run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [json.loads(line) for line in (company_run / "findings.jsonl").read_text().splitlines()]
    made = next(f for f in findings if f["event_id"] == parent_and_child()[0])
    texts = []
    for asked in (made["credential_id"], made["case_id"]):
        assert main(["lineage", asked, "--run", str(company_run)]) == 0
        texts.append(capsys.readouterr().out.replace("* ", ""))
    assert texts[0] == texts[1]
    assert main(["lineage", texts[0].split(",")[0], "--run", str(company_run)]) == 0
    assert capsys.readouterr().out.startswith("* " + texts[0].split(",")[0])


def test_svg_goes_to_stdout_whole(company_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lineage", parent_and_child()[0], "--run", str(company_run), "--format", "svg"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("<?xml")
    assert out.endswith("</svg>\n")


def test_an_unknown_id_is_a_mistake_of_the_user(company_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lineage", "AKIANOBODY", "--run", str(company_run)]) == 2
    assert "is no case, event or credential id" in capsys.readouterr().err
