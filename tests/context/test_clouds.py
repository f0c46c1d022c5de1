"""Whose network it is."""

from keywitness.context.clouds import cloud_of


def test_a_cloud_is_known_by_any_of_its_systems() -> None:
    assert cloud_of(16509) == cloud_of(14618) == "Amazon"
    assert cloud_of(3320) is None
    assert cloud_of(None) is None
