"""``keywitness doctor``: what is readable, what it covers, and which questions can't be answered for want of what."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from keywitness import context
from keywitness.commands.triage import progress
from keywitness.context import Context
from keywitness.context.suppressions import Suppressions
from keywitness.errors import UsageError
from keywitness.facts import coverage
from keywitness.lake import ENGINES
from keywitness.lake.loose import Loose
from keywitness.lake.place import open_place
from keywitness.lake.stored import Stored
from keywitness.model import Coverage
from keywitness.pipeline import held
from keywitness.policy import Policy, load_policy
from keywitness.questions import QUESTIONS
from keywitness.readers.pool import ReadReport, read_all
from keywitness.readers.source import discover
from keywitness.render.safe import visible
from keywitness.sigma.own import load_with


@dataclass(frozen=True, slots=True)
class Seen:
    """What a doctor can know before any question is asked."""

    context: Context
    coverage: tuple[Coverage, ...]
    policy: Policy

    def days(self) -> int:
        """The length of the log that reaches back furthest."""
        return max(((c.last - c.first).days for c in self.coverage), default=0)


NEEDS: Final[dict[str, Callable[[Seen], str]]] = {
    "changes": lambda s: _tickets(s.context),
    "identities": lambda s: "" if s.context.directory.available else "a directory (identities.csv)",
    "indicators": lambda s: _intel(s.context),
    "geo": lambda s: (
        "" if s.context.geo.has_city or s.context.geo.has_asn else "address databases (city.mmdb, asn.mmdb)"
    ),
    "hours": lambda s: (
        "" if s.context.organisation.configured else _longer(s, "rhythm_days", "business hours (org.toml) or ")
    ),
    "history": lambda s: _longer(s, "place_days"),
    "habit": lambda s: _longer(s, "habit_days"),
    "later": lambda s: "" if s.coverage else "logs from after the changes",
}
"""What is missing for each need that a question names; empty when it is there."""


def run(logs: Sequence[str], folder: Path | None, operations: Path | None = None, lake: str | None = None) -> int:
    if bool(logs) == bool(lake):
        raise UsageError("give either LOGS or a lake with --lake")
    known = context.load(folder)
    if lake:
        stored = Stored(ENGINES["duckdb"](), open_place(lake))
        return _tell(held(stored), Seen(known, coverage(stored), load_policy()))
    files = discover(logs)
    with tempfile.TemporaryDirectory(prefix="keywitness-") as spool, progress(files) as advance:
        read = read_all(files, Path(spool), load_with(operations).wanted(), advance)
        covered = coverage(Loose(ENGINES["duckdb"](), read.parts))
    return _tell(read, Seen(known, covered, load_policy()))


def _tell(read: ReadReport, seen: Seen) -> int:
    for line in _report(read, seen):
        print(visible(line))
    return 0 if read.records else 1


def _report(read: ReadReport, seen: Seen) -> Iterator[str]:
    yield f"{read.records:,} records in {read.files} files; {len(read.rejects)} set aside"
    yield from ("  " + line for line in _coverage(seen.coverage))
    for reason, count in Counter(r.reason for r in read.rejects).most_common(10):
        first = next(r for r in read.rejects if r.reason == reason)
        yield f"  set aside, {count}: {reason} (first: {first.source})"
    yield ""
    yield "context"
    for part, name in seen.context.files.items():
        yield f"  {part}: {name or 'not given'}"
    yield from (f"  set aside: {reject}" for reject in seen.context.rejects)
    yield from _suppressions(seen.context.suppressions)
    yield ""
    yield "questions"
    for question in QUESTIONS:
        missing = [text for need in question.needs if (text := NEEDS[need](seen))]
        yield f"  {question.id}: {'can be answered' if not missing else 'unknown for want of ' + ' and '.join(missing)}"


def _coverage(covered: Sequence[Coverage]) -> Iterator[str]:
    for c in covered:
        span = (c.last - c.first) // timedelta(days=1) + 1
        gaps = f", {span - c.days} day(s) without a record" if span > c.days else ""
        where = f" in {', '.join(c.regions)}" if c.regions else ""
        yield (
            f"{c.provider} {c.log} of {c.tenant or 'unknown tenant'}: {c.records:,} records,"
            f" {c.first:%Y-%m-%d %H:%M} to {c.last:%Y-%m-%d %H:%M} UTC{gaps}{where}"
        )


def _suppressions(known: Suppressions) -> Iterator[str]:
    for suppression in known.active:
        yield f"  suppression {suppression.id} of {suppression.owner}: until {suppression.expires}"
    for suppression in known.expired:
        yield f"  suppression {suppression.id} of {suppression.owner}: expired {suppression.expires}, does nothing"


def _tickets(known: Context) -> str:
    """Named by source: one that is configured and can't be read is missing as much as one that isn't there."""
    if known.gaps:
        return f"change tickets of {' and '.join(map(str, known.gaps))}"
    return "" if known.changes is not None else "change tickets (changes.csv) or a ticket system (org.toml)"


def _intel(known: Context) -> str:
    if known.indicators is None:
        return "threat intelligence (indicators.csv, STIX, MISP, TAXII)"
    return f"the indicators of {' and '.join(map(str, known.indicators.gaps))}" if known.indicators.gaps else ""


def _longer(seen: Seen, threshold: str, instead: str = "") -> str:
    needed = int(seen.policy.thresholds[threshold])
    have = seen.days()
    return "" if have >= needed else f"{instead}{needed} days of logs before a change ({have} given)"
