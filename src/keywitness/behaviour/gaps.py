"""Where a log is silent: days without a record that should have some, and trails that were stopped.

An answer that rests on absence is only as good as the log in which something would show. An empty day counts only
where the log's usual density makes it telling: a quiet account has many of them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from statistics import median
from typing import Any, Final

from keywitness.lake import Lake
from keywitness.lake.signals import stops, switches
from keywitness.words import counted

_DAY: Final = timedelta(days=1)
_USUAL: Final = 0.8  # of the days of its kind have records, before an empty one is strange
_ALMOST_NONE: Final = 0.1  # of the usual records: below this a stopped trail is believed to be this log's own

_REST: Final = 2  # days: a public holiday and its neighbour

Key = tuple[str, str, str | None, str | None]  # provider, log, tenant, region
Run = tuple[date, date]  # first and last day


@dataclass(frozen=True, slots=True)
class LogGap:
    """A silence of one log, in one ``region`` or (None) altogether. UTC; ``end`` is exclusive."""

    provider: str
    log: str
    tenant: str | None
    region: str | None
    start: datetime
    end: datetime
    why: str
    event_id: str | None = None  # what stopped it

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and self.end > start

    def span(self) -> str:
        """``2026-09-15`` or ``2026-09-15 to 2026-09-17`` for whole days, else with the minutes."""
        if self.event_id:
            return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"
        first, last = self.start.date(), (self.end - _DAY).date()
        return f"{first}" if first == last else f"{first} to {last}"

    def log_name(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{self.provider}.{self.log}{where}"


def find(lake: Lake, thresholds: Mapping[str, float], holiday: Callable[[date], bool]) -> tuple[LogGap, ...]:
    """All gaps of a run, by log and time. ``holiday``: of the organisation, on which silence tells nothing."""
    counts = lake.engine.rows(lake.summary("logs"))
    signals = lake.summary("signals")
    acts = signals.filter(signals.operation.lower().isin(switches()) & (signals.outcome == "success"))
    columns = ("provider", "log", "tenant", "time", "operation", "event_id")
    switched = lake.engine.rows(acts.select(*columns).order_by(["time", "event_id"]))
    found = [*silences(counts, thresholds, holiday), *stopped(switched, counts, thresholds)]
    return tuple(sorted(found, key=lambda g: (g.provider, g.log, g.tenant or "", g.region or "", g.start, g.end)))


def silences(
    rows: Sequence[Mapping[str, Any]], thresholds: Mapping[str, float], holiday: Callable[[date], bool]
) -> list[LogGap]:
    """The empty days that tell, until the day before the run's last: a log that ends early is a gap too.

    A region's silence is told only where the rest of the log went on.
    """
    logs, last = _series(rows, ()), max((row["day"] for row in rows), default=date.min)
    runs = {key: list(_runs(days, last, thresholds, holiday)) for key, days in logs.items()}
    quiet = _quiet_days(runs, logs)
    found = [(key, run) for key, own in runs.items() for run in own if not quiet.issuperset(_days(*run))]
    silent = {(*key[:3], day) for key, own in runs.items() for run in own for day in _days(*run)}
    regions = {key: days for key, days in _series(rows, ("region",)).items() if key[3]}
    several = Counter(key[:3] for key in regions)
    found += [
        (key, run)
        for key, days in regions.items()
        if several[key[:3]] > 1
        for run in _runs(days, max(logs[(*key[:3], None)]), thresholds, holiday)
        if silent.isdisjoint({(*key[:3], day) for day in _days(*run)})
    ]
    return [_gap(key, run, regions[key] if key[3] else logs[key]) for key, run in found]


def _quiet_days(runs: Mapping[Key, Sequence[Run]], logs: Mapping[Key, Mapping[date, int]]) -> frozenset[date]:
    """Days of rest: people's logs of two or more providers are silent for a day or two, and another of theirs is not.

    A collector that fails takes one provider with it, and an export that fails takes all logs.
    """
    silent: dict[date, set[str]] = defaultdict(set)
    for key, own in runs.items():
        for run in own:
            for day in _days(*run) if (run[1] - run[0]).days < _REST else ():
                silent[day].add(key[0])
    went_on = {(key[0], day) for key, days in logs.items() for day in days}
    return frozenset(d for d, who in silent.items() if len(who) > 1 and any((p, d) in went_on for p in who))


def _series(rows: Iterable[Mapping[str, Any]], more: tuple[str, ...]) -> dict[Key, dict[date, int]]:
    """Records by day of each log, or of each log and region."""
    found: dict[Key, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        key = (row["provider"], row["log"], row["tenant"], row["region"] if more else None)
        found[key][row["day"]] += row["n"]
    return found


def _runs(
    counts: Mapping[date, int], last: date, thresholds: Mapping[str, float], holiday: Callable[[date], bool]
) -> Iterator[Run]:
    """First and last day of each telling silence after the first record and before ``last``."""
    empty = [d for d in _days(min(counts), last - _DAY) if not counts.get(d)]
    for run in _consecutive(empty):
        others = [d for d in _days(min(counts), max(counts)) if d < run[0] or d > run[-1]]
        telling = [d for d in run if not holiday(d) and _telling(d, others, counts, thresholds)]
        if telling:
            yield telling[0], telling[-1]


def _telling(day: date, others: Sequence[date], counts: Mapping[date, int], thresholds: Mapping[str, float]) -> bool:
    """Whether the same weekday usually has records, and many; a young log is asked for the same part of the week."""
    weeks = thresholds["gap_weeks"]
    alike = [d for d in others if d.weekday() == day.weekday()]
    if len(alike) < weeks:
        alike = [d for d in others if (d.weekday() < 5) == (day.weekday() < 5)]
    seen = [counts.get(d, 0) for d in alike]
    usual = sum(n > 0 for n in seen) >= _USUAL * len(seen)
    return len(seen) >= weeks and usual and median(seen) >= thresholds["gap_records"]


def stopped(
    switched: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], thresholds: Mapping[str, float]
) -> Iterator[LogGap]:
    """From each stop until the log was started again, or until its records end.

    A log that goes on as before has another trail, and no gap. Between, only whole days can be told.
    """
    series = _series(rows, ())
    for number, row in enumerate(switched):
        key: Key = (row["provider"], row["log"], row["tenant"], None)
        stop = next((s for s in stops() if row["operation"].lower() in s.operations), None)
        if stop is None:
            continue
        later = (r for r in switched[number + 1 :] if (r["provider"], r["log"], r["tenant"]) == key[:3])
        again = next((r for r in later if r["operation"].lower() in stop.resumed_by), None)
        end = again["time"] if again else _midnight(max(d for s in series.values() for d in s)) + _DAY
        if _ceased(series.get(key, {}), row["time"], end, stop.sure, thresholds):
            until = "was started again" if again else "has no record of a new start"
            why = f"stopped by {row['operation']}, and {until}"
            yield LogGap(*key, row["time"], end, why, row["event_id"])


def _ceased(
    counts: Mapping[date, int], start: datetime, end: datetime, sure: bool, thresholds: Mapping[str, float]
) -> bool:
    """Whether the whole UTC days between have almost no records; ``sure`` where there are too few to tell."""
    between = [d for d in _days((start + _DAY).date(), (end - _DAY).date()) if _midnight(d) + _DAY <= end]
    before = [n for d, n in counts.items() if d < start.date()]
    usual = median(before) * len(between) if before else 0.0
    if usual < thresholds["gap_records"]:
        return sure
    return sum(counts.get(d, 0) for d in between) < _ALMOST_NONE * usual


def _gap(key: Key, run: Run, counts: Mapping[date, int]) -> LogGap:
    days = (run[1] - run[0]).days + 1
    usual = median(n for n in counts.values() if n)
    why = f"{counted(days, 'day')} without a record, where {usual:.0f} a day are usual"
    return LogGap(*key, _midnight(run[0]), _midnight(run[1]) + _DAY, why)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _consecutive(days: Sequence[date]) -> Iterator[list[date]]:
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1].toordinal() - pair[0]):
        yield [day for _, day in run]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
