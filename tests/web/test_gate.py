"""Nobody gets past the gate who mustn't: strangers, other tenants, other sites, lower roles. Each try is recorded."""

import pytest

from keywitness.store import UnavailableError
from keywitness.store.engine import Store
from keywitness.web.app import PAGES
from tests.web.desk import at_desk, recorded

PATHS = [page.path.format(case="KW-EXTRA100", number=1, format="json") for page in PAGES if page.method == "GET"]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_sent_to_sign_in(store: Store, path: str) -> None:
    assert at_desk(store).get(path).headers["location"].startswith("/login")


@pytest.mark.parametrize("path", PATHS)
def test_another_tenant_looks_like_none_and_the_try_is_recorded_there(store: Store, path: str) -> None:
    olga = at_desk(store, "olga", "other")
    answer = olga.get(f"/t/default/{path}")
    nowhere = olga.get(f"/t/nowhere/{path}")
    assert (answer.status_code, nowhere.status_code) == (404, 404)
    assert answer.text == nowhere.text
    assert [who for who, _ in recorded(store, "web:access:denied")][-1] == "olga"


def test_another_tenants_case_is_not_found_through_ones_own(store: Store) -> None:
    assert at_desk(store, "olga", "other").get("cases/KW-EXTRA100").status_code == 404


@pytest.mark.parametrize("page", [page for page in PAGES if page.method == "POST"], ids=lambda page: str(page.path))
def test_a_change_without_the_pages_own_token_is_refused_and_recorded(store: Store, page: object) -> None:
    path = page.path.format(case="KW-EXTRA100")  # type: ignore[attr-defined]
    ada = at_desk(store, "ada")
    for csrf in ("", "forged", "é"):
        assert ada.post(path, {"csrf": csrf, "act": "take"}).status_code == 403
    assert len([body for _, body in recorded(store, "web:access:denied") if '"csrf"' in body]) == 3


def test_a_form_that_another_site_sends_is_refused_even_with_the_token(store: Store) -> None:
    ada = at_desk(store, "ada")
    for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}):
        assert ada.post("cases/KW-EXTRA100", {"act": "take"}, headers=headers).status_code == 403


@pytest.mark.parametrize(("who", "path"), [("vera", "cases/KW-EXTRA100"), ("vera", "bulk"), ("tia", "team")])
def test_a_role_does_what_it_may_and_no_more(store: Store, who: str, path: str) -> None:
    assert at_desk(store, who).post(path, {"act": "take"}).status_code == 403
    assert recorded(store, "web:access:denied")[0][0] == who


def test_a_store_that_went_away_is_said_and_the_desk_comes_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tim = at_desk(store, "tim")

    def gone(*_: object, **__: object) -> None:
        raise UnavailableError("the store can't be used (it went away)")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "across", gone)
        answer = tim.get("queue")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "went away" in answer.text
    assert tim.get("queue").status_code == 200


def test_an_address_that_is_none_gets_a_page(store: Store) -> None:
    answer = at_desk(store).get("/nothing")
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
