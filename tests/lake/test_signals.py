"""The operations that blind the defender are known however they are spelled."""

from keywitness.lake.signals import stops, switches, tampering


def test_names_are_lower_case_and_cover_each_cloud() -> None:
    names = {*tampering(), *switches()}
    assert all(name == name.lower() for name in names)
    assert {name.split(":")[0].split(".")[0] for name in names} >= {"cloudtrail", "google", "microsoft"}


def test_every_stop_says_what_starts_the_log_again() -> None:
    assert all(stop.operations and stop.resumed_by for stop in stops())
    assert "cloudtrail:startlogging" in switches()
