"""The catalogue: which audit records add, change or take away a credential, as data.

One TOML file a provider; each entry carries its reference and an example
record with the change expected of it. Expressions are JMESPath over the
record that the reader keeps (see :mod:`keywitness.catalogue.functions` for the
functions added), so content can never execute anything.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from keywitness.catalogue.functions import compile_expression
from keywitness.errors import KeywitnessError, Source
from keywitness.model import Change, Scope
from keywitness.readers import Wanted
from keywitness.readers.values import operation_key

PROVIDERS: Final = ("aws", "entra", "azure", "gcp")


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry. ``when``, ``target``, ``target_name`` and ``credential_id`` are JMESPath; empty means none.

    A ``target`` that yields nothing means the event's own ``target_id``, and without one the actor itself.
    ``contain`` are the commands that take the credential back, least destructive first, with the placeholders
    ``{target}``, ``{target_name}``, ``{credential_id}``, ``{tenant}`` and ``{region}``.
    ``rests_on`` says how the entry is known: ``log`` (a real record), ``shape`` (a record of that shape) or
    ``documentation``.
    """

    id: str
    provider: str
    events: tuple[str, ...]
    credential_type: str
    change: Change
    scope: Scope
    technique: str
    reference: str
    rests_on: str
    when: str = ""
    target: str = ""
    target_name: str = ""
    target_type: str = "user"
    credential_id: str = ""
    containment: str = ""
    contain: tuple[str, ...] = ()
    use_log: str = ""  # the log in which a use of this credential would show; empty when none does
    note: str = ""
    example: str = ""
    expect: Mapping[str, Any] | None = None

    def matches(self, key: str) -> bool:
        return any(re.fullmatch(_pattern(operation_key(event)), key) for event in self.events)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries in file order; the first that fits a record and a credential type is the one that counts."""

    operations: tuple[Operation, ...]

    def wanted(self) -> Wanted:
        """What the readers must keep in full."""
        keys = {operation_key(event) for operation in self.operations for event in operation.events}
        patterns = sorted(_pattern(key) for key in keys if "*" in key)
        return Wanted(frozenset(k for k in keys if "*" not in k), "|".join(patterns))

    def find(self, provider: str, operation: str) -> tuple[Operation, ...]:
        key = operation_key(operation)
        return tuple(o for o in self.operations if o.provider == provider and o.matches(key))

    def get(self, operation_id: str) -> Operation:
        return next(o for o in self.operations if o.id == operation_id)


def load(extra: Iterable[tuple[str, str]] = ()) -> Catalogue:
    """The shipped catalogue, preceded by ``extra`` (provider, TOML text). Raises KeywitnessError, naming the entry."""
    shipped = [(p, files(__package__).joinpath(f"{p}.toml").read_text("utf-8")) for p in PROVIDERS]
    return Catalogue(tuple(o for provider, text in [*extra, *shipped] for o in parse(provider, text)))


def parse(provider: str, text: str) -> tuple[Operation, ...]:
    """The entries of one TOML text; each expression is compiled, so that a bad one is found here."""
    entries = tomllib.loads(text).get("operation", [])
    return tuple(_operation(provider, number, entry) for number, entry in enumerate(entries))


def _operation(provider: str, number: int, entry: dict[str, Any]) -> Operation:
    lists = {key: tuple(entry.pop(key, ())) for key in ("events", "contain")}
    try:
        operation = Operation(provider=provider, **lists, **entry)
        for expression in (operation.when, operation.target, operation.target_name, operation.credential_id):
            compile_expression(expression)
    except (TypeError, ValueError) as error:
        raise KeywitnessError(f"catalogue entry {entry.get('id', '?')}: {error}", Source(provider, number)) from error
    return operation


def _pattern(key: str) -> str:
    return re.escape(key).replace(r"\*", ".*")
