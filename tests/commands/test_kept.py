"""A kept run is found again, or it is said in one sentence why not."""

import json
from pathlib import Path

import pytest

from keywitness.commands import kept
from keywitness.errors import UsageError


def test_a_kept_run_gives_the_same_findings(company_run: Path) -> None:
    told = [json.loads(line) for line in (company_run / "findings.jsonl").read_text().splitlines()]
    again = [finding for _, finding in kept.load(company_run).judged()]
    assert [(f.change.event_id, f.decision.action, f.case_id) for f in again] == [
        (t["event_id"], t["decision"], t["case_id"]) for t in told
    ]


def test_changes_are_more_than_findings(company_run: Path) -> None:
    loaded = kept.load(company_run)
    assert len(loaded.changes()) > len(loaded.knowledge.facts)


def test_no_run_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run: run triage with --out"):
        kept.load(tmp_path)
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UsageError, match="can't be read"):
        kept.load(tmp_path)
