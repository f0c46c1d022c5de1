"""Days per country, network and address, counted by hand."""

from pathlib import Path

from keywitness.behaviour.places import FAMILY, Places
from tests.support import ago, ask_family, change, event, lake


def test_days_by_country_and_network(tmp_path: Path) -> None:
    rows = [
        event(time=ago(days=5), source_ip="192.0.2.1"),
        event(time=ago(days=5, hours=1), source_ip="192.0.2.1"),
        event(time=ago(days=5, hours=2), source_ip="192.0.2.2"),  # same day and country, another network
        event(time=ago(days=6), source_ip="192.0.2.2"),
        event(time=ago(days=7), source_ip="198.51.100.1"),
        event(time=ago(days=8), source_ip="10.0.0.1"),
        event(time=ago(days=9)),
        event(time=ago(days=7), source_ip="203.0.113.1", actor_id="bob"),
        event(time=ago(hours=20), source_ip="203.0.113.1"),
    ]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip="192.0.2.1"))
    assert found == Places({"DE": 2, "FR": 1}, {3320: 1, 6805: 2, 3215: 1}, same_address=1)


def test_an_address_that_no_database_knows_is_still_the_same_address(tmp_path: Path) -> None:
    rows = [event(time=ago(days=day), source_ip="10.0.0.1") for day in (3, 4, 4, 5)]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip="10.0.0.1"))
    assert found == Places({}, {}, same_address=3)
