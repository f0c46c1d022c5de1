"""The functions added to JMESPath, and that no record can make an expression raise."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.catalogue.content import EXPRESSIONS
from keywitness.catalogue.functions import compile_expression, evaluate
from tests.catalogue.walk import example, shipped

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
USED = sorted({getattr(o, key) for o in shipped().operations for key in EXPRESSIONS} - {""})


@pytest.mark.parametrize(
    ("expression", "record", "found"),
    [
        ("capture(a, 'on (.+)')", {"a": "on resource"}, "resource"),
        ("capture(a, 'on (.+)')", {"a": "off"}, None),
        ("capture(a, 'on (.+)')", {"a": ["on x"]}, None),
        ("captures(a, 'k(.)')", {"a": "k1 k2"}, ["1", "2"]),
        ("captures(a, 'k(.)')", {}, []),
        ("fill('{0}:{1}', [a, b])", {"a": "x", "b": 2}, "x:2"),
        ("fill('{0}:{1}', [a, b])", {"a": "x"}, None),
        ("fill('{0}', [a])", {"a": ""}, None),
        ("fill('{0}', [a])", {"a": {"b": 1}}, None),
        ("fill('{0}', [a])", {"a": "{1}{0.__class__}"}, "{1}{0.__class__}"),
        ("fill('{0}{1}', [a])", {"a": "x"}, None),
        ("tail(a)", {"a": "x/y/z/"}, "z"),
        ("tail(a)", {"a": None}, None),
        ("lower(a)", {"a": "ACTIVE"}, "active"),
        ("lower(a)", {"a": True}, None),
        ("unquote(a)", {"a": "arn%3Aaws%3Aiam"}, "arn:aws:iam"),
        ("unquote(a)", {}, None),
        ("parse(a).k", {"a": '{"k":"v"}'}, "v"),
        ("parse(a).k", {"a": {"k": "v"}}, "v"),
        ("parse(a)", {"a": "no JSON"}, "no JSON"),
        ("minus(a, b)", {"a": [1, 2, 3], "b": [2]}, [1, 3]),
        ("minus(a, b)", {"a": [1]}, [1]),
        ("minus(a, b)", {"b": [1]}, []),
        ("minus(a, b)", {"a": "text", "b": 1}, []),
    ],
)
def test_functions(expression: str, record: dict[str, Any], found: Any) -> None:
    assert evaluate(expression, record) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"x"', "x"),
        ('["a"]', ["a"]),
        ('"[\\"a\\"]"', ["a"]),
        ('{\r\n "a": 1 }', {"a": 1}),
        ("plain", "plain"),
        (None, None),
        ('["{\\"Id\\":1}", "[a=b]"]', [{"Id": 1}, "[a=b]"]),
    ],
)
def test_property_undoes_the_double_encoding(value: Any, found: Any) -> None:
    record = {"p": [{"displayName": "Other"}, "noise", {"displayName": "K", "newValue": value}]}
    assert evaluate("property(p, 'K', 'newValue')", record) == found


def test_property_knows_the_unified_audit_logs_names_too() -> None:
    assert evaluate("property(p, 'K', 'oldValue')", {"p": [{"Name": "K", "OldValue": "[]", "NewValue": "x"}]}) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (["[KeyIdentifier=a,KeyType=Password,DisplayName=x]"], ["a"]),
        (["[KeyIdentifier=a,DisplayName=CN=one, O=two]", "[KeyIdentifier=b]"], ["a", "b"]),
        (["[KeyIdentifier=a,DisplayName=[KeyIdentifier=z,DisplayName=q]]"], ["a"]),
        (["[KeyIdentifier=a,DisplayName=x, KeyIdentifier=z]"], ["a"]),
        ("[KeyIdentifier=a,KeyType=Password] [KeyIdentifier=b,KeyType=Password]", ["a"]),
        ('cut off ["[KeyIdentifier=a,KeyType=Password]","[KeyIdentifier=b,Ke', ["a", "b"]),
        ("Client secret", []),
        ([], []),
        (None, []),
        ({"a": 1}, []),
        ([1, None, ["x"]], []),
    ],
)
def test_key_ids_takes_only_the_start_of_an_entry(value: Any, found: list[str]) -> None:
    assert evaluate("key_ids(v)", {"v": value}) == found


def test_keys_without_an_identifier_are_told_apart_by_their_text() -> None:
    assert evaluate("keys(v)", {"v": ["[KeyIdentifier=a]", "Client secret"]}) == ["a", "Client secret"]
    assert evaluate("keys(v)", {"v": "Client secret"}) == ["Client secret"]


@pytest.mark.parametrize(
    "expression",
    ["a ||", "nope(a)", "capture(a, '(')", "capture(a, 'x')", "capture(a, b)", "!a.b", "[?nope(@)]", "a[?!b.c]"],
)
def test_expressions_that_can_never_work_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"JMESPath|function|group|write"):
        compile_expression(expression)


def test_an_empty_expression_yields_nothing() -> None:
    assert compile_expression("") is None
    assert evaluate("", {"a": 1}) is None


def test_a_type_that_jmespath_refuses_yields_nothing() -> None:
    assert evaluate("starts_with(a, 'x')", {"a": 1}) is None


@settings(max_examples=60, deadline=None)
@given(record=st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_no_record_makes_an_expression_raise(record: dict[str, Any]) -> None:
    for expression in USED:
        evaluate(expression, record)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_damaged_example_makes_its_expressions_raise(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(shipped().operations))
    record = data.draw(damaged(example(operation)))
    for name in EXPRESSIONS:
        evaluate(getattr(operation, name), record if isinstance(record, dict) else {})


def damaged(value: Any) -> st.SearchStrategy[Any]:
    """The value with any part of it replaced by any JSON."""
    if isinstance(value, dict):
        whole: st.SearchStrategy[Any] = st.fixed_dictionaries({k: damaged(v) for k, v in value.items()})
    elif isinstance(value, list):
        whole = st.tuples(*(damaged(v) for v in value)).map(list)
    else:
        whole = st.just(value)
    return st.one_of(whole, whole, whole, whole, JSON)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b", [1, 2]),
        ("A.B", [1, 2]),
        ("a", [{"b": 1}, {"b": 2}, {"c": None}]),
        ("a.c", []),
        ("a.b.x", []),
        ("none", []),
    ],
)
def test_at_looks_through_lists_in_any_case(path: str, found: list[Any]) -> None:
    assert evaluate(f"at(@, '{path}')", {"a": [{"b": 1}, {"b": 2}, {"c": None}]}) == found
