"""The case store with many cases, on SQLite and PostgreSQL: how long a page takes, alone and with fifty analysts.

    python bench/store.py [--cases 200000] [--rounds 100] [--keep FOLDER]

The cases are those of the example company, again and again under other names, addresses and ids.
"""

import argparse
import io
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from keywitness.case import case_id
from keywitness.case import cases as grouped
from keywitness.cli import main as keywitness
from keywitness.commands.cases import read
from keywitness.model import Case, EventId, Finding, PrincipalId
from keywitness.store import casefile, metrics, queue, writing
from keywitness.store.engine import Store, open_store
from keywitness.store.load import load
from keywitness.store.proof import prove
from keywitness.store.queue import Filters
from tests.store.server import running

COMPANY: Final = Path(__file__).parents[1] / "examples" / "company"
ANALYSTS: Final = 50
AT_ONCE: Final = 2_000
TENANT: Final = "default"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    given = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        example = _example(scratch)
        if given.only != "postgresql":
            _measure("SQLite", str(scratch / "cases.db"), example, given.cases, given.rounds)
        if given.only != "sqlite":
            server = stack.enter_context(running())
            _measure("PostgreSQL", server.database(), example, given.cases, given.rounds)


def _example(scratch: Path) -> tuple[Case, ...]:
    logs, context, out = COMPANY / "logs", COMPANY / "context", scratch / "out"
    with redirect_stdout(io.StringIO()):
        if keywitness(["triage", str(logs), "--context", str(context), "--out", str(out), "--json"]):
            raise SystemExit("the example could not be judged")
    return grouped(read(out / "evidence.jsonl"))


def _measure(name: str, where: str, example: tuple[Case, ...], number: int, rounds: int) -> None:
    store = open_store(where)
    started = time.perf_counter()
    made = _many(example)
    for _ in range(0, number, AT_ONCE):
        for _loaded in load(store, TENANT, islice(made, min(AT_ONCE, number))):
            pass
    taken = time.perf_counter() - started
    print(f"\n{name}: {number:,} cases loaded in {taken:,.0f} s ({number / taken:,.0f} a second)", flush=True)
    if name == "PostgreSQL":
        with store.across(writes=True) as connection:
            connection.exec_driver_sql("ANALYZE")
    print(f"{'':44} {'median ms':>10} {'95th ms':>10}")
    for what, act in _pages(store).items():
        _row(what, [_timed(act) for _ in range(rounds)])
    _crowd(store, rounds)
    started = time.perf_counter()
    with store.reading(TENANT, "") as desk:
        broken = prove(desk)
    print(f"{'keywitness verify':44} {time.perf_counter() - started:10.1f} s{f', BROKEN: {broken}' if broken else ''}")
    store.close()


def _many(example: tuple[Case, ...]) -> Iterator[Case]:
    """The example's cases without end, each time with other ids, names and addresses."""
    draw = random.Random(7)
    turn = 0
    while True:
        turn += 1
        for case in example:
            number, shift = draw.randrange(5_000), timedelta(minutes=draw.randrange(500_000))
            ids = {f.change.event_id: EventId(f"{turn:06x}{f.change.event_id[6:]}") for f in case.findings}
            renamed = tuple(_renamed(f, ids, number, shift, turn) for f in case.findings)
            ident = case_id(renamed[0].change.event_id)
            yield Case(ident, tuple(replace(f, case_id=ident) for f in renamed))


def _renamed(finding: Finding, ids: dict[EventId, EventId], number: int, shift: timedelta, turn: int) -> Finding:
    change = finding.change
    actor = replace(change.actor, id=f"{change.actor.id}-{number}", name=f"{change.actor.name}-{number}")
    changed = replace(
        change,
        event_id=ids[change.event_id],
        time=change.time - shift,
        actor=actor,
        actor_principal=PrincipalId(f"{change.actor_principal}-{number}"),
        source_ip=f"198.{18 + number % 2}.{number % 256}.{turn % 256}" if change.source_ip else None,
        credential_ids=tuple(f"{ident}{turn:05}" for ident in change.credential_ids),
        credential_used=f"{change.credential_used}{turn:05}" if change.credential_used else None,
        session_id=f"{change.session_id}{turn:05}" if change.session_id else None,
    )
    parent = ids.get(finding.parent_event_id) if finding.parent_event_id else None
    return replace(finding, change=changed, parent_event_id=parent)


def _pages(store: Store) -> dict[str, Callable[[], object]]:
    with store.reading(TENANT, "") as desk:
        known = [c.case_id for c in queue.page(desk, Filters(open=None), "newest", size=500).cases]
        actor = queue.page(desk).cases[0].campaign
        deep: str | None = None
        for _ in range(40):
            deep = queue.page(desk, after=deep, size=500).after or deep
    draw = random.Random(1)

    def page(filters: Filters, order: queue.Order = "urgency", after: str | None = None) -> Callable[[], object]:
        def act() -> object:
            with store.reading(TENANT, "") as desk:
                return queue.page(desk, filters, order, after)

        return act

    def reading(act: Callable[..., object]) -> Callable[[], object]:
        def run() -> object:
            with store.reading(TENANT, "") as desk:
                return act(desk)

        return run

    now = store.clock()
    return {
        "queue, first page": page(Filters()),
        "queue, page 401": page(Filters(), after=deep),
        "queue, newest of all": page(Filters(open=None), "newest"),
        "queue, P1 escalated": page(Filters(decisions=("escalate",), priorities=("P1",))),
        "queue, late": page(Filters(late=True)),
        "queue, mine (none)": page(Filters(assignee="jo")),
        "queue, with a rare reason": page(Filters(reason="suspicious_history")),
        "queue, of a provider": page(Filters(provider="gcp")),
        "queue, of one actor": page(Filters(campaign=actor)),
        "search, an address": page(Filters(text="198.18.7.9", open=None)),
        "search, a common start": page(Filters(text="198.1", open=None)),
        "counts of the open cases": reading(queue.counts),
        "campaigns": reading(queue.campaigns),
        "case page": reading(lambda desk: casefile.open_file(desk, draw.choice(known))),
        "related cases": reading(lambda desk: casefile.related(desk, draw.choice(known))),
        "metrics of 30 days": reading(lambda desk: metrics.metrics(desk, now - timedelta(days=30), now)),
    }


def _crowd(store: Store, rounds: int) -> None:
    """Fifty analysts, a look every second: the queue, a case, and a note now and then."""
    with store.reading(TENANT, "") as desk:
        known = [c.case_id for c in queue.page(desk, size=500).cases]
    times: dict[str, list[float]] = {"queue": [], "case page": [], "note": []}

    def work(analyst: int) -> None:
        draw = random.Random(analyst)
        time.sleep(draw.random())
        for turn in range(max(3, rounds // 10)):
            case = draw.choice(known)
            times["queue"].append(_timed(lambda: _read(store, queue.page)))
            times["case page"].append(_timed(lambda case=case: _read(store, lambda d: casefile.open_file(d, case))))
            if turn % 5 == 0:
                times["note"].append(_timed(lambda case=case: _note(store, case, f"analyst{analyst}")))
            time.sleep(1)

    with ThreadPoolExecutor(ANALYSTS) as pool:
        list(pool.map(work, range(ANALYSTS)))
    for what, measured in times.items():
        _row(f"{ANALYSTS} analysts at once, {what}", measured)


def _read(store: Store, act: Callable[..., object]) -> object:
    with store.reading(TENANT, "") as desk:
        return act(desk)


def _note(store: Store, case: str, who: str) -> object:
    with store.writing(TENANT, who) as desk:
        return writing.note(desk, case, "looked at it")


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1_000


def _row(what: str, times: list[float]) -> None:
    ordered = sorted(times)
    print(f"{what:44} {statistics.median(ordered):10.1f} {ordered[int(len(ordered) * 0.95)]:10.1f}", flush=True)


if __name__ == "__main__":
    main()
