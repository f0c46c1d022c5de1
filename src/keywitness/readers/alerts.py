"""Alerts of security products: evidence about a principal, as one row each. Which field says what is in alerts.toml.

A record that no kind fits is another reader's, or is set aside: an unknown
product's alert needs an entry there.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, NamedTuple

import jmespath
import msgspec
from jmespath import exceptions

from keywitness.errors import RecordError, Source, UsageError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.columns import nested, parsed, respelled
from keywitness.readers.values import address, micros, text

Expression = Any  # jmespath has no public name for a compiled expression


class _Kind(NamedTuple):
    log: str
    service: str
    keys: frozenset[str]
    capitals: frozenset[str]  # the keys as the API's own clients write them
    camel: bool
    when: Expression | None
    fields: Mapping[str, tuple[Expression, ...]]


_object: Final = msgspec.json.Decoder(dict[str, Any])
_FIELDS: Final = (
    *("id", "title", "time", "tenant", "region"),
    *("actor_id", "actor_name", "credential", "source_ip", "target"),
)
_DOTTED: Final = "kibana.alert.rule.name"
_NUMBER: Final = re.compile(r"\d{9,13}(?:\.\d+)?")
_SHOWN: Final = 200  # characters of a title: it becomes the operation's name


MAPPING: Final = "KEYWITNESS_ALERTS"
"""The environment variable that names a file of the user's own kinds: the processes that read inherit it."""


@lru_cache(maxsize=1)
def kinds() -> tuple[_Kind, ...]:
    """The user's own kinds, then those of alerts.toml, in order, with their expressions compiled."""
    shipped = parse(files(__package__).joinpath("alerts.toml").read_text("utf-8"))
    own = os.environ.get(MAPPING)
    return (*parse(Path(own).read_text("utf-8")), *shipped) if own else shipped


def use_mapping(path: Path) -> None:
    """Let ``path`` (TOML of the form of alerts.toml) add kinds. Raises UsageError, naming the file, for a bad one."""
    try:
        parse(path.read_text("utf-8"))
    except KeyError as error:
        raise UsageError(f"an [[alert]] lacks {error}", Source(str(path))) from error
    except (OSError, ValueError, TypeError, AttributeError, exceptions.JMESPathError) as error:
        raise UsageError(f"no mapping of alerts can be read from it ({error})", Source(str(path))) from error
    os.environ[MAPPING] = str(path.resolve())
    kinds.cache_clear()


def parse(content: str) -> tuple[_Kind, ...]:
    """The kinds of one TOML text. Raises KeyError for an entry without a key it needs, ValueError for bad TOML."""
    entries = tomllib.loads(content).get("alert")
    if not isinstance(entries, list):
        raise ValueError("it holds no [[alert]]")
    for entry in entries:
        missing = next((key for key in ("log", "service", "keys", "title", "time") if not entry.get(key)), None)
        if missing:
            raise KeyError(missing)
    return tuple(_kind(entry) for entry in entries)


def _kind(entry: Mapping[str, Any]) -> _Kind:
    fields = {name: tuple(map(jmespath.compile, _listed(entry[name]))) for name in _FIELDS if name in entry}
    when = jmespath.compile(entry["when"]) if "when" in entry else None
    keys = frozenset(entry["keys"])
    capitals = frozenset(key[:1].upper() + key[1:] for key in keys)
    return _Kind(entry["log"], entry["service"], keys, capitals, entry.get("camel", False), when, fields)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def recognises(record: Mapping[str, Any]) -> bool:
    """A record that one of the kinds fits."""
    return _fitting(record) is not None


def row(raw: bytes, wanted: Wanted) -> Row:  # noqa: ARG001  # every alert is kept whole
    """One alert as a row. Raises RecordError when no kind fits it, or it has no time."""
    found = _fitting(_object.decode(raw))
    if found is None:
        raise RecordError("not an alert of a known product")
    kind, record = found
    said = {name: _first(record, expressions) for name, expressions in kind.fields.items()}
    ident, name = said.get("actor_id"), said.get("actor_name")
    return Row(
        said.get("id"),
        _time(record, kind),
        "alerts",
        kind.log,
        said.get("tenant"),
        said.get("region"),
        kind.service,
        f"Alert: {(said.get('title') or kind.service)[:_SHOWN]}",
        "alert",
        False,
        "success",
        None,
        ident or name,
        name or ident,
        _type(ident or name),
        None,
        (said.get("credential") or "").rpartition("/keys/")[2] or None,
        address(said.get("source_ip")),
        None,
        None,
        None,
        None,
        None,
        said.get("target"),
        None,
        raw,
    )


READER: Final[Reader] = Reader("alerts", recognises, row)


def _fitting(record: Mapping[str, Any]) -> tuple[_Kind, Mapping[str, Any]] | None:
    """The kind of alert and the record as its expressions want it."""
    if _DOTTED in record:
        record = nested(record)
    names = record.keys()
    for kind in kinds():
        if kind.keys <= names or (kind.camel and kind.capitals <= names):
            shown = respelled(record) if kind.camel else {key: parsed(value) for key, value in record.items()}
            if kind.when is None or _search(kind.when, shown) not in (None, False, "", [], {}):
                return kind, shown
    return None


def _search(expression: Expression, record: Mapping[str, Any]) -> Any:
    """What an expression yields; nothing where the record has another type than it needs."""
    try:
        return expression.search(record)
    except (exceptions.JMESPathError, TypeError, ValueError, AttributeError):
        return None


def _first(record: Mapping[str, Any], expressions: tuple[Expression, ...]) -> str | None:
    return next((said for said in _texts(record, expressions) if said), None)


def _texts(record: Mapping[str, Any], expressions: tuple[Expression, ...]) -> Iterator[str | None]:
    for expression in expressions:
        found = _search(expression, record)
        yield None if isinstance(found, bool) else text(found)


def _time(record: Mapping[str, Any], kind: _Kind) -> int:
    """When it was last seen: ISO 8601 or epoch, also as text, as Splunk writes it."""
    for expression in kind.fields["time"]:
        found = _search(expression, record)
        if isinstance(found, str) and _NUMBER.fullmatch(found):
            found = float(found)
        if isinstance(found, str | int | float) and found and not isinstance(found, bool):
            return micros(found)
    raise RecordError("the alert has no time")


def _type(ident: str | None) -> str | None:
    if ident is None:
        return None
    if ident.startswith("arn:"):
        return "root" if ident.endswith(":root") else "role" if ":role/" in ident else "user"
    if ident.startswith(("principal://", "principalSet://")):
        return "federated"
    return "service_account" if ident.endswith("gserviceaccount.com") else "user" if "@" in ident else None
