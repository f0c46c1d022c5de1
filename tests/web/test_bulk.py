"""Many cases at once, and back again; what somebody else changed meanwhile is left alone and named."""

import re
from html import unescape

import pytest

from keywitness.store.engine import Store
from keywitness.store.rows import find
from tests.store.made import look
from tests.web.desk import Browser, at_desk

CASES = tuple(f"KW-EXTRA{number}" for number in (100, 101, 102))


def versions(store: Store) -> list[str]:
    with look(store) as desk:
        return [f"{ident} {find(desk, ident).version}" for ident in CASES]


def states(store: Store) -> set[tuple[str, str | None]]:
    with look(store) as desk:
        return {(find(desk, ident).status, find(desk, ident).assignee) for ident in CASES}


def undo(desk: Browser) -> int:
    found = re.search(r'name="undo" value="([^"]*)"', desk.get("queue").text)
    assert found
    return int(desk.post("bulk/undo", {"undo": unescape(found[1])}).status_code)


@pytest.mark.parametrize(
    ("fields", "made", "back"),
    [
        ({"act": "take"}, ("new", "tim"), ("new", None)),
        ({"act": "assign", "to": "tia"}, ("new", "tia"), ("new", None)),
        ({"act": "escalate", "reason": "all one hand"}, ("escalated", None), ("triage", None)),
        ({"act": "close", "to": "benign_positive"}, ("closed", None), ("triage", None)),
    ],
)
def test_an_act_on_many_is_done_and_undone(
    store: Store, fields: dict[str, str], made: tuple[str, str], back: tuple[str, str]
) -> None:
    tim = at_desk(store, "tim")
    assert tim.post("bulk", {"case": versions(store), **fields}).status_code == 303
    assert states(store) == {made}
    assert undo(tim) == 303
    assert states(store) == {back}


def test_a_case_that_somebody_changed_meanwhile_is_left_alone_and_named(store: Store) -> None:
    tim, tia = at_desk(store, "tim"), at_desk(store, "tia")
    seen = versions(store)
    tia.act(CASES[0], "take")
    tim.get("queue")
    tim.post("bulk", {"case": seen, "act": "assign", "to": "tim"})
    text = tim.get("queue").text
    assert "2 cases assigned. 1 not: KW-EXTRA100 was changed by somebody else" in text
    tia.act(CASES[1], "take")
    assert undo(tim) == 303
    with look(store) as desk:
        assert [find(desk, ident).assignee for ident in CASES] == ["tia", "tia", None]


@pytest.mark.parametrize("fields", [{}, {"case": ["x 1"], "act": "explode"}, {"case": ["KW-EXTRA100 1"], "act": ""}])
def test_nonsense_is_refused(store: Store, fields: dict[str, str]) -> None:
    assert at_desk(store, "tim").post("bulk", fields).status_code == 400


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"acts": 1, "what": "take"}', "\0"])
def test_there_is_nothing_to_undo(store: Store, text: str) -> None:
    assert at_desk(store, "tim").post("bulk/undo", {"undo": text}).status_code == 400


def test_forged_versions_and_ids_do_nothing(store: Store) -> None:
    tim = at_desk(store, "tim")
    before = versions(store)
    assert (
        tim.post("bulk", {"case": ["KW-EXTRA100 99", "KW-EXTRA100 x", "nothing", ""], "act": "take"}).status_code == 303
    )
    assert versions(store) == before
