"""Signing in: the same answer to every wrong try, a lock, a limit, a cookie that nobody else can read."""

from datetime import timedelta

import pytest

from keywitness.store import people
from keywitness.store.engine import Store
from keywitness.store.sessions import IDLE
from tests.store.conftest import Watch
from tests.web.desk import ORIGIN, at_desk, recorded


def test_the_right_password_opens_the_queue(store: Store) -> None:
    desk = at_desk(store)
    answer = desk.sign_in(" TIM ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    for part in ("__Host-keywitness=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert desk.get("/").headers["location"] == "/t/default/queue"
    assert desk.get("queue").status_code == 200


def test_a_wrong_name_and_a_wrong_password_look_the_same_and_are_recorded(store: Store) -> None:
    desk = at_desk(store)
    texts = {desk.sign_in(name, "wrong").text for name in ("tim", "nobody-here")}
    assert len(texts) == 1
    assert "set-cookie" not in desk.sign_in("tim", "wrong").headers
    assert {who for who, _ in recorded(store, "web:access:denied")} == {"tim", "nobody-here"}


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(store: Store, watch: Watch) -> None:
    desk = at_desk(store)
    for _ in range(people.FREE_FAILURES):
        assert desk.sign_in("tim", "wrong").status_code == 403
    assert desk.sign_in("tim").status_code == 403
    watch.now += people.LOCK + timedelta(seconds=1)
    assert desk.sign_in("tim").status_code == 303


def test_too_many_attempts_close_the_door_for_a_while(store: Store, watch: Watch) -> None:
    desk = at_desk(store)
    answers = [desk.sign_in(f"nobody{number}", "wrong") for number in range(31)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"] == "600"
    assert desk.sign_in("tim").status_code == 429
    watch.pass_(minutes=11)
    assert desk.sign_in("tim").status_code == 303


def test_another_site_cannot_sign_anybody_in(store: Store) -> None:
    desk = at_desk(store)
    sent = {"name": "tim", "password": "a long enough phrase"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert desk.client.post("/login", data=sent, headers=headers).status_code == 403
    assert desk.client.post("/login", data=sent, headers={"origin": ORIGIN}, follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/t/\nx"]
)
def test_only_a_page_of_the_desk_follows(store: Store, after: str) -> None:
    sent = {"name": "tim", "password": "a long enough phrase", "next": after}
    answer = at_desk(store).client.post("/login", data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_the_page_that_was_asked_for_follows(store: Store) -> None:
    desk = at_desk(store)
    asked = desk.get("cases/KW-EXTRA100")
    assert asked.headers["location"] == "/login?next=/t/default/cases/KW-EXTRA100"


def test_an_idle_session_has_ended(store: Store, watch: Watch) -> None:
    desk = at_desk(store, "tim")
    watch.now += IDLE + timedelta(minutes=1)
    assert desk.get("queue").headers["location"].startswith("/login")
    assert desk.get("queue", headers={"x-live": "1"}).status_code == 401


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(store: Store) -> None:
    desk = at_desk(store, "tim")
    cookies = dict(desk.client.cookies)
    desk.post("/logout", {})
    desk.client.cookies.update(cookies)
    assert desk.get("queue").status_code == 303


def test_who_has_no_role_is_told_so(store: Store) -> None:
    with store.across(writes=True) as connection:
        people.grant(connection, "tim", "default", None)
    desk = at_desk(store)
    desk.sign_in("tim")
    assert "no role in any tenant" in desk.get("/").text
