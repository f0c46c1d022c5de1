"""The desk in real Chromium: by keyboard, on a laptop and a phone, light and dark, with news from colleagues."""

from typing import Any

import pytest

from keywitness.store import cases
from keywitness.store.engine import Store
from keywitness.store.rows import find
from tests.store.made import desk, look
from tests.web.desk import PASSWORD

LAPTOP, PHONE = (1366, 768), (390, 844)


class Visitor:
    """A signed-in person's tab, with what it complained of and whom it asked."""

    def __init__(
        self, chromium: Any, origin: str, name: str, size: tuple[int, int] = LAPTOP, scheme: str = "light"
    ) -> None:
        viewport = {"width": size[0], "height": size[1]}
        self.context = chromium.new_context(viewport=viewport, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda r: None if r.url.startswith(origin) else self.strangers.append(r.url))
        self.origin = origin
        self.page.goto(f"{origin}/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/queue")

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def value(self, script: str) -> Any:
        return self.page.evaluate(script)

    def end(self) -> None:
        self.context.close()
        assert self.complaints == []
        assert self.strangers == []


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_is_quiet(
    chromium: Any, served: tuple[str, Store], size: tuple[int, int], scheme: str
) -> None:
    visitor = Visitor(chromium, served[0], "ada", size, scheme)
    for path in ("queue?show=all", "cases/KW-4F7QZ2AB", "cases/KW-EXTRA100", "shift", "team"):
        visitor.page.goto(f"{served[0]}/t/default/{path}")
        visitor.value("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert visitor.value("document.documentElement.scrollWidth") <= size[0], path
    visitor.end()


def test_what_tier_1_must_see_is_on_one_laptop_screen(chromium: Any, served: tuple[str, Store]) -> None:
    visitor = Visitor(chromium, served[0], "tim")
    for case in ("KW-4F7QZ2AB", "KW-EXTRA100"):
        visitor.page.goto(f"{served[0]}/t/default/cases/{case}")
        assert visitor.value("document.querySelector('.screen').getBoundingClientRect().bottom") <= LAPTOP[1]
    visitor.end()


def test_a_case_is_found_taken_and_escalated_by_keyboard_alone(chromium: Any, served: tuple[str, Store]) -> None:
    visitor = Visitor(chromium, served[0], "tim")
    visitor.keys("/")
    visitor.page.keyboard.type("extra")
    visitor.keys("Enter")
    visitor.page.wait_for_url("**q=extra**")
    visitor.keys("j", "j", "k", "Enter")
    visitor.page.wait_for_url("**/cases/**")
    ident = visitor.page.url.rsplit("/", 1)[1]
    visitor.keys("1")
    assert visitor.value("document.querySelector('[data-answer]').open")
    visitor.keys("a")
    visitor.page.wait_for_selector("text=is yours")
    visitor.keys("e")
    visitor.page.click("#move-escalated button.main")
    visitor.page.wait_for_selector("text=is escalated")
    visitor.keys("?")
    assert visitor.value("document.querySelector('#keys').open")
    visitor.end()
    with look(served[1]) as at:
        case = find(at, ident)
    assert (case.status, case.assignee) == ("escalated", "tim")


def test_a_colleagues_act_appears_without_reloading_and_a_choice_stays(
    chromium: Any, served: tuple[str, Store]
) -> None:
    visitor = Visitor(chromium, served[0], "tim")
    visitor.page.goto(f"{served[0]}/t/default/queue?q=extra")
    visitor.value("window.still = true")
    visitor.keys("j", "x")
    with desk(served[1], "tia") as at:
        case = find(at, "KW-EXTRA102")
        cases.assign(at, case.case_id, case.version, "tia")
    visitor.page.wait_for_selector("td:has-text('tia')", timeout=15_000)
    assert visitor.value("window.still")
    assert visitor.value("document.querySelectorAll('input[name=case]:checked').length") == 1
    assert visitor.page.inner_text("#chosen") == "1 chosen"
    visitor.end()


def test_many_are_closed_and_the_undo_brings_them_back(chromium: Any, served: tuple[str, Store]) -> None:
    visitor = Visitor(chromium, served[0], "tim")
    visitor.page.goto(f"{served[0]}/t/default/queue?q=extra")
    visitor.keys("j", "x", "j", "x", "c")
    visitor.page.click("#bulk-close button.main")
    visitor.page.wait_for_selector("text=2 cases closed")
    visitor.page.click("text=Undo")
    visitor.page.wait_for_selector("text=2 cases put back")
    visitor.end()
    with look(served[1]) as at:
        assert [find(at, f"KW-EXTRA{n}").status for n in (100, 101, 102, 103)].count("triage") == 2
