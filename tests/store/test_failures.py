"""What happens to a team: two at once, a server that goes away, a disk that is full, a process that is killed."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from keywitness.render.evidence import pack
from keywitness.store import ConflictError, Desk, UnavailableError, cases, queue, record, writing
from keywitness.store.engine import Store, open_store
from keywitness.store.proof import prove
from keywitness.store.queue import Filters
from keywitness.store.records import CaseRow
from keywitness.store.rows import find
from tests.store.made import desk, judged, look, put
from tests.store.server import Server

CASE = "KW-AAAAAAAA"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run them together; what became of each."""
    became: list[str] = []
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except ConflictError:
            became.append("conflict")
        else:
            became.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(became)


def test_of_two_who_decide_at_once_one_is_told(store: Store) -> None:
    put(store, judged(1, CASE))

    def decide(who: str, reason: str) -> None:
        with desk(store, who) as there:
            cases.close(there, CASE, 1, reason)

    assert at_once(lambda: decide("jo", "false_positive"), lambda: decide("max", "true_positive")) == [
        "conflict",
        "done",
    ]
    with look(store) as there:
        closings = [e for e in record.entries(there, CASE) if e.action == "desk:case:closed"]
        assert len(closings) == 1
        assert str(find(there, CASE).close_reason) in closings[0].body
        assert prove(there) is None


def test_many_who_write_at_once_lose_nothing(store: Store) -> None:
    put(store, judged(1, CASE), judged(5000, "KW-B", actor="max", session_id=None))

    def write(who: str) -> None:
        for n in range(5):
            with desk(store, who) as there:
                writing.note(there, CASE if n % 2 else "KW-B", f"{who} {n}")

    assert at_once(*(lambda n=n: write(f"analyst{n}") for n in range(6))) == ["done"] * 6
    with look(store) as there:
        assert len(writing.notes(there, CASE)) + len(writing.notes(there, "KW-B")) == 30
        assert record.anchor(there).number == 32
        assert prove(there) is None


def test_triage_and_an_analyst_at_once_do_not_overwrite_each_other(store: Store) -> None:
    put(store, judged(1, CASE))

    def decide() -> None:
        with desk(store) as there:
            cases.close(there, CASE, 1, "false_positive")

    became = at_once(decide, lambda: put(store, judged(1, CASE), judged(2, CASE)))
    with look(store) as there:
        case = find(there, CASE)
        assert case.findings == 2
        assert case.status == "new", "closed before the new facts, or not closed because of them"
        assert (became, case.reopens) in ((["conflict", "done"], 0), (["done", "done"], 1))
        assert prove(there) is None


def test_a_server_that_goes_away_and_comes_back(server: Server, migrated: str) -> None:
    store = open_store(server.database(migrated))
    put(store, judged(1, CASE))

    def write() -> None:
        with desk(store) as there:
            writing.note(there, CASE, "half of it")
            server.stop()
            writing.note(there, CASE, "the other half")

    try:
        with pytest.raises(UnavailableError):
            write()
        with pytest.raises(UnavailableError), look(store) as there:
            queue.page(there)
    finally:
        server.start()
    with desk(store) as there:
        assert writing.notes(there, CASE) == ()
        writing.note(there, CASE, "whole")
    with look(store) as there:
        assert [n.text for n in writing.notes(there, CASE)] == ["whole"]
        assert prove(there) is None
    store.close()


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.db"))
    put(store, judged(1, CASE))

    def fill() -> None:
        with desk(store) as there:
            there.connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes it as: no more than there is
            writing.attach(there, CASE, "a", "b", b"x" * 5_000_000)

    with pytest.raises(UnavailableError, match="full"):
        fill()
    store.close()
    store = open_store(str(tmp_path / "a.db"))
    with look(store) as there:
        assert writing.attachments(there, CASE) == ()
        assert prove(there) is None
    store.close()


def test_an_import_that_is_killed_and_run_again_doubles_nothing(where: str, tmp_path: Path) -> None:
    whole = [judged(n, f"KW-{n:08}", actor=f"user{n}", session_id=None, credential_used=None) for n in range(900)]
    (tmp_path / "evidence.jsonl").write_bytes(b"".join(pack(finding) + b"\n" for finding in whole))
    command = [sys.executable, "-m", "keywitness.cli", "cases", "import", str(tmp_path), "--store", where]
    store = open_store(where)
    killed = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while killed.poll() is None and number(store) == 0:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    half = number(store)
    assert 0 < half < len(whole)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{half} unchanged" in again.stderr
    with look(store) as there:
        assert Counter(c.findings for c in pages(there)) == {1: len(whole)}
        assert record.anchor(there).number == len(whole)
        assert prove(there) is None
    store.close()


def number(store: Store) -> int:
    with look(store) as there:
        return queue.counts(there, open_only=False).total


def pages(there: Desk) -> list[CaseRow]:
    found: list[CaseRow] = []
    after: str | None = None
    while True:
        page = queue.page(there, Filters(open=None), after=after, size=500)
        found += page.cases
        after = page.after
        if after is None:
            return found
