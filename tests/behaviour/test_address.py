"""Who else was at the change's address, near it and before."""

from pathlib import Path

from keywitness.behaviour.address import FAMILY, Address, Seen
from tests.support import ago, ask_family, change, event, lake, later

HERE = "192.0.2.1"


def test_near_and_ever(tmp_path: Path) -> None:
    rows = [
        event(time=ago(hours=20), source_ip=HERE, actor_id="bob", actor_name="Bob", event_id="b1"),
        event(time=later(hours=20), source_ip=HERE, actor_id="bob", actor_name="Bob"),
        event(time=ago(days=3), source_ip=HERE, actor_id="cyd", actor_name=None),
        event(time=ago(days=3, hours=1), source_ip=HERE, actor_id="cyd", actor_name=None),
        event(time=ago(days=200), source_ip=HERE, actor_id="cyd", actor_name=None),
        event(time=later(hours=25), source_ip=HERE, actor_id="late"),
        event(time=ago(hours=2), source_ip="192.0.2.2", actor_id="elsewhere"),
        event(time=ago(hours=2), source_ip=HERE, actor_id=None),
    ]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip=HERE))
    assert found == Address({"bob": Seen(2, "b1", "Bob")}, frozenset({"cyd"}))


def test_an_actor_without_a_name_goes_by_its_id(tmp_path: Path) -> None:
    rows = [event(time=ago(hours=2), source_ip=HERE, actor_id="svc-1", actor_name=None)]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip=HERE))
    assert found.near["svc-1"].name == "svc-1"


def test_a_change_without_an_address_has_no_neighbours(tmp_path: Path) -> None:
    assert ask_family(FAMILY, lake([event()], tmp_path), change()) == [Address({}, frozenset())]


def test_others_are_all_but_the_actor() -> None:
    assert Address({}, frozenset({"ann", "bob"})).others("ann") == {"bob"}
