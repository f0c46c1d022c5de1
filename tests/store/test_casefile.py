"""A whole case, and what is like it."""

import pytest

from keywitness.store import NotFoundError, casefile, record
from keywitness.store.engine import Store
from keywitness.store.load import load
from tests.render.sample import report
from tests.store.made import TENANT, judged, look, put


def test_a_case_with_many_changes_is_read_in_parts(store: Store) -> None:
    put(store, *(judged(n, "KW-1") for n in range(10)))
    with look(store) as there:
        file = casefile.open_file(there, "KW-1", limit=4, offset=4)
    assert file.case.findings == 10
    assert [f.finding.change.event_id[-2:] for f in file.findings] == ["04", "05", "06", "07"]
    assert [entry.action for entry in file.record] == ["triage:case:opened"]


def test_related_cases_say_what_they_share_the_closest_first(store: Store) -> None:
    put(
        store,
        judged(1, "KW-1", actor="ann"),
        judged(2000, "KW-2", actor="bob", target="other", session_id=None, credential_used=None, user_agent=None),
        judged(4000, "KW-3", actor="cyd", target="third"),
    )
    with look(store) as there:
        found = casefile.related(there, "KW-1")
    assert [r.case.case_id for r in found] == ["KW-3", "KW-2"]
    assert [kind for kind, _ in found[0].shares] == ["credential", "session", "address", "network", "client", "account"]
    assert [kind for kind, _ in found[1].shares] == ["address", "network", "account"]


def test_what_everybody_shares_relates_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casefile, "COMMON", 3)
    put(store, *(judged(n * 2000, f"KW-{n}", actor=f"u{n}", target=f"t{n}") for n in range(5)))
    with look(store) as there:
        assert casefile.related(there, "KW-1") == ()


def test_another_tenant_neither_has_nor_relates_it(store: Store) -> None:
    list(load(store, TENANT, report().cases))
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    put(store, report().cases[0].findings[0], tenant="acme")
    with look(store, tenant="acme") as there:
        assert casefile.related(there, report().cases[0].case_id) == ()
        with pytest.raises(NotFoundError):
            casefile.open_file(there, report().cases[1].case_id)
