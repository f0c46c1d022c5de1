"""Who is who: one id for one identity, whatever a cloud or a ticket calls it.

A name is compared whole and without case. It counts for an identity only when
no other identity claims it too: a name that two people share is nobody's.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from keywitness.context.names import candidates, labels, local_part, other_account
from keywitness.context.tables import Entry, fold, parse_time, read_table, zone_named
from keywitness.errors import Reject, Source
from keywitness.model import PrincipalId

_T = TypeVar("_T")
_YES: Final = frozenset({"true", "yes", "y", "1", "x"})
_NO: Final = frozenset({"", "false", "no", "n", "0"})
_GONE: Final = frozenset({"left", "leaver", "terminated", "inactive", "disabled", "departed"})
_MAX_OFFSET: Final = 14  # hours; no place on earth is further from UTC


@dataclass(frozen=True, slots=True)
class Identity:
    """A person, a service or another principal, as the organisation knows it. Texts are "" when not given."""

    name: str
    email: str = ""
    aliases: tuple[str, ...] = ()  # user names, object ids, ARNs, e-mails: whatever a log may call it
    kind: str = ""  # human, service, ...
    role: str = ""
    admin: bool = False
    timezone: tzinfo | None = None
    country: str = ""  # ISO alpha-2
    manager: str = ""
    team: str = ""
    owner: str = ""
    left: date | None = None  # the last day; date.min when it is only known that they left

    @property
    def names(self) -> tuple[str, ...]:
        """All that it goes by, folded, each once."""
        return tuple(dict.fromkeys(fold(text) for text in (self.name, self.email, *self.aliases) if text))


@dataclass(frozen=True, slots=True)
class Directory:
    """The identities of the organisation. One that isn't ``available`` knows nobody, and can't call anyone unknown."""

    available: bool = False
    identities: Mapping[PrincipalId, Identity] = field(default_factory=lambda: MappingProxyType({}))
    _index: Mapping[str, PrincipalId] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    _shared: frozenset[str] = field(default=frozenset(), repr=False)  # names that several identities claim
    _domains: frozenset[str] = field(default=frozenset(), repr=False)  # of the organisation's e-mail addresses
    _meanings: dict[str, tuple[str, PrincipalId | None]] = field(default_factory=dict, repr=False, compare=False)

    def resolve(self, ident: str | None, name: str | None, tenant: str | None) -> PrincipalId:  # noqa: ARG002
        """One id for one identity across clouds: the directory's, else the lower-cased ``ident``, else ``name``.

        ``tenant`` plays no part yet: an id is the provider's own and names its account where it must.
        """
        found = self._find(ident, name)
        return found or PrincipalId(fold(ident or name or "unknown"))

    def get(self, principal: PrincipalId) -> Identity | None:
        return self.identities.get(principal)

    def same(self, a_text: str, principal: PrincipalId, party_id: str | None, party_name: str | None) -> bool:
        """Whether a ticket's text means this principal, which the log calls ``party_id`` and ``party_name``.

        Whole names or whole path segments without case, never parts of a name. ``*`` in the text stands for anything.
        A text that names an identity of the directory means that identity alone; one that two identities claim means
        nobody, unless it is the very id. An ARN doesn't reach into another account.
        """
        text, known = self._meaning(a_text)
        if not text or text in self._shared:
            return text != "" and text == fold(party_id or "")
        if known is not None:
            return known == principal and not (text.startswith("arn:") and other_account(text, party_id))
        identity = self.get(principal)
        names = {*labels(party_id, party_name), *(identity.names if identity else ())}
        return any(_covers(text, name) for name in names) if "*" in text else text in names

    def _meaning(self, a_text: str) -> tuple[str, PrincipalId | None]:
        """A ticket's text folded, and whom it names. Remembered: every ticket is held against every change."""
        if a_text not in self._meanings:
            text = fold(a_text.strip())
            self._meanings[a_text] = text, self._find(text, None)
        return self._meanings[a_text]

    def _find(self, ident: str | None, name: str | None) -> PrincipalId | None:
        for candidate in candidates(ident, name):
            if candidate in self._index:
                return self._index[candidate]
        for text in (ident, name):
            local, domain = local_part(text)
            if local in self._index and (not self._domains or domain in self._domains):
                return self._index[local]
        return None


def load_identities(path: Path | None, rejects: list[Reject]) -> Directory:
    """Read ``identities.csv``. Without a file, or one without a ``name`` column, the directory isn't available.

    A cell that can't be read is reported and left empty: to drop the identity would make a stranger of a colleague.
    """
    table = read_table(path, rejects) if path else None
    if path is None or table is None:
        return Directory()
    if "name" not in table.columns:
        found = ", ".join(table.columns) or "none"
        reason = f"no identities were read: it has no column for name; its columns are {found}"
        rejects.append(Reject(Source(str(path)), reason))
        return Directory()
    rows = [(entry, _identity(entry, rejects)) for entry in table.entries if _named(entry, rejects)]
    return _directory(list(_without_repetitions(rows, rejects)), rejects)


def _named(entry: Entry, rejects: list[Reject]) -> bool:
    if not entry.cells["name"]:
        rejects.append(entry.reject("this identity has no name; it was set aside"))
    return bool(entry.cells["name"])


def _identity(entry: Entry, rejects: list[Reject]) -> Identity:
    cell = {column: entry.first((column,)) for column in _COLUMNS}
    return Identity(
        name=cell["name"],
        email=cell["email"],
        aliases=tuple(alias for part in re.split(r"[;|\n]", cell["aliases"]) if (alias := part.strip())),
        kind=cell["kind"].lower(),
        role=cell["role"],
        admin=bool(_cell(entry, "admin", _flag, rejects)),
        timezone=_cell(entry, "timezone", zone_named, rejects) or _cell(entry, "utc_offset", _offset, rejects),
        country=cell["country"].upper(),
        manager=cell["manager"],
        team=cell["team"],
        owner=cell["owner"],
        left=_left(entry, rejects),
    )


_COLUMNS: Final = ("name", "email", "aliases", "kind", "role", "country", "manager", "team", "owner")


def _cell(entry: Entry, column: str, parse: Callable[[str], _T], rejects: list[Reject]) -> _T | None:
    text = entry.first((column,))
    try:
        return parse(text) if text else None
    except ValueError as error:
        rejects.append(entry.reject(f"{column} of {entry.cells['name']} was left empty: {error}"))
        return None


def _flag(text: str) -> bool:
    if text.lower() not in _YES | _NO:
        raise ValueError(f"{text[:20]!r} is neither true nor false")
    return text.lower() in _YES


def _offset(text: str) -> tzinfo:
    """Hours from UTC: -6, 5.5, or 5,5 where that is how a half is written."""
    try:
        hours = float(text.replace(",", "."))
    except ValueError:
        hours = float("nan")
    if not -_MAX_OFFSET <= hours <= _MAX_OFFSET:
        raise ValueError(f"{text[:20]!r} is not a number of hours between -{_MAX_OFFSET} and {_MAX_OFFSET}")
    return timezone(timedelta(seconds=round(hours * 3600)))


def _left(entry: Entry, rejects: list[Reject]) -> date | None:
    """The date of ``left`` or ``end_date``; date.min when the row says no more than that they left."""
    for column in ("left", "end_date"):
        if found := _cell(entry, column, _last_day, rejects):
            return found
    return date.min if entry.first(("status",)).lower() in _GONE else None


def _last_day(text: str) -> date | None:
    if text.lower() in _YES | _NO:
        return date.min if text.lower() in _YES else None
    return parse_time(text).date()


def _without_repetitions(
    rows: Iterable[tuple[Entry, Identity]], rejects: list[Reject]
) -> Iterator[tuple[Entry, Identity]]:
    """One identity in two rows is one: name and e-mail say who it is, and the first row counts."""
    seen: dict[tuple[str, str], Entry] = {}
    for entry, identity in rows:
        first = seen.setdefault((fold(identity.name), fold(identity.email)), entry)
        if first is entry:
            yield entry, identity
        else:
            rejects.append(entry.reject(f"{identity.name} is in {first.where} already; this row was set aside"))


def _directory(rows: list[tuple[Entry, Identity]], rejects: list[Reject]) -> Directory:
    claims: dict[str, list[tuple[Entry, Identity]]] = defaultdict(list)
    for entry, identity in rows:
        for name in identity.names:
            claims[name].append((entry, identity))
    shared = frozenset(name for name, claimed in claims.items() if len(claimed) > 1)
    rejects.extend(_shared(name, claims[name]) for name in sorted(shared))
    identities: dict[PrincipalId, Identity] = {}
    index: dict[str, PrincipalId] = {}
    for entry, identity in rows:
        own = [name for name in identity.names if name not in shared]
        principal = PrincipalId(own[0] if own else f"{fold(identity.name)} ({entry.where})")
        identities[principal] = identity
        index |= dict.fromkeys(own, principal)
    domains = frozenset(filter(None, (local_part(identity.email)[1] for _, identity in rows)))
    return Directory(True, MappingProxyType(identities), MappingProxyType(index), shared, domains)


def _shared(name: str, claimed: list[tuple[Entry, Identity]]) -> Reject:
    by = " and ".join(f"{identity.name} ({entry.where})" for entry, identity in claimed)
    return claimed[-1][0].reject(f"the name or alias {name!r} is claimed by {by}, so it stands for none of them")


def _covers(pattern: str, name: str) -> bool:
    """``*`` is anything, nothing else is special. Without backtracking: a log's name may be long and hostile."""
    first, *middle, last = pattern.split("*")
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
