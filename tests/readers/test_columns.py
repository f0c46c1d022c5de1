"""Respelled names, values in strings, and Presto's notation."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers import columns
from keywitness.readers.columns import at, camel, filled, flag_of, nested, obj, parsed, presto, respelled, utc, without
from tests.readers.copies import presto as printed


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IPAddress", "ipAddress"),
        ("Id", "id"),
        ("AADOperationType", "aadOperationType"),
        ("method_name", "methodName"),
        ("@type", "@type"),
        ("ID", "id"),
        ("already", "already"),
        ("", ""),
    ],
)
def test_names_are_respelled(name: str, expected: str) -> None:
    assert camel(name) == expected


def test_objects_are_respelled_at_any_depth_and_without_nulls() -> None:
    assert respelled({"a_b": [{"C": 1, "d": None}]}) == {"aB": [{"c": 1}]}
    assert respelled({"x": 1}, {"x": "Own"}) == {"Own": 1}


def test_small_values_are_made_plain() -> None:
    assert [parsed(v) for v in ('{"a": 1}', "[1]", "{x", "text", 7)] == [{"a": 1}, [1], "{x", "text", 7]
    assert [flag_of(v) for v in ("True", "false", "x", None, 1)] == [True, False, "x", None, 1]
    assert [utc(v) for v in ("2026-03-02 10:00:00 UTC", "x", 1)] == ["2026-03-02 10:00:00Z", "x", 1]
    assert filled(a=1, b=None, c="", d=False) == {"a": 1, "d": False}
    assert (at({"a": {"b": 1}}, "a", "b"), at({"a": 1}, "a", "b"), at(None, "a")) == (1, None, None)
    assert (obj({"a": '{"b": 1}'}, "a"), obj({"a": 1}, "a")) == ({"b": 1}, {})
    assert without({"a": 1, "b": 2}, ("a",)) == {"b": 2}


def test_dotted_names_become_objects() -> None:
    assert nested({"a.b": [1], "a.c": [1, 2], "d": 3}) == {"a": {"b": 1, "c": [1, 2]}, "d": 3}
    assert nested({"a": 1, "a.b": 2}) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{type=IAMUser, arn=null}", {"type": "IAMUser", "arn": None}),
        ("{a={b=x, c={d=y}}, e=[1, {f=z}]}", {"a": {"b": "x", "c": {"d": "y"}}, "e": ["1", {"f": "z"}]}),
        ("{message=one, two and three, code=7}", {"message": "one, two and three", "code": "7"}),
        ('{data={"x": [1]}}', {"data": {"x": [1]}}),
        ("{}", {}),
        ("[]", []),
        ("null", None),
        ("plain", "plain"),
        ("{no entry}", "{no entry}"),
        ("{a=}", {"a": ""}),
        (7, 7),
    ],
)
def test_prestos_notation_is_read(text: Any, expected: Any) -> None:
    assert presto(text) == expected


word = st.from_regex(r"[A-Za-z][\w:/@. -]{0,10}", fullmatch=True).map(str.strip).filter(lambda t: t != "null")
name = st.from_regex(r"[a-z]\w{0,8}", fullmatch=True)
struct = st.recursive(
    word | st.none(), lambda inner: st.dictionaries(name, inner, min_size=1, max_size=4), max_leaves=8
)


@given(st.dictionaries(name, struct, min_size=1, max_size=4))
def test_what_presto_prints_comes_back(value: Any) -> None:
    assert presto(printed(value)) == value


@given(st.text("{}[]=, ab", max_size=80))
def test_no_text_raises(text: str) -> None:
    presto(text)
    parsed(text)
    nested({text: 1})


def test_nesting_without_end_is_left() -> None:
    assert presto("{a=" * 5_000 + "}" * 5_000)
    assert presto("{a=" + "x" * columns._LONGEST + "}") == "{a=" + "x" * columns._LONGEST + "}"
