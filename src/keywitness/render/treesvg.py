"""A tree of credentials as one self-contained SVG: no script, nothing loaded, light or dark as the reader's system is.

Each node is a card below its parent and further in, so that a tree of any width fits a page; long lines are wrapped.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from keywitness.render.genealogy import Card, Genealogy, cards
from keywitness.render.safe import visible

WIDTH: Final = 1000
_EDGE, _GAP, _PAD, _LINE = 20, 14, 10, 18
_INDENT: Final = 40
_DEEP: Final = 400  # all generations together are indented no further than this
_PER_CHARACTER: Final = 7.4
"""Pixels of a wide character of the 13 px text: lines are wrapped for a font that is wider than most."""

_STYLE: Final = """
svg { color-scheme: light dark; --paper: #f7f6f3; --sheet: #ffffff; --ink: #1d1f24; --soft: #595d67; --line: #8b8e97;
 --escalate: #b02a1f; --review: #835400; --close: #1c6a45; }
@media (prefers-color-scheme: dark) { svg { --paper: #121316; --sheet: #1a1c20; --ink: #e9e7e2; --soft: #a6a9b2;
 --line: #7b7f8a; --escalate: #ff8f84; --review: #efba55; --close: #74cf9b; } }
.paper { fill: var(--paper); }
.card { fill: var(--sheet); stroke: var(--line); }
.session .card, .attempt .card { stroke-dasharray: 5 4; }
.asked .card { stroke: var(--ink); stroke-width: 2.5; }
.edge { fill: var(--line); }
.escalate .edge, .escalate .badge { fill: var(--escalate); }
.review .edge, .review .badge { fill: var(--review); }
.close .edge, .close .badge { fill: var(--close); }
.link { fill: none; stroke: var(--line); stroke-width: 1.5; }
text { font: 13px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--soft); }
.title, .badge, .head { font-weight: 650; fill: var(--ink); }
.head { font-size: 16px; }
"""


@dataclass(frozen=True, slots=True)
class _Box:
    card: Card
    x: int
    y: int
    title: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        rows = len(self.title) + len(self.lines) + (1 if self.card.badge else 0)
        return 2 * _PAD + rows * _LINE


def render_svg(shown: Genealogy) -> str:
    """The trees below each other in one picture, with the same words as the text."""
    top, drawn = 62, list[_Box]()
    for tree in shown.trees:
        boxes = _placed(cards(shown, tree), top)
        drawn += boxes
        top = boxes[-1].y + boxes[-1].height + 2 * _GAP
    return "".join(_svg(shown, drawn, top))


def _placed(tree: Sequence[Card], top: int) -> list[_Box]:
    deepest = max(card.depth for card in tree)
    indent = min(_INDENT, _DEEP // max(1, deepest))
    boxes = []
    for card in tree:
        x = _EDGE + card.depth * indent
        room = int((WIDTH - _EDGE - x - 3 * _PAD) / _PER_CHARACTER)
        lines = tuple(part for line in card.lines for part in _wrapped(line, room))
        box = _Box(card, x, top, _wrapped(card.title, room), lines)
        boxes.append(box)
        top += box.height + _GAP
    return boxes


def _wrapped(text: str, room: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, room, break_on_hyphens=False)) or ("",)


def _svg(shown: Genealogy, drawn: Sequence[_Box], height: int) -> Iterator[str]:
    asked = escape(visible(shown.asked))
    told = (
        f"{len(drawn)} cards, each below what made it and further in. The same text is in keywitness lineage {asked}."
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    yield ' role="group" aria-labelledby="title" aria-describedby="desc" lang="en">\n'
    yield f'<title id="title">Lineage of {asked}</title>\n<desc id="desc">{told}</desc>\n<style>{_STYLE}</style>\n'
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>\n'
    yield f'<text class="head" x="{_EDGE}" y="38">Lineage of {asked}</text>\n<g role="list">\n'
    parents: list[_Box] = []
    for box in drawn:
        del parents[box.card.depth :]
        yield from _card(box, parents[-1] if parents else None)
        parents.append(box)
    yield "</g>\n</svg>\n"


def _card(box: _Box, parent: _Box | None) -> Iterator[str]:
    card, middle = box.card, box.y + _PAD + _LINE // 2
    if parent:
        start = parent.x + 8
        yield f'<path class="link" aria-hidden="true" d="M{start},{parent.y + parent.height} V{middle} H{box.x}"/>\n'
    classes = " ".join(filter(None, (card.kind, card.action, "asked" if card.asked else "")))
    width = WIDTH - _EDGE - box.x
    yield f'<g role="listitem" class="{classes}">\n<title>{escape(card.title)}</title>\n'
    yield f'<rect class="card" x="{box.x}" y="{box.y}" width="{width}" height="{box.height}" rx="6"/>\n'
    yield f'<rect class="edge" x="{box.x}" y="{box.y}" width="5" height="{box.height}" rx="2"/>\n'
    rows = [("title", text) for text in box.title]
    rows += [("badge", card.badge)] if card.badge else []
    rows += [("line", text) for text in box.lines]
    for number, (kind, text) in enumerate(rows):
        y = box.y + _PAD + number * _LINE + 13
        yield f'<text class="{kind}" x="{box.x + 2 * _PAD}" y="{y}">{escape(text)}</text>\n'
    yield "</g>\n"
