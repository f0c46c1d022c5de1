"""The queue answers to its filters, its search, its pages and its views, and tells when anything changed."""

import re
from html import unescape

import pytest

from keywitness.store.engine import Store
from keywitness.web.queue import wanted
from tests.web.desk import Browser, at_desk


def shown(desk: Browser, query: str = "") -> list[str]:
    return re.findall(r"/cases/(KW-[A-Z0-9]+)", desk.get(f"queue{query}").text)


def test_filters_narrow_and_nonsense_is_left_out(store: Store) -> None:
    tim = at_desk(store, "tim")
    everything = shown(tim, "?show=all")
    assert set(shown(tim, "?campaign=extra")) == {f"KW-EXTRA{n}" for n in (100, 101, 102, 103)}
    assert set(shown(tim, "?q=extra")) == set(shown(tim, "?campaign=extra"))
    assert shown(tim, "?priority=P1") == [c for c in everything if c in shown(tim, "?priority=P1")]
    assert set(shown(tim, "?used=yes")).isdisjoint(shown(tim, "?used=no"))
    assert shown(tim, "?owner=me") == []
    tim.act("KW-EXTRA100", "take")
    assert shown(tim, "?owner=me") == ["KW-EXTRA100"]
    assert "KW-EXTRA100" not in shown(tim, "?owner=nobody")
    assert shown(tim, "?status=%00&priority=P9&decision=x&order=y&show=z&reason=%3Cscript%3E") == shown(tim)


def test_a_key_that_is_none_is_said(store: Store) -> None:
    assert at_desk(store, "tim").get("queue?after=AAAA").status_code == 400


def test_pages_follow_each_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keywitness.web.queue.SIZE", 3)
    tim = at_desk(store, "tim")
    query, seen = "", list[str]()
    while True:
        text = tim.get(f"queue{query}").text
        seen += re.findall(r"/cases/(KW-[A-Z0-9]+)", text)
        after = re.search(r'href="([^"]*after=[^"]*)" rel="next"', text)
        if not after:
            break
        query = unescape(after[1])
    monkeypatch.undo()
    assert seen == shown(tim)


def test_a_view_is_saved_shared_used_and_forgotten(store: Store) -> None:
    tim, tia = at_desk(store, "tim"), at_desk(store, "tia")
    assert tim.post("views", {"name": "<b>late", "priority": "P1", "late": "1", "shared": "1"}).status_code == 303
    text = tia.get("queue").text
    assert "&lt;b&gt;late" in text
    link = re.search(r'href="(\?[^"]*)">&lt;b&gt;late', text)
    assert link
    assert set(unescape(link[1])[1:].split("&")) == {"late=1", "priority=P1"}
    assert tia.post("views/forget", {"name": "<b>late"}).status_code == 404
    assert tim.post("views/forget", {"name": "<b>late"}).status_code == 303
    assert tim.post("views", {"name": ""}).status_code == 422


def test_the_state_changes_when_anything_does_and_only_then(store: Store) -> None:
    tim = at_desk(store, "tim")
    first = tim.get("state")
    tag = first.headers["etag"]
    assert tim.get("state", headers={"if-none-match": tag}).status_code == 304
    tim.act("KW-EXTRA100", "take")
    assert tim.get("state", headers={"if-none-match": tag}).status_code == 200


def test_a_link_keeps_what_was_asked() -> None:
    asked = wanted({"q": "a b", "priority": "P1", "strange": "x"}, "tim")
    assert set(asked.link(priority="P2").split("&")) == {"q=a+b", "priority=P2"}
