"""``keywitness verify``: proves the record, names the first broken link, and ends with 1 when there is one."""

import sqlite3
from pathlib import Path

import pytest

from keywitness.cli import main


@pytest.fixture
def store(company_run: Path, tmp_path: Path) -> Path:
    where = tmp_path / "cases.db"
    assert main(["cases", "import", str(company_run), "--store", str(where)]) == 0
    return where


def tamper(store: Path, *acts: str) -> None:
    """As somebody who can write to the file, and knows how to take the triggers away."""
    connection = sqlite3.connect(store)
    for name in ("update", "delete", "replace"):
        connection.execute(f"DROP TRIGGER record_no_{name}")
    for act in acts:
        connection.execute(act)
    connection.commit()
    connection.close()


def test_a_record_that_holds_is_said_with_its_end(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["verify", "--store", str(store)]) == 0
    assert "entries hold, and the cases are what they say" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ("UPDATE record SET who = 'eve' WHERE number = 4", "at entry 4: entry 4 was changed"),
        ("DELETE FROM record WHERE number = 4", "at entry 4: entry 4 is missing"),
        ("DELETE FROM record WHERE number > 4", "at entry 5"),
        ("UPDATE findings SET json = replace(json, 'escalate', 'close')", "isn't what the record says of it"),
        ("UPDATE cases SET close_reason = 'true_positive' WHERE status = 'closed'", "isn't what the record says"),
    ],
)
def test_tampering_is_named_and_ends_with_1(
    store: Path, capsys: pytest.CaptureFixture[str], act: str, says: str
) -> None:
    tamper(store, act)
    capsys.readouterr()
    assert main(["verify", "--store", str(store)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("keywitness: broken: the record of default ")
    assert says in said


def test_an_anchor_finds_an_end_that_was_cut_off_with_care(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "anchor.jsonl"
    assert main(["verify", "--store", str(store), "--save-anchor", str(kept)]) == 0
    tamper(
        store,
        "DELETE FROM record WHERE number = (SELECT max(number) FROM record)",
        "DELETE FROM terms WHERE case_id NOT IN (SELECT subject FROM record)",
        "DELETE FROM findings WHERE case_id NOT IN (SELECT subject FROM record)",
        "DELETE FROM cases WHERE case_id NOT IN (SELECT subject FROM record)",
        "UPDATE tenants SET entries = entries - 1, head = (SELECT hash FROM record ORDER BY number DESC LIMIT 1)",
    )
    assert main(["verify", "--store", str(store)]) == 0
    assert main(["verify", "--store", str(store), "--anchor", str(kept)]) == 1
    assert "the end was cut off" in capsys.readouterr().err


def test_a_tenant_that_is_gone_is_missed_by_its_anchor(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "anchor.jsonl"
    kept.write_text('{"at":"2026-01-01T00:00:00.000000Z","hash":"00","number":3,"tenant":"acme"}\n')
    assert main(["verify", "--store", str(store), "--anchor", str(kept)]) == 1
    assert "acme has an anchor, and is gone" in capsys.readouterr().err
    assert main(["verify", "--store", str(store), "--tenant", "acme"]) == 1
    kept.write_text("nonsense")
    assert main(["verify", "--store", str(store), "--anchor", str(kept)]) == 2
    assert "line 1 is no anchor" in capsys.readouterr().err
