"""Block YAML: what is written is what a YAML reader reads."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from keywitness.sigma.block import dump

SCALARS = st.text() | st.booleans() | st.integers() | st.just("Update – x ")
MAPS = st.dictionaries(st.text(min_size=1), SCALARS | st.lists(SCALARS, min_size=1), min_size=1)


@given(MAPS)
def test_maps_of_scalars_and_lists_come_back(value: dict[str, Any]) -> None:
    assert yaml.safe_load(dump(value)) == value


def test_lists_of_maps_and_maps_of_maps_come_back() -> None:
    value = {"a": {"b|exists": False, "c": [{"d": ["x", "y"], "e": 1}, {"f": "no"}]}, "condition": "1 of them"}
    assert yaml.safe_load(dump(value)) == value


@pytest.mark.parametrize(
    "word", ["no", "True", "null", "", "1", "1e5", "6e3", "- x", "a: b", "#", "@x", "*.y", "~", "x "]
)
def test_what_yaml_would_take_for_something_else_stays_text(word: str) -> None:
    assert yaml.safe_load(dump({"a": word, "b": [word]})) == {"a": word, "b": [word]}
