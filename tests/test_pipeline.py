"""The whole walk on the example company, judged against what its simulator expects."""

import csv
import gzip
import json
import random
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from keywitness import catalogue, context
from keywitness.facts import Window
from keywitness.model import Finding, Report
from keywitness.pipeline import triage
from keywitness.policy import load_policy
from keywitness.readers.source import discover

COMPANY: Final = Path(__file__).parents[1] / "examples" / "company"
QUESTIONS: Final = {
    "change_request": "change_request",
    "off_hours": "off_hours",
    "unusual_location": "unusual_location",
    "suspicious_history": "suspicious_history",
    "atypical_actor": "atypical_actor",
    "pattern": "pattern",
    "intel": "threat_intel",
}


def run(logs: Path, known: Path | None, spool: Path, window: Window | None = None) -> Report:
    spool.mkdir(parents=True, exist_ok=True)
    files = discover([str(logs)])
    return triage(files, spool, context.load(known), catalogue.load(), load_policy(), window or Window())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return run(COMPANY / "logs", COMPANY / "context", tmp_path_factory.mktemp("spool"))


@cache
def expected() -> Mapping[str, Mapping[str, str]]:
    with (COMPANY / "expected.csv").open(newline="") as rows:
        return {row["event_id"]: row for row in csv.DictReader(rows)}


def found(report: Report) -> dict[str, Finding]:
    return {str(f.change.event_id): f for f in report.findings}


def judged(report: Report) -> dict[str, Any]:
    """What a person would compare of two runs: everything but files, record numbers and coverage."""
    return {
        f.change.event_id: (f.decision, f.case_id, f.parent_event_id, f.sentence, dict(f.answers))
        for f in report.findings
    }


def test_every_expected_change_is_found_and_no_other(report: Report) -> None:
    assert set(found(report)) == set(expected())


def test_every_hostile_change_is_escalated_and_no_ordinary_one(report: Report) -> None:
    decisions = {i: f.decision.action for i, f in found(report).items()}
    wrong = [
        (row["kind"], decisions[i])
        for i, row in expected().items()
        if row["expect"] != "any" and decisions[i] != row["expect"]
    ]
    assert wrong == []


def test_every_expected_answer_is_given(report: Report) -> None:
    findings = found(report)
    wrong = [
        (row["kind"], question, findings[i].answers[question].answer)
        for i, row in expected().items()
        for column, question in QUESTIONS.items()
        if row[column] and findings[i].answers[question].answer != row[column]
    ]
    assert wrong == []


def test_a_key_made_with_a_stolen_key_names_its_parent(report: Report) -> None:
    parents = {i: row["parent_event"] for i, row in expected().items() if row["parent_event"]}
    assert {i: found(report)[i].parent_event_id for i in parents} == parents


def test_nothing_of_the_example_is_set_aside(report: Report) -> None:
    assert report.rejects == ()


def test_every_verdict_rests_on_evidence_or_says_its_number(report: Report) -> None:
    for finding in report.findings:
        for answer in finding.answers.values():
            assert answer.because
            assert answer.answer != "unknown" or answer.missing, answer


def test_without_context_nothing_is_taken_for_granted(tmp_path: Path) -> None:
    report = run(COMPANY / "logs", None, tmp_path / "spool")
    for finding in report.findings:
        for question in ("change_request", "identity_known", "threat_intel"):
            assert finding.answers[question].answer == "unknown"
            assert finding.answers[question].missing


@pytest.mark.parametrize(
    "part", ["changes.csv", "identities.csv", "indicators.csv", "city.mmdb", "asn.mmdb", "org.toml"]
)
def test_taking_a_source_away_never_makes_a_no(part: str, report: Report, tmp_path: Path) -> None:
    shutil.copytree(COMPANY / "context", tmp_path / "context")
    (tmp_path / "context" / part).unlink()
    if part.endswith(".mmdb"):  # the other one alone still places an address
        (tmp_path / "context" / ({"city.mmdb", "asn.mmdb"} - {part}).pop()).unlink()
    without = found(run(COMPANY / "logs", tmp_path / "context", tmp_path / "spool"))
    asked = {"changes.csv": "change_request", "indicators.csv": "threat_intel", "city.mmdb": "unusual_location"}
    asked |= {"identities.csv": "identity_known", "asn.mmdb": "unusual_location", "org.toml": "off_hours"}
    turned = [
        i
        for i, f in found(report).items()
        if f.answers[asked[part]].answer == "yes" and without[i].answers[asked[part]].answer == "no"
    ]
    assert turned == []


def test_shuffled_doubled_and_split_logs_give_the_same_verdicts(report: Report, tmp_path: Path) -> None:
    records = [
        json.dumps(record)
        for file in sorted((COMPANY / "logs" / "aws").rglob("*.json.gz"))
        for record in json.loads(gzip.decompress(file.read_bytes()))["Records"]
    ]
    doubled = records + records[: len(records) // 3]
    random.Random(3).shuffle(doubled)
    other = tmp_path / "logs"
    shutil.copytree(COMPANY / "logs", other, ignore=shutil.ignore_patterns("aws"))
    for i in range(3):
        (other / f"cloudtrail-{i}.ndjson").write_text("\n".join(doubled[i::3]))
    again = run(other, COMPANY / "context", tmp_path / "spool")
    assert judged(again) == judged(report)


def test_a_window_reports_less_and_judges_the_same(report: Report, tmp_path: Path) -> None:
    middle = sorted(f.change.time for f in report.findings)[len(report.findings) // 2]
    late = run(COMPANY / "logs", COMPANY / "context", tmp_path / "spool", Window(since=middle))
    assert set(found(late)) == {str(f.change.event_id) for f in report.findings if f.change.time >= middle}
    assert all(f.decision.action == found(report)[i].decision.action for i, f in found(late).items())
