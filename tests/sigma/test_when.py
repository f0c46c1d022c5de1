"""JMESPath → Sigma's tests: what can be said exactly, what is widened, and what is never narrowed."""

import pytest

from keywitness.sigma.when import Fields, Group, Match, Tree, translate

FIELDS = Fields(flags=frozenset({"enabled"}))


def exact(when: str) -> Tree | None:
    found = translate(when, FIELDS)
    assert not found.lost
    return found.tree


def test_nothing_asked_is_nothing_tested() -> None:
    assert translate("", FIELDS).tree is None


@pytest.mark.parametrize(
    ("when", "test"),
    [
        ("a.status == 'Active'", Match("a.status", ("Active",))),
        ("lower(a.status) == 'active'", Match("a.status", ("active",))),
        ("a.status != 'Active'", Match("a.status", ("Active",), negated=True)),
        ("!(a.status == 'Active')", Match("a.status", ("Active",), negated=True)),
        ("a.flag == `true`", Match("a.flag", (True,))),
        ("a.password", Match("a.password|exists", (True,))),
        ("!(a.password)", Match("a.password|exists", (False,))),
        ("a.enabled", Match("a.enabled", (True,))),
        ("!(a.enabled)", Match("a.enabled", (True,), negated=True)),
        ("starts_with(lower(a), 'x@')", Match("a|startswith", ("x@",))),
        ("capture(a, '(?i)(temporary pass)')", Match("a|contains", ("temporary pass",))),
        ("capture(a, '(oidc|saml)')", Match("a|contains", ("oidc", "saml"))),
        ("capture(a, '(?i)^x/(y)$')", Match("a|re|i", ("^x/(y)$",))),
        ("capture(a, '^x/(y)$')", Match("a|re", ("^x/(y)$",))),
        ("list[?name == 'x']", Match("list.name|contains", ("x",))),
        ("!(list[].inner[?name == 'x'])", Match("list.inner.name|contains", ("x",), negated=True)),
    ],
)
def test_common_forms_are_said_exactly(when: str, test: Match) -> None:
    assert exact(when) == test


def test_and_or_and_their_negation() -> None:
    a, b = Match("a", ("x",)), Match("b|exists", (True,))
    assert exact("a == 'x' && b") == Group((a, b), every=True)
    assert exact("a == 'x' || b") == Group((a, b), every=False)
    negated = (Match("a", ("x",), negated=True), Match("b|exists", (False,)))
    assert exact("!(a == 'x' && b)") == Group(negated, every=False)
    assert exact("!(a == 'x' || b)") == Group(negated, every=True)


def test_several_paths_are_alternatives() -> None:
    found = exact("(m.[a, b][].[added, changed][][])[?@ == 'ssh-keys']")
    paths = ("m.a.added", "m.a.changed", "m.b.added", "m.b.changed")
    assert found == Group(tuple(Match(f"{p}|contains", ("ssh-keys",)) for p in paths), every=False)


def test_a_set_difference_is_widened_to_the_property() -> None:
    found = translate("minus(keys(property(props, 'K', 'newValue')), keys(property(props, 'K', 'oldValue')))", FIELDS)
    assert found.tree == Match("props.displayName|contains", ("K",))
    assert "before and after" in found.lost[0]


@pytest.mark.parametrize(
    "when",
    [
        "!(minus(property(p, 'K', 'newValue'), property(p, 'K', 'oldValue')))",
        "!(list[?a == 'x' && b == 'y'])",
        "request.*.disabled | [?@ == `true`]",
        "contains(a, b)",
        "a == b",
    ],
)
def test_what_cant_be_said_is_left_out_and_named(when: str) -> None:
    found = translate(when, FIELDS)
    assert found.tree is None
    assert found.lost


def test_a_lost_alternative_frees_all_and_a_lost_part_only_itself() -> None:
    lost, kept = "contains(a, b)", Match("c", ("x",))
    assert translate(f"{lost} || c == 'x'", FIELDS).tree is None
    assert translate(f"{lost} && c == 'x'", FIELDS).tree == kept


def test_two_fields_of_one_element_are_tested_apart_and_it_is_said() -> None:
    found = translate("list[?name == 'x' && lower(value) == 'true']", FIELDS)
    assert found.tree == Group(
        (Match("list.name|contains", ("x",)), Match("list.value|contains", ("true",))), every=True
    )
    assert "same element" in found.lost[0]


def test_fields_take_the_names_that_the_log_source_gives_them() -> None:
    fields = Fields(prefix="properties.", renamed={"name": "operationName"})
    found = translate("name == 'x' && result == 'y'", fields).tree
    assert found == Group((Match("operationName", ("x",)), Match("properties.result", ("y",))), every=True)
