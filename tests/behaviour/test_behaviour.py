"""The contract: every family has its place in what is known of a change."""

from dataclasses import fields

from keywitness.behaviour import FAMILIES, Behaviour


def test_a_family_is_a_field() -> None:
    assert [family.name for family in FAMILIES] == [field.name for field in fields(Behaviour)]
