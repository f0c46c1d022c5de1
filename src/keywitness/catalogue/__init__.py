"""The catalogue: which audit records add, change or take away a credential, as data.

One TOML file a provider; each entry carries its reference and an example
record with the change expected of it. Expressions are JMESPath over the
record that the reader keeps (see :mod:`keywitness.catalogue.functions` for the
functions added), so content can never execute anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final

from keywitness.catalogue.content import parse
from keywitness.catalogue.entry import Operation, pattern
from keywitness.readers import Wanted
from keywitness.readers.values import operation_key

__all__ = ["PROVIDERS", "Catalogue", "Operation", "load", "parse"]

PROVIDERS: Final = ("aws", "entra", "azure", "gcp", "m365", "okta", "github")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All entries in file order; the first that fits a record and a credential type is the one that counts."""

    operations: tuple[Operation, ...]
    _memo: dict[tuple[str, str], tuple[Operation, ...]] = field(default_factory=dict, repr=False, compare=False)

    def wanted(self) -> Wanted:
        """What the readers must keep in full."""
        keys = {operation_key(event) for operation in self.operations for event in operation.events}
        patterns = sorted(pattern(key) for key in keys if "*" in key)
        return Wanted(frozenset(k for k in keys if "*" not in k), "|".join(patterns))

    def find(self, provider: str, operation: str) -> tuple[Operation, ...]:
        """The entries about an operation, however it is spelled; which of them fits, the record says."""
        key = (provider, operation)
        known = self._memo.get(key)
        if known is None:
            name = operation_key(operation)
            known = tuple(o for o in self.operations if o.provider == provider and o.matches(name))
            self._memo[key] = known
        return known

    def get(self, operation_id: str) -> Operation:
        """The entry of that id. Raises StopIteration without one: ids come from the catalogue itself."""
        return next(o for o in self.operations if o.id == operation_id)


def load(extra: Iterable[tuple[str, str]] = ()) -> Catalogue:
    """The shipped catalogue, preceded by ``extra`` (provider, TOML text). Raises KeywitnessError, naming the entry."""
    shipped = [(p, files(__package__).joinpath(f"{p}.toml").read_text("utf-8")) for p in PROVIDERS]
    return Catalogue(tuple(o for provider, text in [*extra, *shipped] for o in parse(provider, text)))
