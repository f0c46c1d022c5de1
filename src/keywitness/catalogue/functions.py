"""JMESPath with the few functions that audit records need.

``capture(text, pattern)``      the first group of a regular expression, or null
``captures(text, pattern)``     the first group of each match, as a list
``fill(template, values)``      ``{0}``, ``{1}`` filled in; null when a value is missing
``tail(text)``                  what follows the last ``/``
``lower(text)``                 lower case; null stays null
``unquote(text)``               ``%3A`` and the like decoded; null stays null
``parse(text)``                 JSON inside a string; anything else is returned as it is
``property(list, name, field)`` a Microsoft modified property's ``newValue`` or ``oldValue``, parsed
``keys(descriptions)``          what tells the keys in a KeyDescription value apart: the KeyIdentifier, else the text
``key_ids(descriptions)``       the KeyIdentifiers alone
``minus(a, b)``                 what is in list a and not in list b, in order
``at(record, path)``            the values at a dotted path, through lists and in any case of its letters

Unlike JMESPath's own, these take null and values of any type: a log may hold either anywhere.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

import jmespath
from jmespath import exceptions, functions
from jmespath.parser import ParsedResult

_KEY: Final = re.compile(r"\s*\[?\s*KeyIdentifier=([^,\]]+)")
_KEYS: Final = re.compile(r"(?:^|[\[\"\s])KeyIdentifier=([^,\]]+)")
_ANY: Final[Any] = {"types": ["string", "null", "number", "boolean", "object", "array"]}
_TEXT: Final[Any] = {"types": ["string"]}
_LIST: Final[Any] = {"types": ["array"]}
_SEARCHED: Final = 20_000  # characters of a value that a pattern looks at; no name or message is longer


class _Functions(functions.Functions):
    @functions.signature(_ANY, _TEXT)
    def _func_capture(self, text: Any, pattern: str) -> str | None:
        found = re.search(pattern, text[:_SEARCHED]) if isinstance(text, str) else None
        return found.group(1) if found else None

    @functions.signature(_ANY, _TEXT)
    def _func_captures(self, text: Any, pattern: str) -> list[str]:
        return re.findall(pattern, text) if isinstance(text, str) else []

    @functions.signature(_TEXT, _LIST)
    def _func_fill(self, template: str, values: list[Any]) -> str | None:
        if any(v in (None, "") or isinstance(v, dict | list | bool) for v in values):
            return None
        return re.sub(r"\{(\d)\}", lambda found: str(values[int(found[1])]), template)

    @functions.signature(_ANY)
    def _func_tail(self, text: Any) -> str | None:
        return text.rstrip("/").rpartition("/")[2] if isinstance(text, str) else None

    @functions.signature(_ANY)
    def _func_lower(self, text: Any) -> str | None:
        return text.lower() if isinstance(text, str) else None

    @functions.signature(_ANY)
    def _func_unquote(self, text: Any) -> str | None:
        return unquote(text) if isinstance(text, str) else None

    @functions.signature(_ANY)
    def _func_parse(self, value: Any) -> Any:
        return _parsed(value)

    @functions.signature(_ANY, _TEXT, _TEXT)
    def _func_property(self, properties: Any, name: str, side: str) -> Any:
        for item in properties if isinstance(properties, list) else []:
            if isinstance(item, Mapping) and name in (item.get("displayName"), item.get("Name")):
                value = _parsed(item.get(side, item.get(side[0].upper() + side[1:])))
                return (
                    [_parsed(v) if str(v).startswith("{") else v for v in value] if isinstance(value, list) else value
                )
        return None

    @functions.signature(_ANY)
    def _func_keys(self, value: Any) -> list[str]:
        return [ident or text for ident, text in _descriptions(value)]

    @functions.signature(_ANY)
    def _func_key_ids(self, value: Any) -> list[str]:
        return [ident for ident, _ in _descriptions(value) if ident]

    @functions.signature(_ANY, _ANY)
    def _func_minus(self, first: Any, second: Any) -> list[Any]:
        gone = second if isinstance(second, list) else []
        return [item for item in first if item not in gone] if isinstance(first, list) else []

    @functions.signature(_ANY, _TEXT)
    def _func_at(self, record: Any, path: str) -> list[Any]:
        return list(_at(record, path.casefold().split(".")))


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, path)
    elif not path:
        yield from () if value is None else (value,)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key.casefold() == path[0]:
                yield from _at(inner, path[1:])


def _descriptions(value: Any) -> list[tuple[str, str]]:
    """(KeyIdentifier or "", text) of each key in a KeyDescription value.

    Only the start of an entry counts: its DisplayName is the actor's own words, and may hold anything.
    """
    items = value if isinstance(value, list) else [value]
    found: list[tuple[str, str]] = []
    for item in items:
        text = item if isinstance(item, str) else json.dumps(item)
        if item in (None, "", [], {}):
            continue
        head = _KEY.match(text)
        several = [] if head or isinstance(value, list) else _KEYS.findall(text)
        found.extend([(ident, text) for ident in several] or [(head[1] if head else "", text)])
    return found


def _parsed(value: Any) -> Any:
    """JSON in a string, as Microsoft doubles it up; text that is no JSON is itself."""
    for _ in range(3):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            break
    return value


_OPTIONS: Final = jmespath.Options(custom_functions=_Functions())


@lru_cache(maxsize=4_096)
def compile_expression(expression: str) -> ParsedResult | None:
    """The compiled expression, None for an empty one. Raises ValueError for what can't work on any record."""
    if not expression:
        return None
    try:
        compiled = jmespath.compile(expression)
        for node in _nodes(compiled.parsed):
            _check(node)
    except (exceptions.JMESPathError, re.error, LookupError) as error:
        raise ValueError(f"{expression!r} is not JMESPath: {error}") from error
    except ValueError as error:
        raise ValueError(f"{expression!r}: {error}") from error
    return compiled


def _nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for child in node.get("children", ()):
            yield from _nodes(child)


def _check(node: Mapping[str, Any]) -> None:
    """What JMESPath itself would find out only when a record comes by, or never. Raises ValueError."""
    match node:
        case {"type": "function_expression", "value": name} if name not in _Functions.FUNCTION_TABLE:
            raise ValueError(f"there is no function {name}()")
        case {"type": "function_expression", "value": "capture" | "captures", "children": [_, pattern]}:
            if re.compile(pattern["value"]).groups != 1:
                raise ValueError("the pattern of a capture needs exactly one group")
        case {"type": "subexpression", "children": [{"type": "not_expression"}, *_]}:
            raise ValueError("'!a.b' means '(!a).b'; write '!(a.b)'")


def evaluate(expression: str, record: Mapping[str, Any]) -> Any:
    """What ``expression`` yields for ``record``; null where the record has another shape than expected."""
    compiled = compile_expression(expression)
    if compiled is None:
        return None
    try:
        return compiled.search(record, options=_OPTIONS)
    except (exceptions.JMESPathError, TypeError, AttributeError, LookupError):
        return None
