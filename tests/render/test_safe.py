import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.render.safe import cell, clip, visible, well_formed

ANY_TEXT = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]))


@given(ANY_TEXT)
def test_visible_text_prints_on_one_line_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown
    assert shown.encode().decode() == shown


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_not_touched(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("pay\u202efdp", r"pay\u202efdp"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("no\xa0break", r"no\xa0break"),
        ("\u3164filler\ufe0f", r"\u3164filler\ufe0f"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("CORP\\dora, Zoë, 田中, 🔑", "CORP\\dora, Zoë, 田中, 🔑"),
    ],
)
def test_what_is_not_visible_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_clipped_text_says_how_long_it_was() -> None:
    assert clip("short", 5) == "short"
    assert clip("x" * 2_000, 3) == "xxx… (2,000 characters)"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == "'" + visible(text)


@given(ANY_TEXT)
def test_cells_are_one_line_and_no_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell(text).isprintable()


def test_an_ordinary_cell_stays_as_it_is() -> None:
    assert cell("svc-backup") == "svc-backup"


def test_lone_surrogates_are_replaced_and_pairs_are_joined() -> None:
    assert well_formed("a\ud800b\udfff") == "a\ufffdb\ufffd"
    assert well_formed("\ud83d\udd11 🔑") == "🔑 🔑"


@given(ANY_TEXT)
def test_well_formed_text_can_be_encoded(text: str) -> None:
    assert well_formed(text).encode().decode() == well_formed(text)
