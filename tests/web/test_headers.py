"""What every answer carries, and what no request may be."""

import pytest

from keywitness.store.engine import Store
from keywitness.web.headers import LARGEST
from tests.web.desk import at_desk


@pytest.mark.parametrize("path", ["/login", "/nothing", "/t/default/queue", "/health"])
def test_every_answer_is_guarded(store: Store, path: str) -> None:
    headers = at_desk(store, "tim").get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"]


def test_another_host_name_gets_nothing(store: Store) -> None:
    desk = at_desk(store)
    assert desk.get("/login", headers={"host": "evil.example"}).status_code == 421


def test_a_large_request_is_refused_before_it_is_read(store: Store) -> None:
    tim = at_desk(store, "tim")
    assert tim.post("cases/KW-EXTRA100", {"act": "note", "text": "x" * (LARGEST + 1)}).status_code == 413
