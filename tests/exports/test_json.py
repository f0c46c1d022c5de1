"""A case as JSON."""

import hashlib
import json
from pathlib import Path

import pytest

from keywitness.audit import canonical
from keywitness.exports.json import render
from keywitness.render.json import line
from tests.exports.cases import hostile, worked
from tests.render.poison import TEXTS
from tests.render.sample import report


def test_it_holds_what_people_did_and_the_very_lines_of_triage(tmp_path: Path) -> None:
    text = render(worked(tmp_path), "Northwind")
    told = json.loads(text)
    assert all(line(finding) in text for finding in report().cases[0].findings)
    assert (told["organisation"], told["case"]["status"], told["case"]["verdict_id"]) == ("Northwind", "closed", 2)
    assert [note["text"] for note in told["notes"]] == ["Called her: it was not her"]
    assert told["attachments"][0]["sha256"]
    assert told["overturns"][0]["reason"]
    assert [entry["action"].split(":")[0] for entry in told["record"]] == ["triage", *["desk"] * 5]


def test_an_exported_record_can_be_checked_by_anybody(tmp_path: Path) -> None:
    """By the recipe of docs/cases.md alone."""
    for entry in json.loads(render(worked(tmp_path), "Northwind"))["record"]:
        digest = entry.pop("hash")
        assert hashlib.sha256(canonical(entry).encode()).hexdigest() == digest


@pytest.mark.parametrize("name", list(TEXTS))
def test_hostile_text_stays_text(name: str) -> None:
    text = render(hostile(name), TEXTS[name])
    assert text.isascii()
    assert text.count("\n") == 1
    assert json.loads(text)["notes"]
