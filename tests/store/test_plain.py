"""Texts as a column takes them."""

import pytest

from keywitness.store.plain import plain
from tests.render.poison import TEXTS


@pytest.mark.parametrize("name", list(TEXTS))
def test_what_a_database_refuses_is_gone_and_the_rest_stays(name: str) -> None:
    made = plain(TEXTS[name], 100)
    assert "\0" not in made
    made.encode()
    assert len(made) <= 100
    assert plain("Zoë\n", 10) == "Zoë\n"
