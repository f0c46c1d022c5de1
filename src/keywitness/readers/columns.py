"""What copies of a record in tables and data lakes have in common: respelled names, values as text, other times."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from keywitness.readers.values import as_object

Record = Mapping[str, Any]

_LEADING: Final = re.compile(r"^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z]+)")
_SNAKE: Final = re.compile(r"_([a-z0-9])")
_ENTRY: Final = re.compile(r"[\w.$@/:-]+=")
_LONGEST: Final = 256 * 2**10  # of a value in Presto's notation: CloudTrail caps a whole record at this
_DEEPEST: Final = 20


@lru_cache(maxsize=4_096)
def camel(name: str) -> str:
    """``IPAddress`` and ``ip_address`` as ``ipAddress``."""
    first = _LEADING.sub(lambda found: found[0].lower(), name, count=1)
    return _SNAKE.sub(lambda found: found[1].upper(), first)


def parsed(value: Any) -> Any:
    """A JSON object or list that stands in a string; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return value
    return value


def respelled(value: Any, names: Mapping[str, str] | None = None) -> Any:
    """All keys of an object, at any depth, in camel case, or as ``names`` spells them."""
    if isinstance(value, Mapping):
        known = names or {}
        return {known.get(k) or camel(k): respelled(v, names) for k, v in value.items() if v is not None}
    return [respelled(item, names) for item in value] if isinstance(value, list) else value


def flag_of(value: Any) -> Any:
    """``"true"`` and ``"False"`` as a boolean; anything else as it is."""
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def utc(value: Any) -> Any:
    """BigQuery's ``2026-03-02 10:00:00.5 UTC`` in ISO 8601; anything else as it is."""
    return f"{value[:-4]}Z" if isinstance(value, str) and value.endswith(" UTC") else value


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in fields.items() if value is not None and value != ""}


def at(record: Any, *path: str) -> Any:
    """What stands under a path of keys, or None."""
    for key in path:
        record = record.get(key) if isinstance(record, Mapping) else None
    return record


def obj(record: Any, *path: str) -> Record:
    """The object under a path of keys, also one in a string; empty when there is none."""
    return as_object(at(record, *path))


def nested(record: Record) -> dict[str, Any]:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``; a list of one value, as search results have them, as the value."""
    result: dict[str, Any] = {}
    for key, value in record.items():
        *parents, last = key.split(".")
        place = result
        for parent in parents[:_DEEPEST]:
            inner = place.setdefault(parent, {})
            place = inner if isinstance(inner, dict) else {}
        place[last] = value[0] if isinstance(value, list) and len(value) == 1 else value
    return result


def presto(text: Any, depth: int = 0) -> Any:
    """A struct or map as Athena and Presto print it, ``{type=IAMUser, arn=null}``, or JSON; anything else as it is.

    The notation has no quotes: a value that holds ``, name=`` itself can't be told from two values.
    """
    value = parsed(text)
    if not isinstance(value, str) or depth > _DEEPEST or len(value) > _LONGEST:
        return value
    if value == "null":
        return None
    if value[:1] == "{" and value[-1:] == "}" and (value == "{}" or _ENTRY.match(value, 1)):
        entries = (part.partition("=") for part in _parts(value[1:-1], named=True))
        return {key: presto(inner, depth + 1) for key, _, inner in entries if key}
    if value[:1] == "[" and value[-1:] == "]":
        return [presto(part, depth + 1) for part in _parts(value[1:-1], named=False)]
    return value


def _parts(body: str, named: bool) -> Iterator[str]:
    """What stands between commas outside of all brackets; with ``named`` only commas before a name count."""
    depth = start = 0
    for found in re.finditer(r"[{}\[\]]|, ", body):
        if found[0] != ", ":
            depth = max(0, depth + (1 if found[0] in "{[" else -1))
        elif depth == 0 and (not named or _ENTRY.match(body, found.end())):
            yield body[start : found.start()]
            start = found.end()
    if body:
        yield body[start:]


def without(record: Record, names: Iterable[str]) -> dict[str, Any]:
    """The record's other fields."""
    return {key: value for key, value in record.items() if key not in names}
