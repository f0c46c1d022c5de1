"""Who is who: one id for one identity, whatever a cloud or a ticket calls it.

A name is compared whole and without case. It counts for an identity only when
no other identity claims it too: a name that two people share is nobody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from pathlib import Path
from types import MappingProxyType

from keywitness.errors import Reject
from keywitness.model import PrincipalId


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    email: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    role: str = ""
    admin: bool = False
    timezone: tzinfo | None = None
    country: str = ""
    manager: str = ""
    team: str = ""
    owner: str = ""
    left: date | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    available: bool = False
    identities: Mapping[PrincipalId, Identity] = field(default_factory=lambda: MappingProxyType({}))

    def resolve(self, ident: str | None, name: str | None, tenant: str | None) -> PrincipalId:
        return PrincipalId((ident or name or tenant or "unknown").lower())

    def get(self, principal: PrincipalId) -> Identity | None:
        return self.identities.get(principal)

    def same(self, a_text: str, principal: PrincipalId, party_id: str | None, party_name: str | None) -> bool:
        return a_text.lower() in (principal, (party_id or "").lower(), (party_name or "").lower())


def load_identities(path: Path | None, rejects: list[Reject]) -> Directory:
    return Directory()
