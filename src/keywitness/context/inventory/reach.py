"""What a principal can do, as the exports of each cloud are brought to one form."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

from keywitness.context.tables import fold, objects
from keywitness.model import Party

_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d")

Complain = Callable[[str], None]
"""Takes one sentence on a part of an export that can't be used."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a principal was granted, the privileged first, and in one phrase why it is privileged or isn't."""

    privileged: bool
    grants: tuple[str, ...]  # names of policies and roles
    why: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A policy or role that a principal holds. ``why`` it makes it privileged; "" when it doesn't."""

    name: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """Grants of one principal: ``names`` are folded, first the one that only it has in all exports (see keys)."""

    names: tuple[str, ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of export: the pattern of its files' names, and its reader, which raises ValueError for another kind."""

    files: str
    read: Callable[[Any, Complain], Iterator[Holding]]


class Rule(NamedTuple):
    """An entry of a table of what makes privileged."""

    name: str
    why: str


@lru_cache
def table(stem: str, part: str) -> Mapping[str, Rule]:
    """The rules by name and by id, folded, from ``STEM.toml`` beside this file, which refers to the cloud's word."""
    data = tomllib.loads(files("keywitness").joinpath(f"context/inventory/{stem}.toml").read_text("utf-8"))
    rules = [(entry, Rule(entry["name"], entry["why"])) for entry in data[part]]
    return {fold(entry[key]): rule for entry, rule in rules for key in ("name", "id") if key in entry}


def why(stem: str, part: str, *named: str) -> str:
    """Why what goes by one of these names or ids is privileged; "" when it isn't."""
    known = table(stem, part)
    return next((known[fold(name)].why for name in named if fold(name) in known), "")


def keys(party: Party, tenant: str | None) -> tuple[str, ...]:
    """By what an export may know a party, best first: its id; else its name within its tenant, or among its kind."""
    named = (f"{tenant}/{party.name}", f"{party.type}/{party.name}") if party.name else ()
    return tuple(fold(text) for text in (party.id or "", *named) if text)


def summed(grants: Iterable[Grant], sources: Sequence[str]) -> Reach:
    """All grants of one principal as its reach; ``sources`` are the exports that they come from."""
    known = sorted(dict.fromkeys(grants), key=lambda grant: not grant.why)
    because = "; ".join(dict.fromkeys(f"{grant.name} {grant.why}" for grant in known[:3] if grant.why))
    said = because or ("nothing privileged" if known else "nothing was granted to it")
    return Reach(bool(because), tuple(dict.fromkeys(g.name for g in known)), f"{said}, says {' and '.join(sources)}")


def exported(path: Path, old_days: int, now: datetime) -> str:
    """The file's name, with its age when it is old: by the date in its name, else by when it was written."""
    days = (now - _written(path)).days
    return f"{path.name} ({days} days old)" if days > old_days else path.name


def _written(path: Path) -> datetime:
    for text in _DATED.findall(path.name):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            continue
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def listed(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The objects of a list, bare or as ``{"value": [...]}``."""
    value = content.get(key)
    return objects(value.get("value") if isinstance(value, dict) else value)


def text(item: object, key: str) -> str:
    """A text of an object; "" when it is none, or what should be an object isn't."""
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else ""
