"""The application has its pages where they are said to be, and serves its own files for ever."""

import pytest

from keywitness.store.engine import Store
from keywitness.web.app import PAGES
from keywitness.web.pages import STATIC, static, static_path
from tests.web.desk import at_desk


def test_no_page_that_changes_anything_can_be_only_looked_at(store: Store) -> None:
    ada = at_desk(store, "ada")
    only = {page.path for page in PAGES if page.method == "POST"} - {
        page.path for page in PAGES if page.method == "GET"
    }
    assert only
    for path in only:
        assert ada.get(path).status_code == 405


@pytest.mark.parametrize("name", STATIC)
def test_static_files_are_kept_by_browsers(store: Store, name: str) -> None:
    answer = at_desk(store).get(static_path(name))
    assert answer.content == static(name)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"] == STATIC[name]


def test_health_needs_nobody(store: Store) -> None:
    assert at_desk(store).get("/health").text == "ok\n"
    assert at_desk(store).get("/favicon.ico").status_code == 204
