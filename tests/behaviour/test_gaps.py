"""Silence tells something only where a log is never silent."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from keywitness.behaviour.gaps import LogGap, find, silences
from keywitness.lake.signals import stops
from keywitness.policy import load_policy
from tests.support import event, lake

POLICY: Final = load_policy().thresholds
START: Final = date(2026, 6, 1)  # a Monday
WEEKEND: Final = (5, 6)


def rows(
    days: int, count: Callable[[date], int], log: str = "cloudtrail", provider: str = "aws", region: str | None = None
) -> list[dict[str, Any]]:
    """Daily counts as the engine gives them: a day without a record has no row."""
    dates = [START + timedelta(days=n) for n in range(days)]
    known = {"provider": provider, "log": log, "tenant": "1", "region": region}
    return [{**known, "day": day, "n": count(day)} for day in dates if count(day)]


def spans(found: list[LogGap]) -> list[str]:
    return [f"{gap.log_name()} {gap.span()}" for gap in found]


def silent(*empty: int, usual: int = 40) -> Callable[[date], int]:
    """Busy every day but those."""
    gone = {START + timedelta(days=n) for n in empty}
    return lambda day: 0 if day in gone else usual


def never(day: date) -> bool:  # noqa: ARG001
    return False


@pytest.mark.parametrize(
    ("count", "found"),
    [
        (silent(), []),
        (silent(30), ["aws.cloudtrail 2026-07-01"]),
        (silent(30, 31, 32), ["aws.cloudtrail 2026-07-01 to 2026-07-03"]),
        (silent(10, 30), ["aws.cloudtrail 2026-06-11", "aws.cloudtrail 2026-07-01"]),
        (silent(*range(20, 40)), ["aws.cloudtrail 2026-06-21 to 2026-07-10"]),
        (silent(30, usual=9), []),  # a quiet account
        (silent(30, usual=10), ["aws.cloudtrail 2026-07-01"]),
        (lambda day: 0 if day.weekday() in WEEKEND else 40, []),  # people only
        (lambda day: 40 if day.day % 3 == 0 else 0, []),
    ],
)
def test_an_empty_day_is_compared_with_its_own_weekday(count: Callable[[date], int], found: list[str]) -> None:
    assert spans(silences(rows(60, count), POLICY, never)) == found


def test_a_log_of_a_fortnight_knows_working_days_and_weekends() -> None:
    assert spans(silences(rows(14, silent(9)), POLICY, never)) == ["aws.cloudtrail 2026-06-10"]
    assert silences(rows(3, silent(1)), POLICY, never) == []
    assert silences([], POLICY, never) == []


def test_a_log_that_ends_before_the_others_is_silent_until_the_run_ends() -> None:
    both = rows(60, silent(), "audit") + rows(50, silent())
    assert spans(silences(both, POLICY, never)) == ["aws.cloudtrail 2026-07-21 to 2026-07-29"]


def test_a_public_holiday_is_no_gap() -> None:
    assert silences(rows(60, silent(30)), POLICY, lambda day: day == date(2026, 7, 1)) == []


def test_people_of_several_clouds_rest_on_one_day_while_machines_go_on() -> None:
    people = rows(60, silent(30), "signin", "entra") + rows(60, silent(30))
    assert silences(people + rows(60, silent(), "sp-signin", "entra"), POLICY, never) == []
    assert len(silences(people, POLICY, never)) == 2  # nothing went on: the export failed
    longer = rows(60, silent(30, 31, 32), "signin", "entra") + rows(60, silent(30, 31, 32))
    assert len(silences(longer + rows(60, silent(), "sp-signin", "entra"), POLICY, never)) == 2


def test_a_region_is_silent_only_where_the_log_goes_on() -> None:
    here, there = rows(60, silent(30), region="eu-west-1"), rows(60, silent(), region="us-east-1")
    assert spans(silences(here + there, POLICY, never)) == ["aws.cloudtrail in eu-west-1 2026-07-01"]
    both = here + rows(60, silent(30), region="us-east-1")
    assert spans(silences(both, POLICY, never)) == ["aws.cloudtrail 2026-07-01"]
    assert len(silences(here, POLICY, never)) == 1  # one region is the log


def trail(*acts: tuple[int, str], records: Callable[[int], int] = lambda day: 20) -> list[dict[str, Any]]:
    """Thirty days of log with these acts at noon."""
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    made = [event(time=noon + timedelta(days=d), operation=f"cloudtrail:{name}", tenant="1") for d, name in acts]
    usual = [(d, n) for d in range(30) for n in range(records(d))]
    return made + [event(time=noon + timedelta(days=d, minutes=n + 1), tenant="1") for d, n in usual]


def stopped(made: list[dict[str, Any]], folder: Path) -> list[LogGap]:
    return [gap for gap in find(lake(made, folder), POLICY, never) if gap.event_id]


def test_a_stopped_trail_is_a_gap_until_it_is_started_again(tmp_path: Path) -> None:
    (gap,) = stopped(trail((10, "StopLogging"), (11, "StartLogging")), tmp_path)
    assert gap.span() == "2026-06-11 12:00 to 2026-06-12 12:00 UTC"
    assert gap.why == "stopped by cloudtrail:StopLogging, and was started again"


def test_a_log_that_goes_on_is_another_trails(tmp_path: Path) -> None:
    assert stopped(trail((10, "StopLogging")), tmp_path) == []
    (gap,) = stopped(trail((10, "DeleteTrail"), records=lambda day: 20 * (day <= 10)), tmp_path)
    assert gap.why.endswith("has no record of a new start")


def test_a_changed_trail_is_a_gap_only_when_records_cease(tmp_path: Path) -> None:
    assert stopped(trail((10, "UpdateTrail"), (11, "UpdateTrail")), tmp_path) == []
    ceased = trail((10, "PutEventSelectors"), (20, "PutEventSelectors"), records=lambda day: 20 * (not 10 < day < 20))
    (gap,) = stopped(ceased, tmp_path)
    assert (gap.start.day, gap.end.day) == (11, 21)


def test_a_denied_stop_stops_nothing(tmp_path: Path) -> None:
    made = [{**row, "outcome": "failure"} if "Stop" in row["operation"] else row for row in trail((10, "StopLogging"))]
    assert stopped([*made[:1], *made[1:5]], tmp_path) == []


def test_every_stop_names_what_starts_it_again() -> None:
    assert all(stop.operations and stop.resumed_by for stop in stops())
