"""Judge simulated companies of many seeds, and print what became of each kind of change.

``python bench/seeds.py --seeds 20`` takes about ten seconds a seed. Exit 1 when a hostile change wasn't escalated.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from keywitness import catalogue, context
from keywitness.facts import Window
from keywitness.pipeline import triage
from keywitness.policy import load_policy
from keywitness.readers.source import discover
from keywitness.simulate import STORIES, simulate
from keywitness.simulate.score import Miss, Row, merge, score, table


def judged(seed: int, story: str, folder: Path) -> Mapping[str, Row]:
    """One company, made and judged below ``folder``."""
    chosen = next(known for known in STORIES if known == story)
    simulate(folder, seed=seed, story=chosen)
    spool = folder / "spool"
    spool.mkdir()
    files = discover([str(folder / "logs")])
    report = triage(files, spool, context.load(folder / "context"), catalogue.load(), load_policy(), Window())
    return score(folder / "expected.csv", report.findings)


def runs(first: int, seeds: int, story: str) -> Iterator[Mapping[str, Row]]:
    for seed in range(first, first + seeds):
        with TemporaryDirectory() as folder:
            rows = judged(seed, story, Path(folder))
        for miss in (miss for row in rows.values() for miss in row.misses):
            print(f"seed {seed}: {said(miss)}", file=sys.stderr, flush=True)
        yield rows


def said(miss: Miss) -> str:
    return f"{miss.kind}: {miss.what} {miss.expected} → {miss.found}: {miss.because} [{miss.event_id}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first seed (default: %(default)s)")
    parser.add_argument("--story", choices=STORIES, default="wide", help="(default: %(default)s)")
    given = parser.parse_args()
    total = merge(runs(given.first, given.seeds, given.story))
    print(table(total))
    missed = (m for row in total.values() for m in row.misses if m.what == "decision" and m.expected == "escalate")
    return 1 if any(missed) else 0


if __name__ == "__main__":
    sys.exit(main())
