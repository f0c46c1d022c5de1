"""Block YAML of maps, lists and scalars: a rule needs no more, and its text must not depend on a library."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./|-]*")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def dump(value: Mapping[str, Any], indent: int = 0) -> str:
    """The text of a map, in its own order."""
    lines = []
    for key, inner in value.items():
        head = f"{' ' * indent}{_scalar(key)}:"
        if isinstance(inner, Mapping):
            lines.append(f"{head}\n{dump(inner, indent + 4)}")
        elif isinstance(inner, list | tuple):
            lines.append(head + "\n" + "".join(_element(part, indent + 4) for part in inner))
        else:
            lines.append(f"{head} {_scalar(inner)}\n")
    return "".join(lines)


def _element(part: Any, indent: int) -> str:
    if isinstance(part, Mapping):
        return f"{' ' * indent}- {dump(part, indent + 2).lstrip(' ')}"
    return f"{' ' * indent}- {_scalar(part)}\n"


def _scalar(value: Any) -> str:
    """A JSON string is a YAML string too; plain words need no quotes."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in json.dumps(value, ensure_ascii=False))
