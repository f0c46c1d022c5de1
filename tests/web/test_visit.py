"""What a visit tells: what was just done, for two minutes, and addresses whatever an id holds."""

from keywitness.store.engine import Store
from tests.store.conftest import Watch
from tests.web.desk import at_desk


def test_what_was_done_is_told_for_a_while(store: Store, watch: Watch) -> None:
    tim = at_desk(store, "tim")
    assert tim.act("KW-EXTRA100", "take").status_code == 303
    assert "KW-EXTRA100 is yours." in tim.get("queue").text
    watch.pass_(minutes=3)
    assert "KW-EXTRA100 is yours." not in tim.get("queue").text


def test_a_number_that_is_none_conflicts_instead_of_failing(store: Store) -> None:
    tim = at_desk(store, "tim")
    for version in ("", "x", "9" * 40, "-1", "\u0661"):
        assert tim.post("cases/KW-EXTRA100", {"act": "take", "version": version}).status_code == 409
