"""The last address before the change that is another one."""

from pathlib import Path

from keywitness.behaviour.previous import FAMILY, Previous
from tests.support import AT, ago, ask_family, change, event, lake, later

HERE = "192.0.2.1"


def test_the_last_success_from_elsewhere_counts(tmp_path: Path) -> None:
    rows = [
        event(time=ago(hours=6), source_ip="198.51.100.1"),
        event(time=ago(hours=3), source_ip="203.0.113.1", event_id="last"),
        event(time=ago(hours=1), source_ip=HERE),
        event(time=ago(hours=1), source_ip="198.51.100.1", outcome="failure"),
        event(time=ago(hours=1), source_ip="198.51.100.1", actor_id="bob"),
        event(time=ago(hours=1)),
    ]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip=HERE))
    assert found == Previous(ago(hours=3), "203.0.113.1", "last")


def test_only_the_day_before_counts(tmp_path: Path) -> None:
    rows = [event(time=when, source_ip="203.0.113.1") for when in (ago(hours=25), later(minutes=1), AT)]
    assert ask_family(FAMILY, lake(rows, tmp_path), change(source_ip=HERE)) == [None]


def test_of_two_in_one_second_the_answer_is_always_the_same(tmp_path: Path) -> None:
    rows = [event(time=ago(hours=2), source_ip=f"198.51.100.{i}", event_id=f"t{i}") for i in (4, 9, 6)]
    for order in (rows, rows[::-1]):
        (found,) = ask_family(FAMILY, lake(order, tmp_path), change(source_ip=HERE))
        assert (found.address, found.event_id) == ("198.51.100.9", "t9")


def test_a_change_without_an_address_has_no_travel(tmp_path: Path) -> None:
    rows = [event(time=ago(hours=2), source_ip="203.0.113.1")]
    assert ask_family(FAMILY, lake(rows, tmp_path), change()) == [None]
