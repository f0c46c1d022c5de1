"""How a finished run is shown: one file per format, each a pure function of the report.

All that comes from logs and from the organisation's files is hostile text.
Every format passes it through :mod:`keywitness.render.safe`, so that it stays
text: no markup, no escape sequence, no script, no second line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keywitness.model import Report


@dataclass(frozen=True, slots=True)
class Format:
    """``render`` gives the whole file as text that any encoding of Unicode can hold; ``suffix`` begins with a dot."""

    name: str
    suffix: str
    render: Callable[[Report], str]


from keywitness.render import html, json, text  # noqa: E402  the members need the contract above

FORMATS: Final[tuple[Format, ...]] = (json.FORMAT, text.FORMAT, html.FORMAT)
