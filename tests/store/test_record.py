"""The record in the database: it only grows, and the database itself refuses the rest."""

import pytest
import sqlalchemy as sa

from keywitness.audit import START, Draft
from keywitness.store import NotFoundError, RefusedError, UnavailableError, record
from keywitness.store.engine import Store
from keywitness.store.tables import RECORD, TENANTS
from tests.store.made import desk, look


def fill(store: Store, number: int = 5, tenant: str = "default") -> None:
    for n in range(number):
        with desk(store, tenant=tenant) as there:
            record.append(there, Draft("desk:case:moved", f"KW-{n % 2}", {"n": n}))


def disarm(store: Store) -> None:
    """What an administrator of the database can do, and an attacker who became one."""
    is_sqlite = store.engine.dialect.name == "sqlite"
    with store.across(writes=True) as connection:
        for name in ("update", "delete", "replace") if is_sqlite else ("change", "truncate"):
            connection.exec_driver_sql(f"DROP TRIGGER record_no_{name}{'' if is_sqlite else ' ON record'}")


def test_entries_follow_each_other_and_are_read_newest_first(store: Store) -> None:
    fill(store)
    with look(store) as there:
        assert [e.number for e in record.entries(there)] == [5, 4, 3, 2, 1]
        assert [e.number for e in record.entries(there, "KW-1")] == [4, 2]
        assert [e.number for e in record.entries(there, before=3, limit=1)] == [2]
        assert record.entries(there)[-1].previous == START
        assert record.verify(there) is None
        assert record.anchor(there).number == 5


ACTS = {
    "sqlite": ("INSERT OR REPLACE INTO record SELECT * FROM record WHERE number = 2",),
    "postgresql": ("TRUNCATE record", "TRUNCATE tenants CASCADE"),
}


def test_the_database_refuses_to_change_it(store: Store) -> None:
    fill(store)
    everywhere = ("UPDATE record SET who = 'eve' WHERE number = 2", "DELETE FROM record WHERE number = 2")
    for act in (*everywhere, *ACTS[store.engine.dialect.name]):
        with pytest.raises((sa.exc.DBAPIError, UnavailableError), match="append-only"), store.across(writes=True) as it:
            it.exec_driver_sql(act)
    with look(store) as there:
        assert record.verify(there) is None
        assert record.anchor(there).number == 5


TAMPER = {
    "change": (("UPDATE record SET body = '{\"n\":9}' WHERE number = 3",), 3, "was changed"),
    "another person": (("UPDATE record SET who = 'eve' WHERE number = 3",), 3, "was changed"),
    "delete": (("DELETE FROM record WHERE number = 3",), 3, "is missing"),
    "delete the first": (("DELETE FROM record WHERE number = 1",), 1, "is missing"),
    "truncate": (("DELETE FROM record WHERE number > 3",), 4, "end was cut off"),
    "empty": (("DELETE FROM record",), 1, "end was cut off"),
    "reorder": (
        (
            "UPDATE record SET number = 102 WHERE number = 3",
            "UPDATE record SET number = 3 WHERE number = 2",
            "UPDATE record SET number = 2 WHERE number = 102",
        ),
        2,
        "doesn't follow",
    ),
    "insert": (
        (
            (
                "INSERT INTO record (tenant_id, number, at, who, action, subject, body, previous, hash) "
                "SELECT tenant_id, 6, at, 'eve', action, subject, body, hash, hash FROM record WHERE number = 5"
            ),
        ),
        6,
        "changed",
    ),
}


@pytest.mark.parametrize("how", list(TAMPER))
def test_who_gets_round_the_database_is_found_out(store: Store, how: str) -> None:
    fill(store)
    acts, number, says = TAMPER[how]
    disarm(store)
    with store.across(writes=True) as connection:
        for act in acts:
            connection.exec_driver_sql(act)
    with look(store) as there:
        broken = record.verify(there)
    assert broken is not None
    assert broken.number == number
    assert says in broken.why


def test_a_cut_end_with_the_stored_end_moved_is_found_by_an_anchor(store: Store) -> None:
    fill(store)
    with look(store) as there:
        kept = record.anchor(there)
        third = record.entries(there, before=4, limit=1)[0]
    disarm(store)
    with store.across(writes=True) as connection:
        connection.exec_driver_sql("DELETE FROM record WHERE number > 3")
        connection.execute(TENANTS.update().values(entries=3, head=third.hash))
    with look(store) as there:
        assert record.verify(there) is None
        broken = record.verify(there, [kept])
    assert broken is not None
    assert broken.number == 4


def test_a_tenant_has_a_record_of_its_own(store: Store) -> None:
    with store.across(writes=True) as connection:
        record.add_tenant(connection, "acme", "Acme", store.clock())
    fill(store, 3)
    fill(store, 2, "acme")
    with look(store, tenant="acme") as there:
        assert [e.number for e in record.entries(there)] == [2, 1]
    disarm(store)
    with store.across(writes=True) as connection:
        connection.execute(RECORD.update().where(RECORD.c.tenant_id == "acme").values(who="eve"))
    with look(store) as there:
        assert record.verify(there) is None
    with look(store, tenant="acme") as there:
        assert record.verify(there) is not None


def test_tenants_have_ids_that_fit_in_an_address(store: Store) -> None:
    with store.across(writes=True) as connection:
        for bad in ("", "a b", "a/b", "default", "x" * 61, "\x00"):
            with pytest.raises(RefusedError):
                record.add_tenant(connection, bad, "Acme", store.clock())
    with look(store, tenant="nobody") as there, pytest.raises(NotFoundError):
        record.verify(there)
