"""A run goes into the store once, however often it is run, and in whatever company."""

import threading
from collections import Counter

import pytest

from keywitness.model import Case, Finding
from keywitness.store import NotFoundError, queue, record
from keywitness.store import load as load_module
from keywitness.store.engine import Store, open_store
from keywitness.store.load import load
from keywitness.store.proof import prove
from keywitness.store.queue import Filters
from tests.render.sample import report
from tests.store.made import TENANT, judged, look, put

EVERY = Filters(open=None)


def many(number: int) -> list[Finding]:
    return [judged(n, f"KW-{n:08}", actor=f"user{n}", session_id=None) for n in range(number)]


def state(store: Store) -> tuple[int, int]:
    with look(store) as there:
        assert prove(there) is None
        return len(queue.page(there, EVERY, size=500).cases), record.anchor(there).number


def test_a_run_opens_its_cases_and_closes_what_triage_closed(store: Store) -> None:
    became = Counter(loaded.outcome for loaded in load(store, TENANT, report().cases))
    assert became == {"opened": 4, "closed": 5}
    with look(store) as there:
        shut = queue.page(there, Filters(open=False)).cases
        assert {(c.status, c.close_reason, c.verdict_id) for c in shut} == {("closed", "automated_closure", 3)}
        assert [c.decision for c in queue.page(there).cases] == ["escalate", "escalate", "escalate", "review"]


def test_the_same_run_again_writes_nothing(store: Store) -> None:
    put(store, *many(5))
    before = state(store)
    assert {loaded.outcome for loaded in put(store, *many(5))} == {"unchanged"}
    assert state(store) == before


def test_a_run_that_is_killed_and_run_again_doubles_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "BATCH", 3)
    whole = many(10)

    def die(done: int) -> None:
        if done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(load(store, TENANT, report_of(whole), die))
    assert state(store)[0] == 6
    became = Counter(loaded.outcome for loaded in put(store, *whole))
    assert became == {"unchanged": 6, "opened": 4}
    assert state(store) == (10, 10)


def report_of(findings: list[Finding]) -> list[Case]:
    return [Case(f.case_id, (f,)) for f in findings]


def test_two_imports_at_once_double_nothing(where: str) -> None:
    stores = [open_store(where), open_store(where)]
    failures: list[BaseException] = []

    def work(store: Store) -> None:
        try:
            put(store, *many(60))
        except BaseException as error:  # noqa: BLE001  it is looked at below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert state(stores[0]) == (60, 60)
    for store in stores:
        store.close()


def test_tenants_do_not_share_cases(store: Store) -> None:
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    put(store, judged(1))
    assert [loaded.outcome for loaded in put(store, judged(1), tenant="acme")] == ["opened"]
    with look(store, tenant="acme") as there:
        assert len(queue.page(there).cases) == 1
    with pytest.raises(NotFoundError, match="no tenant other"):
        put(store, judged(1), tenant="other")


def test_two_unlike_cases_of_one_id_stay_two(store: Store) -> None:
    one, other = judged(1, "KW-SAMESAME"), judged(2000, "KW-SAMESAME", actor="max", session_id=None)
    put(store, one)
    assert [loaded.case_id for loaded in put(store, other)] == ["KW-SAMESAME-2"]
    assert {loaded.outcome for loaded in [*put(store, one), *put(store, other)]} == {"unchanged"}
    put(store, judged(4000, "KW-SAMESAME", actor="eve", session_id=None))
    assert state(store)[0] == 3
