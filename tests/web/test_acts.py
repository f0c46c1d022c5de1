"""One case worked through its life by forms, as each role; what the rules refuse is refused here too."""

from collections.abc import Mapping

import pytest

from keywitness.store import casefile, proof
from keywitness.store.engine import Store
from keywitness.store.records import CaseRow
from keywitness.store.rows import find
from tests.store.made import look
from tests.web.desk import at_desk

CASE = "KW-EXTRA100"


def case(store: Store) -> CaseRow:
    with look(store) as desk:
        return find(desk, CASE)


def test_a_case_is_worked_to_its_end_by_three_people(store: Store) -> None:
    tim, tia, rob = (at_desk(store, name) for name in ("tim", "tia", "rob"))
    steps: tuple[tuple[object, str, Mapping[str, str]], ...] = (
        (tim, "take", {}),
        (tim, "note", {"text": "called her: it was not her"}),
        (tim, "move", {"to": "escalated", "reason": "she denies it"}),
        (tia, "take", {}),
        (tia, "prioritise", {"to": "P1", "reason": "it can write to the backups"}),
        (rob, "move", {"to": "contained"}),
        (tia, "close", {"reason": "true_positive", "comment": "key deleted"}),
    )
    for who, act, fields in steps:
        assert who.act(CASE, act, **fields).status_code == 303  # type: ignore[attr-defined]
    made = case(store)
    assert (made.status, made.close_reason, made.assignee, made.priority) == ("closed", "true_positive", "tia", "P1")
    with look(store) as desk:
        assert proof.prove(desk) is None
        assert {entry.who for entry in casefile.open_file(desk, CASE).record} == {"keywitness", "tim", "tia", "rob"}


@pytest.mark.parametrize(
    ("who", "act", "fields", "status"),
    [
        ("tim", "move", {"to": "contained"}, 403),
        ("tia", "move", {"to": "contained"}, 403),
        ("tim", "prioritise", {"to": "P1", "reason": "x"}, 403),
        ("rob", "move", {"to": "contained"}, 422),
        ("tim", "move", {"to": "closed"}, 422),
        ("tim", "close", {"reason": "other"}, 422),
        ("tim", "close", {"reason": "automated_closure"}, 422),
        ("tim", "close", {"reason": "duplicate"}, 422),
        ("tim", "note", {"text": " "}, 422),
        ("tim", "pause", {"reason": "lunch"}, 422),
        ("tim", "resume", {}, 422),
        ("tim", "attach", {}, 422),
        ("tim", "explode", {}, 422),
        ("tim", "overturn", {"question": "change_request", "was": "no", "to": "yes", "reason": ""}, 422),
        ("tim", "overturn", {"question": "nothing", "was": "no", "to": "yes", "reason": "x"}, 409),
    ],
)
def test_what_the_rules_refuse_changes_nothing(
    store: Store, who: str, act: str, fields: dict[str, str], status: int
) -> None:
    before = case(store)
    assert at_desk(store, who).act(CASE, act, **fields).status_code == status
    assert case(store) == before


def test_who_was_slower_is_told_and_overwrites_nothing(store: Store) -> None:
    tim, tia = at_desk(store, "tim"), at_desk(store, "tia")
    tim.get(f"cases/{CASE}")
    assert tia.act(CASE, "take").status_code == 303
    answer = tim.post(f"cases/{CASE}", {"act": "assign", "to": "tim"})
    assert answer.status_code == 409
    assert "changed by somebody else" in answer.text
    assert case(store).assignee == "tia"


def test_an_answer_is_overturned_with_its_reason_and_triages_own_stays(store: Store) -> None:
    tim = at_desk(store, "tim")
    fields = {"question": "change_request", "was": "no", "to": "yes", "reason": "CHG1 was in the other system"}
    assert tim.act(CASE, "overturn", **fields).status_code == 303
    with look(store) as desk:
        file = casefile.open_file(desk, CASE)
    assert file.answer(file.findings[0], "change_request")[0] == "yes"
    assert file.findings[0].finding.answers["change_request"].answer == "no"
    text = tim.get(f"cases/{CASE}").text
    assert "tim said yes instead of no" in text
    assert "CHG1 was in the other system" in text


def test_a_clock_stands_still_and_runs_again(store: Store) -> None:
    tim = at_desk(store, "tim")
    with look(store) as desk:
        reason = desk.rules.pauses[0]
    assert tim.act(CASE, "pause", reason=reason).status_code == 303
    assert "paused" in tim.get(f"cases/{CASE}").text
    assert tim.act(CASE, "resume").status_code == 303
    assert case(store).paused_at is None


def test_a_file_is_attached_and_only_ever_saved(store: Store) -> None:
    tim = at_desk(store, "tim")
    tim.get(f"cases/{CASE}")
    files = {"file": ("<script>.html", b"<script>alert(1)</script>", "text/html")}
    assert tim.post(f"cases/{CASE}", {"act": "attach"}, files=files).status_code == 303
    with look(store) as desk:
        (held,) = casefile.open_file(desk, CASE).attachments
    got = tim.get(f"cases/{CASE}/files/{held.number}")
    assert got.content == b"<script>alert(1)</script>"
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "<script>" not in got.headers["content-disposition"]
    assert tim.get(f"cases/{CASE}/files/99999").status_code == 404
    assert tim.get(f"cases/{CASE}/files/x").status_code == 404
