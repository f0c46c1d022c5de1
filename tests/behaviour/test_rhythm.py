"""Days with activity around the change's hour, counted by hand."""

from pathlib import Path
from typing import Any, Final

from keywitness.behaviour.rhythm import FAMILY, Rhythm
from tests.support import AT, ago, ask_family, change, event, lake, later

EDGES: Final = {
    ago(hours=23): 0,
    ago(days=1, hours=9): 0,  # the UTC day before the change has not ended 24 hours before it
    ago(days=3): 1,
    ago(days=90): 1,
    ago(days=91): 0,
    later(days=1): 0,
}


def rhythm(rows: list[dict[str, Any]], folder: Path, **given: Any) -> Rhythm:
    found: Rhythm = ask_family(FAMILY, lake(rows, folder), change(**given))[0]
    return found


def test_a_night_counts_once_however_long_it_was(tmp_path: Path) -> None:
    weeks = [event(time=ago(days=7 * week, hours=hour)) for week in (1, 2, 3) for hour in (-1, 0, 1)]
    other_days = [event(time=ago(days=4)), event(time=ago(days=5, hours=6))]
    assert rhythm(weeks + other_days, tmp_path) == Rhythm(days=5, around_hour=4, around_week_hour=3)


def test_around_is_one_hour_either_side(tmp_path: Path) -> None:
    hours = (-2, -1, 0, 1, 2)
    rows = [event(time=ago(days=7, hours=hour), actor_id=f"a{hour}") for hour in hours]
    found = ask_family(FAMILY, lake(rows, tmp_path), *(change(f"a{hour}") for hour in hours))
    assert [one.around_hour for one in found] == [0, 1, 1, 1, 0]


def test_midnight_is_no_border(tmp_path: Path) -> None:
    night = AT.replace(hour=0, minute=20)
    rows = [event(time=night.replace(day=day, hour=hour)) for day, hour in ((1, 23), (2, 0), (2, 1))]
    assert rhythm(rows, tmp_path, time=night) == Rhythm(days=2, around_hour=1, around_week_hour=0)


def test_the_baseline_has_two_ends(tmp_path: Path) -> None:
    rows = [event(time=when, actor_id=f"a{i}") for i, when in enumerate(EDGES)]
    found = ask_family(FAMILY, lake(rows, tmp_path), *(change(f"a{i}") for i in range(len(EDGES))))
    assert [one.days for one in found] == list(EDGES.values())


def test_others_teach_nothing(tmp_path: Path) -> None:
    rows = [event(actor_id="bob"), event(actor_id=None), event(actor_id="ann2")]
    assert rhythm(rows, tmp_path) == Rhythm(0, 0, 0)
