"""Hunt queries hold the case's values, and a hostile value stays a value in each language."""

import json
from html import unescape

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.store.engine import Store
from keywitness.store.summary import case_of
from keywitness.web.hunts import LANGUAGES, doubled, escaped, hunts, pivots
from tests.store.made import judged
from tests.web.desk import at_desk


def test_each_language_asks_for_each_kind_of_value() -> None:
    case = case_of("KW-1", [judged(1, source_ip="192.0.2.1", user_agent="curl"), judged(2, source_ip="192.0.2.2")])
    made = hunts(case)
    kinds = {pivot.kind for pivot in pivots(case)}
    assert {(hunt.language, hunt.kind) for hunt in made} == {(la.name, kind) for la in LANGUAGES for kind in kinds}
    for hunt in made:
        if hunt.kind == "address":
            assert "192.0.2.1" in hunt.text
            assert "192.0.2.2" in hunt.text


@given(st.text())
def test_no_text_ends_its_literal_in_standard_sql(text: str) -> None:
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {doubled(text)}").fetchall() == [(text,)]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_no_text_ends_its_literal_elsewhere(text: str) -> None:
    """The escapes are those that JSON reads too."""
    assert json.loads(escaped(text)) == text


@pytest.mark.parametrize("agent", ['x") or true //', "x') OR 1=1 --", "x\\", 'x"\n| delete'])
def test_a_hostile_client_stays_a_value(agent: str) -> None:
    for hunt in hunts(case_of("KW-1", [judged(1, user_agent=agent)])):
        if hunt.kind == "client":
            quote = doubled if hunt.language == "Athena" else escaped
            assert quote(agent) in hunt.text
        assert "\n| delete" not in hunt.text


def test_the_case_page_shows_them(store: Store) -> None:
    text = unescape(at_desk(store, "vera").get("cases/KW-4F7QZ2AB").text)
    for language in LANGUAGES:
        assert f">{language.name}</summary>" in text
