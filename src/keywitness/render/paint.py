"""Text for Rich: data only as ``Text`` that went through ``visible``, never as a string that markup is read from.

Ids and commands are never broken over lines, so that they can be copied.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from keywitness.model import Action
from keywitness.render import story, words
from keywitness.render.safe import clip, visible

LONGEST: Final = 600
"""Characters of one text that are shown; the JSON has the rest."""

ACTIONS: Final[dict[Action, str]] = {"escalate": "bold red", "review": "bold yellow", "close": "bold green"}
TONES: Final[dict[words.Tone, str]] = {"alarm": "bold red", "calm": "green", "open": "bold yellow"}
CHIPS: Final[dict[story.State, str]] = {"lit": "■", "unlit": "□", "settled": "▣", "open": "?"}


def say(text: str, style: str = "") -> Text:
    """Hostile text as Rich may print it, clipped."""
    return Text(visible(clip(text, LONGEST)), style=style)


def whole(text: str, indent: int = 0, style: str = "") -> Text:
    """Hostile text in full on one line that nothing breaks: the terminal may wrap it, and a copy stays whole."""
    return Text(" " * indent + visible(text), style=style, no_wrap=True, overflow="ignore")


def is_whole(part: RenderableType) -> bool:
    """Whether Rich is to leave the line as long as it is."""
    return isinstance(part, Text) and part.no_wrap is True


def section(title: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """The parts below a title; nothing at all when there is none."""
    for number, part in enumerate(parts):
        if number == 0:
            yield Text()
            yield Text(title, style="bold underline")
        yield part


def bullet(text: str) -> Table:
    """Hostile text as an item of a list."""
    item = grid(None, 1)
    item.add_row(Text(" –"), say(text))
    return item


def grid(*ratios: int | None) -> Table:
    """A table without lines and headings; a ratio takes what the columns with None leave."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in ratios:
        table.add_column(ratio=ratio, overflow="fold")
    return table


def table(*headings: str, expand: bool = False) -> Table:
    """A table without lines, for data cells by :func:`say`."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=expand)
    for heading in headings:
        made.add_column(Text(heading), overflow="fold")
    return made


def minute(time: str) -> str:
    """``2026-08-20 03:12`` of a time in full: for lists that say UTC above."""
    return time[:16]
