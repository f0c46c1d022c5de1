"""JMESPath with the few functions that audit records need.

``capture(text, pattern)``      the first group of a regular expression, or null
``fill(template, values)``      ``{0}``, ``{1}`` filled in; null when a value is
``tail(text)``                  what follows the last ``/``
``lower(text)``                 lower case; null stays null
``parse(text)``                 JSON inside a string; anything else is returned as it is
``property(list, name, field)`` a Microsoft modified property's ``newValue`` or ``oldValue``, parsed
``key_ids(descriptions)``       the KeyIdentifiers in a KeyDescription value
``minus(a, b)``                 what is in list a and not in list b, in order
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import jmespath
from jmespath import exceptions, functions
from jmespath.parser import ParsedResult

_KEY_ID: Final = re.compile(r"KeyIdentifier=([^,\]]+)")
_OPTIONAL: Final = {"types": ["string", "null", "number", "boolean", "object", "array"]}
_LIST: Final = {"types": ["array", "null"]}


class _Functions(functions.Functions):  # type: ignore[misc]  # jmespath has no types for its function base
    @functions.signature(_OPTIONAL, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_capture(self, text: Any, pattern: str) -> str | None:
        found = re.search(pattern, text) if isinstance(text, str) else None
        return found.group(1) if found else None

    @functions.signature({"types": ["string"]}, {"types": ["array"]})  # type: ignore[untyped-decorator]
    def _func_fill(self, template: str, values: list[Any]) -> str | None:
        return None if any(v in (None, "") for v in values) else template.format(*values)

    @functions.signature(_OPTIONAL)  # type: ignore[untyped-decorator]
    def _func_tail(self, text: Any) -> str | None:
        return text.rstrip("/").rpartition("/")[2] if isinstance(text, str) else None

    @functions.signature(_OPTIONAL)  # type: ignore[untyped-decorator]
    def _func_lower(self, text: Any) -> str | None:
        return text.lower() if isinstance(text, str) else None

    @functions.signature(_OPTIONAL)  # type: ignore[untyped-decorator]
    def _func_parse(self, value: Any) -> Any:
        return _parsed(value)

    @functions.signature(_LIST, {"types": ["string"]}, {"types": ["string"]})  # type: ignore[untyped-decorator]
    def _func_property(self, properties: list[Any] | None, name: str, side: str) -> Any:
        for item in properties or []:
            if isinstance(item, Mapping) and name in (item.get("displayName"), item.get("Name")):
                return _parsed(item.get(side, item.get(side[0].upper() + side[1:])))
        return None

    @functions.signature(_OPTIONAL)  # type: ignore[untyped-decorator]
    def _func_key_ids(self, value: Any) -> list[str]:
        return _KEY_ID.findall(value if isinstance(value, str) else json.dumps(value))

    @functions.signature(_LIST, _LIST)  # type: ignore[untyped-decorator]
    def _func_minus(self, first: list[Any] | None, second: list[Any] | None) -> list[Any]:
        return [item for item in first or [] if item not in (second or [])]


def _parsed(value: Any) -> Any:
    """JSON in a string, as Microsoft doubles it up; text that is no JSON is itself."""
    for _ in range(3):
        if not isinstance(value, str):
            break
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            break
    return value


_OPTIONS: Final = jmespath.Options(custom_functions=_Functions())


@lru_cache(maxsize=4_096)
def compile_expression(expression: str) -> ParsedResult | None:
    """The compiled expression, None for an empty one. Raises ValueError when it is no JMESPath."""
    try:
        return jmespath.compile(expression) if expression else None
    except exceptions.JMESPathError as error:
        raise ValueError(f"{expression!r} is not JMESPath: {error}") from error


def evaluate(expression: str, record: Mapping[str, Any]) -> Any:
    """What ``expression`` yields for ``record``; null where the record has another shape than expected."""
    compiled = compile_expression(expression)
    if compiled is None:
        return None
    try:
        return compiled.search(record, options=_OPTIONS)
    except (exceptions.JMESPathTypeError, TypeError, AttributeError):
        return None
