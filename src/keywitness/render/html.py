"""The report as one self-contained page: no script, no request, nothing but text and one style sheet.

The page's policy allows exactly its own style sheet, by hash, and nothing
else, so that even markup that slipped through could load and run nothing.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from keywitness.model import Report
from keywitness.render import Format, facts, lane, story, summary, words
from keywitness.render.safe import clip, visible

RAW_LINES: Final = 400
MOMENTS: Final = 200


def render(report: Report) -> str:
    return page("report.html.j2", report=report)


def page(template: str, **values: Any) -> str:
    """One of the templates as a page of its own, with the style sheet that its policy allows."""
    made, style = (_environment().get_template(name) for name in (template, "report.css"))
    return made.render(**values, policy=policy(style.render()))


def policy(style: str) -> str:
    """The content security policy of a page whose only style sheet is ``style``."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _resource(name: str) -> str:
    return files("keywitness.render").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    return environment()


def environment(more: Callable[[str], str | None] = lambda name: None) -> Environment:
    """The report's templates, with those of ``more`` (name to text, None for none of its) beside them."""

    def resource(name: str) -> str:
        found = more(name)
        return _resource(name) if found is None else found

    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(resource),
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(change_facts=facts, lane=lane, story=story, summary=summary, words=words)
    made.globals.update(moments=MOMENTS, heading=4)  # a case's parts are below its title, which is below its group's
    made.filters.update(anchor=anchor, pretty=pretty, clip=clip, reason=words.reason)
    return made


def _shown(value: Any) -> Any:
    """All that a template prints passes here, before it is escaped."""
    return value if isinstance(value, Markup) else visible(str(value))


def anchor(ident: str) -> str:
    """An id for the page's own links, whatever a case's id holds."""
    return re.sub(r"[^A-Za-z0-9-]", "_", ident[:80])


def pretty(raw: Mapping[str, Any]) -> list[str]:
    """A record as indented JSON, line by line, no longer than a person would read."""
    lines = json.dumps(raw, indent=2, ensure_ascii=False, default=str).split("\n")
    shown = [clip(line, 1_000) for line in lines[:RAW_LINES]]
    return shown if len(lines) <= RAW_LINES else [*shown, f"… {len(lines) - RAW_LINES:,} more lines"]


FORMAT: Final[Format] = Format("html", ".html", render)
