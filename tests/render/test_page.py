"""The page in a real browser: nothing is loaded, nothing overflows, and paper shows what the screen folds."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keywitness.render.html import render
from tests.render.poison import poisoned
from tests.render.sample import report

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, headless=True, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    runs = {"sample": report(), **{name: poisoned(name) for name in ("script", "attribute", "long", "lines")}}
    for name, run in runs.items():
        (folder / f"{name}.html").write_text(render(run), encoding="utf-8")
    return folder


class Visit:
    """A page that was opened, with what it asked for and what it complained of."""

    def __init__(self, browser: Any, file: Path, width: int, scheme: str) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def value(self, script: str) -> Any:
        return self.page.evaluate(script)


@pytest.mark.parametrize(
    ("name", "width", "scheme"),
    [
        *(("sample", width, scheme) for width in (400, 1280) for scheme in ("light", "dark")),
        *((name, 400, "light") for name in ("script", "attribute", "long", "lines")),
    ],
)
def test_the_page_is_quiet_and_fits(browser: Any, pages: Path, name: str, width: int, scheme: str) -> None:
    file = pages / f"{name}.html"
    visit = Visit(browser, file, width, scheme)
    try:
        visit.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert visit.value("document.documentElement.scrollWidth") <= width
        assert visit.complaints == []
        assert visit.requests == [file.as_uri()]
    finally:
        visit.page.close()


def test_no_text_is_squeezed_into_a_column_of_letters(browser: Any, pages: Path) -> None:
    visit = Visit(browser, pages / "sample.html", 400, "light")
    squeezed = """[...document.querySelectorAll("p, dd, dt, td, th, caption, code, summary span, h3")].filter(
        e => e.textContent.trim().length > 3 && e.getBoundingClientRect().width > 2
        && e.getBoundingClientRect().height > 6 * e.getBoundingClientRect().width
    ).map(e => e.outerHTML.slice(0, 200))"""
    assert visit.value(squeezed) == []
    visit.page.close()


def test_both_schemes_are_drawn(browser: Any, pages: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        visit = Visit(browser, pages / "sample.html", 1280, scheme)
        grounds.append(visit.value("getComputedStyle(document.body).backgroundColor"))
        visit.page.close()
    assert grounds == ["rgb(247, 246, 243)", "rgb(18, 19, 22)"]


def test_answers_open_with_the_keyboard(browser: Any, pages: Path) -> None:
    visit = Visit(browser, pages / "sample.html", 1280, "light")
    visit.page.keyboard.press("Tab")
    assert visit.value("document.activeElement.textContent") == "Skip to the cases"
    visit.page.locator("summary").first.focus()
    visit.page.keyboard.press("Enter")
    assert visit.value("document.querySelector('details').open")
    visit.page.close()


def test_paper_shows_what_the_screen_folds_on_white(browser: Any, pages: Path) -> None:
    visit = Visit(browser, pages / "sample.html", 1280, "dark")
    evidence = "document.querySelector('.support dd').checkVisibility({contentVisibilityAuto: true})"
    assert not visit.value(evidence)
    visit.page.emulate_media(media="print")
    visit.page.wait_for_function(evidence)
    assert visit.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert visit.value("getComputedStyle(document.querySelectorAll('.case')[1]).breakBefore") == "page"
    assert visit.page.pdf(format="A4").startswith(b"%PDF")
    visit.page.close()
