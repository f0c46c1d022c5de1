"""``keywitness replay`` over logs and over a kept run."""

import json
from pathlib import Path

import pytest

from keywitness import catalogue
from keywitness.cli import main
from keywitness.commands import kept
from keywitness.commands.replay import Past
from keywitness.facts import GATHERED, gather
from keywitness.past import load
from keywitness.policy import load_policy
from tests.commands.conftest import COMPANY

LOOSE = '[escalate]\ncriteria = ["atypical_actor"]\n[thresholds]\nhabit_count = 1\n'


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    path = tmp_path / "loose.toml"
    path.write_text(LOOSE)
    return path


def test_a_kept_run_is_judged_again_without_its_logs(
    company_run: Path, loose: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", "--run", str(company_run), "--policy", str(loose), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["settings"]["thresholds.habit_count"] == {"old": 2, "new": 1}
    assert told["lost"]
    assert not told["gained"]
    moved = [d for d in told["differences"] if d["old"]["decision"] != d["new"]["decision"]]
    assert moved
    assert all(d["settings"] for d in moved)
    each = told["minutes"]["each"]
    assert told["minutes"]["old"] == sum(each[action] * number for action, number in told["cases"]["old"].items())


def test_the_other_way_round_the_lost_are_gained(
    company_run: Path, loose: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = tmp_path / "shipped.toml"
    shipped.write_text("")
    assert main(["replay", "--run", str(company_run), "--old", str(loose), "--policy", str(shipped)]) == 0
    out = capsys.readouterr().out
    assert "Cases gained: " in out
    assert "criteria with unauthorised, pattern" in out
    assert "Cases lost" not in out


def test_logs_give_what_the_kept_run_gives(company_run: Path, loose: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--run", str(company_run), "--policy", str(loose)]) == 0
    first = capsys.readouterr().out
    logs = [str(COMPANY / "logs"), "--context", str(COMPANY / "context")]
    assert main(["replay", *logs, "--policy", str(loose)]) == 0
    assert capsys.readouterr().out == first


def test_either_logs_or_a_run(loose: Path, company_run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--policy", str(loose)]) == 2
    assert main(["replay", "x.json", "--run", str(company_run), "--policy", str(loose)]) == 2
    assert "either LOGS, a kept run" in capsys.readouterr().err


class Recorder(dict[str, float]):
    """Thresholds that remember which of them were read."""

    def __init__(self, values: dict[str, float]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)


def test_gathering_reads_no_thresholds_but_those_it_names(company_run: Path) -> None:
    loaded = kept.load(company_run)
    thresholds = Recorder(dict(load_policy().thresholds))
    policy = load_policy()
    object.__setattr__(policy, "thresholds", thresholds)
    findings = [facts.change for facts in loaded.knowledge.facts][:20]
    past = load(loaded.lake, catalogue.load(), loaded.context.directory.resolve)
    gather(loaded.lake, findings, past, loaded.context, catalogue.load(), policy)
    assert thresholds.read == set(GATHERED)


def test_facts_are_gathered_once_unless_such_a_threshold_differs(company_run: Path, tmp_path: Path) -> None:
    loaded = kept.load(company_run)
    past = Past(loaded.lake, loaded.context, loaded.window, loaded.catalogue)
    other = tmp_path / "other.toml"
    for text, gathered in (("habit_count = 9", 1), ("shared_address_actors = 9", 2)):
        other.write_text(f"[thresholds]\n{text}\n")
        past.judge(load_policy())
        past.judge(load_policy(other))
        assert len(past._gathered) == gathered
