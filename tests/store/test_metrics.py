"""What a lead asks of a shift."""

from datetime import timedelta

from keywitness.store import cases, metrics
from keywitness.store.engine import Store
from keywitness.store.metrics import Times
from tests.store.conftest import Watch
from tests.store.made import desk, judged, look, put


def test_a_shift_in_numbers(store: Store, watch: Watch) -> None:
    start = watch.now
    put(store, *(judged(n * 2000, f"KW-{n}", actor=f"u{n}", session_id=None) for n in range(3)))
    put(store, judged(9000, "KW-9", "close", actor="u9", session_id=None))
    watch.pass_(minutes=10)
    with desk(store) as there:
        cases.move(there, "KW-0", 1, "triage")
    watch.pass_(minutes=20)
    with desk(store) as there:
        cases.close(there, "KW-0", 2, "false_positive")
        cases.close(there, "KW-1", 1, "true_positive")
    watch.pass_(hours=2)
    with look(store) as there:
        found = metrics.metrics(there, start, watch.now)
        assert (found.arrivals, found.decisions) == (4, {"escalate": 3, "close": 1})
        assert found.closings == {"false_positive": 1, "true_positive": 1, "automated_closure": 1}
        assert found.acknowledge == {"P2": Times(1200.0, 2)}
        assert found.resolve == {"P2": Times(1800.0, 2)}
        assert found.escalations == {"pattern": 3, "unauthorised": 3}
        assert found.false_escalations == {"pattern": 1, "unauthorised": 1}
        assert found.lag.n == 4
        assert metrics.ages(there) == metrics.Ages({"P2": 1}, {"P2": 1})
        assert metrics.arrivals(there, start, watch.now) == {"2026-09-01": 4}
        assert metrics.metrics(there, start - timedelta(days=1), start).arrivals == 0
