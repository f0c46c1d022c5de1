"""``keywitness suppress``: a verdict becomes an entry, which the next triage applies."""

import json
import shutil
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from keywitness.cli import main
from keywitness.commands.suppress import append
from keywitness.context.suppressions import FILE, Suppression, load_suppressions
from keywitness.errors import UsageError
from tests.commands.conftest import COMPANY
from tests.render.poison import TEXTS

SOON = (datetime.now(UTC).date() + timedelta(days=90)).isoformat()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kept run whose context folder may be written to."""
    folder = tmp_path_factory.mktemp("run")
    shutil.copytree(COMPANY / "context", folder / "context")
    assert triage(folder) == 0
    return folder


def triage(folder: Path) -> int:
    return main(["triage", str(COMPANY / "logs"), "--context", str(folder / "context"), "--out", str(folder / "out")])


def findings(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "out" / "findings.jsonl").read_text().splitlines()]


def suppress(run: Path, case: str, *more: str, expires: str = SOON) -> int:
    given = ["--run", str(run / "out"), "--owner", "jo", "--reason", "the migration", "--expires", expires]
    return main(["suppress", case, *given, *more])


def case_of(run: Path, *, hostile: bool) -> str:
    signs = {"threat_intel", "suspicious_history", "unusual_location"}
    return next(
        str(f["case_id"])
        for f in findings(run)
        if f["decision"] == "escalate"
        and bool(signs & set(f["reasons"])) == hostile
        and f["answers"]["used_since"].get("kind") != "foreign network"
    )


def test_the_next_triage_closes_the_case_and_lists_what_was_hidden(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = case_of(run, hostile=False)
    assert suppress(run, case) == 0
    assert "the next triage applies it" in capsys.readouterr().out
    assert triage(run) == 0
    text = capsys.readouterr().out
    hidden = [f for f in findings(run) if f["case_id"] == case]
    assert {f["decision"] for f in hidden} == {"close"}
    assert {f["reasons"][0] for f in hidden} == {"suppressed"}
    assert all(f["suppressed_by"] in text for f in hidden)
    assert "Hidden by suppressions" in text
    assert "Hidden by suppressions" in (run / "out" / "report.html").read_text()
    assert suppress(run, case) == 2
    assert "closed already" in capsys.readouterr().err
    (run / "context" / FILE).unlink()
    assert triage(run) == 0


def test_an_indicator_or_hostile_signs_cannot_be_suppressed(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suppress(run, case_of(run, hostile=True)) == 2
    assert "can't be suppressed" in capsys.readouterr().err
    assert not (run / "context" / FILE).exists()


@pytest.mark.parametrize(
    ("case", "more", "expires", "says"),
    [
        ("KW-NOBODY", (), SOON, "is no case of"),
        ("KW-NOBODY", ("--owner", " "), SOON, "must say something"),
        ("KW-NOBODY", (), "2001-01-01", "within 180 days"),
        ("KW-NOBODY", (), "2999-01-01", "within 180 days"),
    ],
)
def test_what_is_missing_or_too_long_is_refused(
    run: Path, capsys: pytest.CaptureFixture[str], case: str, more: tuple[str, ...], expires: str, says: str
) -> None:
    assert suppress(run, case, *more, expires=expires) == 2
    assert says in capsys.readouterr().err


def entry(**given: str) -> Suppression:
    values = {
        "id": "SUP-1",
        "owner": "jo",
        "reason": "why",
        "actor": "ann",
        "target": "",
        "operation": "",
        "address": "",
    }
    return Suppression(**{**values, **given}, created=date(2026, 9, 1), expires=date(2026, 10, 1), case="KW-1")


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "empty"])
def test_hostile_text_stays_one_value(tmp_path: Path, name: str) -> None:
    append(tmp_path / FILE, [entry(reason="x" + TEXTS[name] + "\x7f", owner='"""', actor="a\\u0022")])
    ((one,),) = tomllib.loads((tmp_path / FILE).read_text("utf-8")).values()
    assert (one["owner"], one["actor"]) == ('"""', "a\\u0022")
    assert one["reason"].startswith("x")
    assert len(load_suppressions(tmp_path, [], date(2026, 9, 2)).active) == 1


def test_what_stands_in_the_file_stays_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("# ours\n")
    append(path, [entry()])
    append(path, [entry(), entry(id="SUP-2", actor="bob")])
    assert path.read_text().startswith("# ours\n")
    assert path.read_text().count("[[suppression]]") == 2
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_a_file_that_is_no_toml_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("[[suppression")
    with pytest.raises(UsageError, match="nothing was added"):
        append(path, [entry()])
    assert path.read_text() == "[[suppression"
