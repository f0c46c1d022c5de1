"""``keywitness explain`` over a kept run."""

import json
import shutil
from pathlib import Path

import pytest

from keywitness.cli import main


@pytest.fixture
def own_run(company_run: Path, tmp_path: Path) -> Path:
    """A copy, because explain writes the queried tables beside the run."""
    shutil.copytree(company_run, tmp_path / "run")
    return tmp_path / "run"


def test_one_question_comes_with_its_record_and_query(own_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = [json.loads(line) for line in (own_run / "findings.jsonl").read_text().splitlines()]
    told = next(f for f in findings if f["decision"] == "escalate")
    assert main(["explain", told["event_id"], "off_hours", "--run", str(own_run)]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{told['event_id']} in case {told['case_id']}: escalate, ")
    assert "== off_hours: " in out
    assert f"record {told['event_id']}: " in out
    assert "query rhythm" in out
    assert (own_run / "tables" / "changes.parquet").exists()


@pytest.mark.parametrize(
    ("asked", "says"), [(["KW-NOBODY"], "is no case and no event"), (["KW-NOBODY", "weather"], "is no question")]
)
def test_what_is_not_there_is_a_mistake_of_the_user(
    company_run: Path, capsys: pytest.CaptureFixture[str], asked: list[str], says: str
) -> None:
    assert main(["explain", *asked, "--run", str(company_run)]) == 2
    assert says in capsys.readouterr().err
