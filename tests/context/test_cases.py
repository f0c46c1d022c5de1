"""Earlier runs and analysts' verdicts, as the context folder holds them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keywitness.context.cases import NO_CASES, Cases, Verdict, load_cases
from keywitness.context.identities import Directory
from keywitness.context.suppressions import NONE, Suppression, Suppressions
from keywitness.errors import Reject
from keywitness.render.json import render
from tests.render.sample import report


def finding_line(**given: Any) -> str:
    made: dict[str, Any] = {
        "event_id": "e1",
        "time": "2026-03-02T10:00:00Z",
        "tenant": "111122223333",
        "actor": {"id": "ann", "name": "ann", "type": "user"},
        "target": {"id": "svc", "name": "svc", "type": "user"},
        "credential_ids": ["AKIA1"],
        "decision": "escalate",
        "case_id": "KW-1",
    }
    return json.dumps(made | given)


def load(folder: Path, *lines: str, known: Suppressions = NONE, name: str = "cases/old/findings.jsonl") -> Any:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")
    rejects: list[Reject] = []
    return load_cases(folder, Directory(), known, rejects), rejects


def test_what_a_run_wrote_is_read_again(tmp_path: Path) -> None:
    ran = report()
    found, rejects = load(tmp_path, *render(ran).splitlines())
    assert not rejects
    assert found.files == ("cases/old/findings.jsonl",)
    assert found.escalated.keys() == {case.case_id for case in ran.cases if case.action == "escalate"}
    earlier = next(e for changes in found.escalated.values() for e in changes if e.key)
    made = next(f for f in ran.findings if f.change.event_id == earlier.event_id)
    assert (earlier.case_id, earlier.decision) == (made.case_id, made.decision.action)
    change = made.change
    assert (earlier.credentials, earlier.session, earlier.key) == (
        change.credential_ids,
        change.session_id,
        change.credential_used,
    )
    resolve = Directory().resolve
    assert earlier.actor == resolve(change.actor.id, change.actor.name, None)
    assert earlier.target == resolve(change.target.id, change.target.name, None)


def test_a_case_counts_whole_when_one_of_its_changes_was_escalated(tmp_path: Path) -> None:
    second = finding_line(event_id="e2", decision="close", actor={"id": "bob"}, time="2026-03-02T11:00:00Z")
    other = finding_line(event_id="e3", case_id="KW-2", decision="review")
    found, _ = load(tmp_path, second, finding_line(), other)
    assert [e.event_id for e in found.escalated["KW-1"]] == ["e1", "e2"]
    assert found.naming("bob", None) == found.naming("AKIA1") == ("KW-1",)
    assert "KW-2" not in found.escalated


def test_a_bad_line_costs_no_other(tmp_path: Path) -> None:
    bad = ["{", "[]", "1", finding_line(time="soon"), finding_line(actor="ann"), finding_line(case_id=7), ""]
    found, rejects = load(tmp_path, *bad, finding_line())
    assert list(found.escalated) == ["KW-1"]
    assert [reject.source.record for reject in rejects] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("name", ["rejects", "evidence"])
def test_what_else_a_run_writes_is_no_case(tmp_path: Path, name: str) -> None:
    found, rejects = load(tmp_path, '{"file": "a", "reason": "b"}', name=f"cases/old/{name}.jsonl")
    assert (found, rejects) == (Cases(), [])
    assert load_cases(tmp_path / "none", Directory(), NONE, []) == load_cases(None, Directory(), NONE, []) == NO_CASES


def test_verdicts_of_analysts_and_of_suppressions(tmp_path: Path) -> None:
    day = date(2026, 3, 3)
    old = Suppression("SUP-1", "kim", "known", "ann", "", "", "", day, day, "KW-1")
    other = Suppression("SUP-2", "kim", "known", "ann", "", "", "", day, day, "KW-2")
    rows = "case,verdict,by,date\nKW-1,True Positive,mo,2026-03-04\nKW-3,benign_positive,,\nKW-4,duplicate,mo,\n,x,,\n"
    load(tmp_path, rows, name="cases/verdicts.csv")
    found, rejects = load(tmp_path, finding_line(), known=Suppressions((other,), (old,)))
    assert found.verdicts == {
        "KW-1": Verdict("confirmed", "true positive", "mo", "2026-03-04"),  # an analyst's later word
        "KW-2": Verdict("harmless", "suppressed", "kim", "2026-03-03"),
        "KW-3": Verdict("harmless", "benign positive", "", ""),
    }
    assert len(rejects) == 1
