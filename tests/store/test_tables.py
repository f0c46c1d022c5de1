"""The tables: what every one of them has in common."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from keywitness.store.engine import Store
from keywitness.store.tables import METADATA, TENANTS


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_the_tenant_comes_first_in_each_key_and_index(name: str) -> None:
    table = METADATA.tables[name]
    assert next(iter(table.primary_key.columns)).name == "tenant_id"
    assert all(next(iter(index.columns)).name == "tenant_id" for index in table.indexes)


def test_times_come_back_in_utc_to_the_microsecond(store: Store) -> None:
    at = datetime(2026, 9, 1, 8, 0, 0, 1, tzinfo=timezone(timedelta(hours=5)))
    with store.across(writes=True) as connection:
        connection.execute(TENANTS.update().values(created_at=at))
    with store.across() as connection:
        back = connection.execute(sa.select(TENANTS.c.created_at)).scalar_one()
    assert back == at
    assert back.tzinfo is UTC


def test_what_a_database_refuses_is_replaced_on_its_way_in(store: Store) -> None:
    with store.across(writes=True) as connection:
        connection.execute(TENANTS.update().values(name="a\0b\ud800c"))
        assert connection.execute(sa.select(TENANTS.c.name)).scalar_one() == "a\ufffdb\ufffdc"
