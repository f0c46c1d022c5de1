"""Clocks: when a case is due, what time doesn't count, and how long it took. The targets are data: ``sla.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from keywitness.errors import Source, UsageError

PRIORITIES: Final = ("P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Hours:
    """The working week in which some clocks run: ``start`` (in) to ``end`` (out), local times of one day."""

    priorities: frozenset[str]
    zone: ZoneInfo
    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Rules:
    """``sla.toml`` as loaded. ``pauses`` are the only reasons for which a clock may stand still."""

    acknowledge: Mapping[str, timedelta]
    resolve: Mapping[str, timedelta]
    pauses: tuple[str, ...]
    longest_pause: timedelta
    hours: Hours


def load_rules(path: Path | None = None) -> Rules:
    """The shipped rules, with the values of ``path`` over them. Raises UsageError for a file or value that can't be."""
    data = tomllib.loads(files("keywitness.store").joinpath("sla.toml").read_text("utf-8"))
    source = Source(str(path) if path else "sla.toml")
    try:
        given = tomllib.loads(path.read_text("utf-8")) if path else {}
        unknown = [f"[{s}] {k}" for s, values in given.items() for k in values if k not in data.get(s, ())]
        if unknown:
            raise UsageError(f"{unknown[0]} is nothing that can be set", source)
        return _rules({section: {**values, **given.get(section, {})} for section, values in data.items()})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError, ValueError) as error:
        raise UsageError(f"the clocks can't be read ({error})", source) from error
    except KeyError as error:
        raise UsageError(f"there is no time zone {error}", source) from error


def _rules(data: Mapping[str, Mapping[str, Any]]) -> Rules:
    week = data["business_hours"]
    hours = Hours(
        frozenset(map(str, week["priorities"])),
        ZoneInfo(week["timezone"]),
        frozenset(int(day) for day in week["days"]),
        time.fromisoformat(week["start"]),
        time.fromisoformat(week["end"]),
    )
    if not hours.start < hours.end or not hours.days <= frozenset(range(7)) or not hours.days:
        raise ValueError("business hours must start before they end, on at least one day from 0 to 6")
    acknowledge, resolve = (
        {p: timedelta(minutes=_positive(data[s][p])) for p in PRIORITIES} for s in ("acknowledge", "resolve")
    )
    pause = data["pause"]
    return Rules(
        acknowledge, resolve, tuple(map(str, pause["reasons"])), timedelta(minutes=_positive(pause["longest"])), hours
    )


def _positive(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{value!r} is no number of minutes")
    return value


def due(rules: Rules, priority: str, acknowledged: bool, since: datetime, paused: timedelta) -> datetime:
    """When the clock that runs now ends: the first until somebody has taken the case up, then the one to its closing.

    ``since`` is when the clocks started (UTC), ``paused`` the time since then that doesn't count.
    """
    target = (rules.resolve if acknowledged else rules.acknowledge)[priority]
    if priority not in rules.hours.priorities:
        return since + target + paused
    return _after(rules.hours, since + paused, target)


def _after(hours: Hours, since: datetime, left: timedelta) -> datetime:
    """``left`` of working time after ``since``."""
    day = since.astimezone(hours.zone).date()
    while True:
        opens = datetime.combine(day, hours.start, hours.zone).astimezone(since.tzinfo)
        closes = datetime.combine(day, hours.end, hours.zone).astimezone(since.tzinfo)
        start = max(opens, since)
        if day.weekday() in hours.days and start < closes:
            if start + left <= closes:
                return start + left
            left -= closes - start
        day += timedelta(days=1)


def counted_pause(rules: Rules, began: datetime, ended: datetime) -> timedelta:
    """How much of a pause counts as one: never more than the longest."""
    return min(max(ended - began, timedelta()), rules.longest_pause)


def took(since: datetime, until: datetime, paused: timedelta) -> int:
    """Whole seconds from one moment to another without the pauses, never below 0."""
    return max(0, int((until - since - paused).total_seconds()))
