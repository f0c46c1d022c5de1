import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from keywitness.model import Report
from keywitness.render.html import MOMENTS, RAW_LINES, anchor, policy, pretty, render
from tests.render.parts import LONG_AGENT, LONG_ARN, event, moment
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report, upload
from tests.render.test_text import NOTHING

VOID = {"meta", "line", "path"}
HARMLESS = {"lang", "charset", "name", "content", "http-equiv", "id", "class", "href", "scope", "datetime", "tabindex"}
DRAWING = {"width", "height", "x", "x1", "x2", "y1", "y2", "d", "overflow", "focusable"}


class Page(HTMLParser):
    """The elements of a page, their attributes, and the text of each."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def attributes(self, name: str) -> list[str]:
        return [value or "" for _, attrs in self.tags for key, value in attrs.items() if key == name]

    def text(self) -> str:
        return " ".join(" ".join(data for tag, data in self.texts if tag != "style").split())


def test_the_page_is_told_in_order() -> None:
    text, place = Page(render(report())).text(), 0
    for part in (
        "New credentials at Northwind",
        "3 cases to escalate",
        "dora and svc-backup → svc-backup and break-glass-admin",
        "dora and svc-backup made 2 credential changes on 2 principals",
        "Unauthorised: yes",
        "Pattern: no",
        "Not evaluable: 0",
        "Approved change? no",
        "Against this verdict",
        "Would flip it An approved change for this actor",
        "Contain, least destructive first",
        "aws iam update-access-key --user-name svc-backup",
        "Timeline",
        "2026-08-20 03:12:45 UTC Thu 05:12 CEST change",
        '"eventName": "CreateAccessKey"',
        "Missing: change tickets (changes.csv or a ticket system)",
        "What the answers rest on",
        "1,204,881",
        "identities not given",
        "4 × the record has no time",
        "keywitness explain CASE QUESTION",
    ):
        place = text.index(part, place)


def test_every_answer_can_be_opened_to_its_evidence() -> None:
    page = Page(render(report()))
    assert "keywitness explain KW-4F7QZ2AB used_since" in page.text()
    assert event(21) in page.text()
    answers = [tag for tag, _ in page.tags if tag == "details"]
    assert len(answers) == 12 + 12 + 11 + 11 + len([f for c in report().cases[:4] for f in c.findings])


def test_a_run_without_anything_is_a_page_too() -> None:
    text = Page(render(NOTHING)).text()
    assert "0 cases to escalate" in text
    assert "No log was read." in text
    assert "Nothing: every record was read." in text
    assert "Every question got an answer." in text


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_adds_no_element_and_no_attribute(name: str) -> None:
    ours = {tag for tag, _ in Page(render(report())).tags}
    written = render(poisoned(name))
    page = Page(written)
    assert not page.open
    assert {tag for tag, _ in page.tags} <= ours
    assert {"script", "img", "iframe", "object", "link", "base", "form"}.isdisjoint(ours)
    attributes = {key for _, attrs in page.tags for key in attrs}
    assert {a for a in attributes if not a.startswith(("aria-", "data-label"))} <= HARMLESS | DRAWING
    assert all(re.fullmatch(r"#[A-Za-z0-9_-]*", href) for href in page.attributes("href"))
    assert written.encode()
    assert all(character.isprintable() or character == "\n" for character in written)


@pytest.mark.parametrize("name", ["script", "end tags", "attribute", "markup"])
def test_hostile_text_is_shown_as_it_is(name: str) -> None:
    assert " ".join(TEXTS[name].split()) in Page(render(poisoned(name))).text()


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    written = render(report())
    styles = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    assert len(styles) == 1
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    stated = [attrs["content"] for _, attrs in Page(written).tags if "http-equiv" in attrs]
    assert stated == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    assert stated == [policy(styles[0])]
    assert "style" not in {key for _, attrs in Page(written).tags for key in attrs}
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]


def test_headings_tables_and_links_are_what_a_screen_reader_needs() -> None:
    page = Page(render(report()))
    tags = [tag for tag, _ in page.tags]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {"main", "nav", "header", "footer"} <= set(tags)
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    assert all(attrs.get("scope") for tag, attrs in page.tags if tag == "th")
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.attributes("href")} <= set(ids)
    assert set(page.attributes("aria-labelledby")) <= set(ids)
    assert page.attributes("lang") == ["en"]


def test_long_names_are_there_in_full() -> None:
    text = Page(render(report())).text()
    assert LONG_ARN in text
    assert LONG_AGENT in text


def test_very_long_timelines_say_what_they_leave_out() -> None:
    (finding,) = upload().findings
    crowded = replace(finding, timeline=tuple(moment(n, "read", n, "activity") for n in range(MOMENTS + 7)))
    text = Page(render(replace(report(), cases=(replace(upload(), findings=(crowded,)),)))).text()
    assert "and 7 more, not shown" in text


def test_anchors_hold_nothing_that_an_attribute_or_address_could_not() -> None:
    assert anchor("KW-4F7QZ2AB") == "KW-4F7QZ2AB"
    assert anchor('a" onclick="b') == "a__onclick__b"


def test_records_are_indented_and_bounded() -> None:
    assert pretty({"a": {"b": "ü"}}) == ["{", '  "a": {', '    "b": "ü"', "  }", "}"]
    long = pretty({"list": list(range(1_000))})
    assert len(long) == RAW_LINES + 1
    assert long[-1] == f"… {1_004 - RAW_LINES} more lines"
    assert json.loads("".join(pretty({"when": event(1), "n": None}))) == {"when": event(1), "n": None}


# Contrast: WCAG 2.2, 1.4.3 (text: 4.5) and 1.4.11 (marks: 3).
GROUNDS = ("paper", "sheet", "well")
TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in GROUNDS),
    *((accent, ground) for accent in ("escalate", "review", "close") for ground in (*GROUNDS, f"{accent}-wash")),
    *(("on", accent) for accent in ("escalate", "review", "close")),
)
MARK_PAIRS = (("strong", "sheet"), ("strong", "paper"))


def schemes() -> Iterator[tuple[str, dict[str, str]]]:
    css = files("keywitness.render").joinpath("templates", "report.css").read_text("utf-8")
    light, dark, *_ = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block)) for block in css.split(":root {")[1:])
    yield "light", light
    yield "dark", {**light, **dark}


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(scheme: str) -> None:
    palette = dict(schemes())[scheme]
    poor = {
        f"{ink} on {ground}": round(contrast(palette[ink], palette[ground]), 2)
        for pairs, least in ((TEXT_PAIRS, 4.5), (MARK_PAIRS, 3))
        for ink, ground in pairs
        if contrast(palette[ink], palette[ground]) < least
    }
    assert not poor


def test_colours_come_from_the_palette_alone() -> None:
    css = files("keywitness.render").joinpath("templates", "report.css").read_text("utf-8")
    rules = css.split("*, *::before")[1]
    assert not re.findall(r"(?<!--paper: )(?<!--well: )#[0-9a-f]{3,8}\b", rules)


def test_the_report_type_is_what_the_tests_poison() -> None:
    assert isinstance(poisoned("script"), Report)


def test_a_flood_of_text_is_cut_and_only_commands_stay_whole() -> None:
    page = Page(render(poisoned("long")))
    flooded = {tag for tag, text in page.texts if len(text) > 3_000 and tag != "style"}
    assert flooded == {"code"}
    assert len(render(poisoned("long"))) < 1_000_000
