"""Others on the change's network, in its country."""

from pathlib import Path
from typing import Any, Final

from keywitness.behaviour.networks import FAMILY, MOST, Networks
from tests.support import ago, ask_family, change, event, lake, later

HERE: Final = "192.0.2.1"  # Berlin, AS3320


def networks(rows: list[dict[str, Any]], folder: Path, address: str | None = HERE) -> Networks:
    found: Networks = ask_family(FAMILY, lake(rows, folder), change(source_ip=address))[0]
    return found


def test_others_count_by_days_in_the_lookback(tmp_path: Path) -> None:
    rows = [event(time=ago(days=d), actor_id="bob", source_ip=HERE) for d in (3, 3, 9)]
    rows += [event(time=ago(days=9), actor_id="ann", source_ip=HERE)]  # the actor itself
    rows += [event(time=ago(days=9), actor_id="cyd", source_ip="192.0.2.2")]  # another network of the country
    rows += [event(time=when, actor_id="dan", source_ip=HERE) for when in (ago(hours=3), later(hours=1))]
    rows += [event(time=ago(days=9), actor_id="eve", source_ip=HERE, outcome="failure")]
    assert networks(rows, tmp_path) == Networks({"bob": 2})


def test_an_unknown_place_has_no_network(tmp_path: Path) -> None:
    rows = [event(time=ago(days=9), actor_id="bob", source_ip="10.0.0.1")]
    assert networks(rows, tmp_path, "10.0.0.1") == networks(rows, tmp_path, None) == Networks({})


def test_a_crowd_is_told_by_its_most_regular(tmp_path: Path) -> None:
    rows = [event(time=ago(days=9), actor_id=f"a{i:02}", source_ip=HERE) for i in range(MOST + 5)]
    rows += [event(time=ago(days=4), actor_id="a24", source_ip=HERE)]
    found = networks(rows, tmp_path)
    assert len(found.others) == MOST
    assert found.others["a24"] == 2
