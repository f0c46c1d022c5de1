"""The picture of a tree: well-formed, inert, within its page."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from keywitness.genealogy import trees
from keywitness.render.genealogy import Genealogy
from keywitness.render.treesvg import WIDTH, render_svg
from tests.render.poison import TEXTS
from tests.render.test_genealogy import poisoned, shown
from tests.support import ago
from tests.test_lineage import made

SVG = "{http://www.w3.org/2000/svg}"


def drawn(genealogy: Genealogy) -> ET.Element:
    return ET.fromstring(render_svg(genealogy))  # noqa: S314  made by us a moment ago


def test_each_card_is_a_labelled_item() -> None:
    page = drawn(shown())
    items = [g for g in page.iter(f"{SVG}g") if g.get("role") == "listitem"]
    assert [item.findtext(f"{SVG}title") for item in items][2:4] == [
        "role session ASIA1 for role",
        "access key AKIA2 for admin",
    ]
    assert items[3].get("class") == "credential escalate asked"
    assert page.findtext(f"{SVG}title") == "Lineage of AKIA2"
    assert page.findtext(f"{SVG}desc")


def test_nothing_is_loaded_or_run() -> None:
    source = render_svg(shown())
    assert not re.search(r"<script|\son\w+=|href|url\(|@import|foreignObject", source)
    assert "prefers-color-scheme: dark" in source


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_names_add_no_element(name: str) -> None:
    tags = {element.tag for element in drawn(poisoned(TEXTS[name])).iter()}
    assert tags == {element.tag for element in drawn(shown()).iter()}


def test_a_deep_tree_stays_on_the_page_and_cards_do_not_overlap() -> None:
    chain = [made(f"AKIA{n}", credential_used=f"AKIA{n - 1}", time=ago(hours=40 - n)) for n in range(1, 30)]
    page = drawn(Genealogy("x", frozenset(), trees([chain[0].event_id], chain), {}, {}))
    rects = [r for r in page.iter(f"{SVG}rect") if r.get("class") == "card"]
    boxes = [{k: int(r.get(k, "0")) for k in ("x", "y", "width", "height")} for r in rects]
    assert all(b["x"] + b["width"] <= WIDTH and b["width"] > 400 for b in boxes)
    assert all(a["y"] + a["height"] < b["y"] for a, b in pairwise(boxes))
