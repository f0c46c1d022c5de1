"""The shift handover."""

import re
from pathlib import Path

import pytest

from keywitness.exports.handover import handover, inert
from keywitness.store import cases, writing
from keywitness.store.engine import Store
from keywitness.store.load import load
from tests.exports.cases import empty
from tests.render.poison import TEXTS, poisoned
from tests.store.made import judged, put


def told(store: Store, hours: int = 8) -> str:
    with store.reading("default", "") as desk:
        return handover(desk, hours)


def test_the_next_shift_learns_what_is_whose_and_what_happened(tmp_path: Path) -> None:
    store = empty(tmp_path)
    put(store, *(judged(n * 2000, f"KW-{n}", actor=f"user{n}", session_id=None) for n in range(3)))
    with store.writing("default", "jo") as desk:
        taken = cases.move(desk, "KW-1", 1, "triage")
        cases.move(desk, "KW-1", taken.version, "escalated")
        writing.note(desk, "KW-1", "asked the owner")
        cases.close(desk, "KW-2", 1, "false_positive")
    text = told(store)
    assert "3 cases came in (3 escalate). 2 open, 0 late." in text
    assert "- **KW\\-1** escalate P2, jo, due" in text.partition("## With Tier 2")[2].partition("##")[0]
    assert "**KW\\-0** escalate P2, nobody" in text.partition("## New")[2]
    assert "jo desk:case:closed KW\\-2" in text.partition("## What happened")[2]
    store.close()


def test_a_quiet_shift_says_so(tmp_path: Path) -> None:
    store = empty(tmp_path)
    text = told(store)
    assert "0 cases came in (none). 0 open, 0 late." in text
    assert text.endswith("Nothing.\n")
    store.close()


@pytest.mark.parametrize("name", list(TEXTS))
def test_hostile_text_is_no_markup(tmp_path: Path, name: str) -> None:
    store = empty(tmp_path)
    list(load(store, "default", poisoned(name).cases))
    text = told(store)
    store.close()
    assert not re.search(r"(?<!\\)[<\[`]", text)
    assert "\x1b" not in text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        text.splitlines()[0],
        *("## Late", "## With Tier 2", "## In triage", "## New", "## What happened"),
    ]


def test_a_link_is_shown_and_leads_nowhere() -> None:
    assert inert("[x](http://y)\n# z") == "\\[x\\]\\(http://y\\)\\\\n\\# z"
