"""What principals can do, from exports below ``inventory/`` of the context folder: each a file, each optional.

Without an export nobody can say, and :meth:`Inventory.reach` is None; the
directory's word on who is an admin stands beside it. An export older than
:data:`OLD_DAYS` says its age in every reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from keywitness.context.inventory import aws, entra, gcp
from keywitness.context.inventory.reach import Export, Grant, Holding, Reach, exported, keys, summed
from keywitness.context.tables import read_json
from keywitness.errors import Reject, Source
from keywitness.model import Party

__all__ = ["EXPORTS", "NOTHING", "OLD_DAYS", "Inventory", "Reach", "load_inventory"]

EXPORTS: Final[tuple[Export, ...]] = (aws.EXPORT, entra.EXPORT, gcp.EXPORT)
OLD_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Inventory:
    """The reach of every principal that an export names. ``files``: their names, with their age where it matters."""

    files: tuple[str, ...] = ()
    _reach: Mapping[str, Reach | None] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def reach(self, party: Party, tenant: str | None) -> Reach | None:
        """What the party can do; None when no export knows it, or when several principals go by its name."""
        return next((self._reach[key] for key in keys(party, tenant) if key in self._reach), None)


NOTHING: Final = Inventory()


def load_inventory(folder: Path | None, rejects: list[Reject]) -> Inventory:
    """Read every export below ``folder/inventory``. One that can't be used is reported and costs no other."""
    grants: dict[str, list[Grant]] = defaultdict(list)  # by a principal's own id
    names: dict[str, dict[str, None]] = defaultdict(dict)  # name → the ids that claim it
    sources: dict[str, dict[str, None]] = defaultdict(dict)
    read = []
    for export, path in _files(folder):
        holdings = _holdings(export, path, rejects)
        says = exported(path, OLD_DAYS, datetime.now(UTC))
        read += [says] if holdings is not None else []
        for holding in holdings or ():
            grants[holding.names[0]] += holding.grants
            sources[holding.names[0]][says] = None
            for name in holding.names:
                names[name][holding.names[0]] = None
    found = {ident: summed(given, tuple(sources[ident])) for ident, given in grants.items()}
    return Inventory(tuple(read), MappingProxyType({name: _one(ids, found) for name, ids in names.items()}))


def _files(folder: Path | None) -> Iterator[tuple[Export, Path]]:
    for export in EXPORTS if folder else ():
        yield from ((export, path) for path in sorted((folder or Path()).glob(f"inventory/{export.files}")))


def _holdings(export: Export, path: Path, rejects: list[Reject]) -> list[Holding] | None:
    """None for an export that can't be used, which is reported."""
    content = read_json(path, rejects)
    try:
        return list(export.read(content, lambda text: rejects.append(Reject(Source(str(path)), text))))
    except ValueError as error:
        reason = f"this export was not read: {error}"
        rejects.extend([Reject(Source(str(path)), reason)] if content is not None else [])
        return None


def _one(ids: Iterable[str], found: Mapping[str, Reach]) -> Reach | None:
    own = list(ids)
    return found[own[0]] if len(own) == 1 else None
