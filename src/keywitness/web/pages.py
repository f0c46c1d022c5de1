"""The templates: those of the desk, and the parts of a case that the report has."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Final

from jinja2 import Environment

from keywitness.render import html
from keywitness.web import ages, roles

STATIC: Final[Mapping[str, str]] = {
    "report.css": "text/css; charset=utf-8",
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
}


def environment() -> Environment:
    """Everything that a template prints is made visible and escaped, as in the report."""
    made = html.environment(_template)
    made.globals.update(roles=roles, ages=ages, static=static_path, zip=zip, span=_span, heading=2)
    return made


def _template(name: str) -> str | None:
    found = files("keywitness.web").joinpath("templates", name)
    return found.read_text("utf-8") if found.is_file() else None


def _span(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


@cache
def static(name: str) -> bytes:
    """A static file of the desk or the report's style sheet."""
    package, folder = ("keywitness.render", "templates") if name == "report.css" else ("keywitness.web", "static")
    return files(package).joinpath(folder, name).read_bytes()


@cache
def static_path(name: str) -> str:
    """Its address, which changes with its content: a browser may keep it for ever."""
    return f"/static/{hashlib.sha256(static(name)).hexdigest()[:12]}/{name}"
