"""The text of a catalogue file → its entries.

A file may start with a ``[define]`` table of named expressions; ``$name`` in an
entry stands for one of them. Each expression is compiled when the file is
read, so that a mistake shows then and not in the middle of a case.
"""

import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final, get_args

from keywitness.catalogue.entry import Operation
from keywitness.catalogue.functions import compile_expression
from keywitness.errors import KeywitnessError, Source
from keywitness.model import Change, Scope

EXPRESSIONS: Final = ("when", "target", "target_name", "credential_id")
RESTS_ON: Final = ("log", "shape", "model", "documentation")
_NAME: Final = re.compile(r"\$([a-z_]+)")


def parse(provider: str, text: str) -> tuple[Operation, ...]:
    """The entries of one file. Raises KeywitnessError that names the entry."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KeywitnessError(f"the catalogue is no TOML: {error}", Source(provider)) from error
    defined = _defined(provider, content.get("define", {}))
    return tuple(_operation(provider, n, entry, defined) for n, entry in enumerate(content.get("operation", [])))


def _defined(provider: str, table: Mapping[str, str]) -> dict[str, str]:
    """The named expressions, each with those above it filled in."""
    done: dict[str, str] = {}
    for name, expression in table.items():
        try:
            done[name] = _filled(expression, done)
            compile_expression(done[name])
        except ValueError as error:
            raise KeywitnessError(f"catalogue definition {name}: {error}", Source(provider)) from error
    return done


def _operation(provider: str, number: int, entry: dict[str, Any], defined: Mapping[str, str]) -> Operation:
    fields = entry | {key: tuple(entry.get(key, ())) for key in ("events", "contain")}
    try:
        for key in EXPRESSIONS:
            fields[key] = _filled(entry.get(key, ""), defined)
            compile_expression(fields[key])
        for key, allowed in (("change", get_args(Change)), ("scope", get_args(Scope)), ("rests_on", RESTS_ON)):
            if fields.get(key) not in allowed:
                raise ValueError(f"{key} must be one of {', '.join(allowed)}")
        return Operation(provider=provider, **fields)
    except (TypeError, ValueError) as error:
        raise KeywitnessError(f"catalogue entry {entry.get('id', '?')}: {error}", Source(provider, number)) from error


def _filled(expression: str, defined: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in defined:
            raise ValueError(f"${found[1]} is not defined above")
        return f"({defined[found[1]]})"

    return _NAME.sub(value, expression)
