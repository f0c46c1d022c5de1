"""A case as a page to be printed."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from keywitness.exports.html import render
from tests.exports.cases import hostile, worked
from tests.render.poison import TEXTS

FORBIDDEN = frozenset({"script", "iframe", "object", "embed", "img", "link", "form", "input", "base", "audio", "video"})


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_it_says_how_it_ended_what_was_noted_and_the_record(tmp_path: Path) -> None:
    page = render(worked(tmp_path), "Northwind")
    for text in ("closed: true positive (True Positive)", "Called her: it was not her", "desk:answer:overturned"):
        assert text in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


@pytest.mark.parametrize("name", list(TEXTS))
def test_hostile_text_is_text(name: str) -> None:
    tags = Tags()
    page = render(hostile(name), TEXTS[name])
    tags.feed(page)
    assert not FORBIDDEN & tags.names
    assert not [name for name in tags.attributes if name.startswith("on")]
    assert "\x1b" not in page
    page.encode()
