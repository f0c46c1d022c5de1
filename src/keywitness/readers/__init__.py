"""Readers: bytes of a known log → rows of the Event table.
One file a provider: it says whether a record is its own and turns it into a :class:`Row`; ``bulk`` does the rest.
A new provider is one new file and one line in ``READERS``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple


class Row(NamedTuple):
    """The Event columns that a reader fills, in the order of :data:`keywitness.event.SCHEMA`; ``time`` is epoch µs."""

    event_id: str | None
    time: int
    provider: str
    log: str
    tenant: str | None
    region: str | None
    service: str | None
    operation: str
    class_: str
    read_only: bool | None
    outcome: str
    error: str | None
    actor_id: str | None
    actor_name: str | None
    actor_type: str | None
    session_id: str | None
    credential_used: str | None
    source_ip: str | None
    source_service: str | None
    user_agent: str | None
    device: str | None
    device_state: str | None
    mfa: bool | None
    target_id: str | None
    call_id: str | None
    raw: bytes | None  # the record's text without its envelope when it is to be kept, else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The operations whose full record must be kept, as ``values.operation_key`` spells them, and a regex of more."""

    exact: frozenset[str]
    pattern: str = ""
    _memo: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, key: str) -> bool:
        known = self._memo.get(key)
        if known is None:
            known = key in self.exact or bool(self.pattern and re.fullmatch(self.pattern, key))
            self._memo[key] = known
        return known


@dataclass(frozen=True, slots=True)
class Reader:
    """What a provider's file offers.

    ``recognises`` looks at a decoded record without its envelope and must be cheap and total.
    ``row`` decodes one record from bytes. It raises :class:`keywitness.errors.RecordError` or a msgspec error for a
    record that it can't use or that is another reader's. ``columns`` declares the same rows for reading by columns.
    """

    provider: str
    recognises: Callable[[Mapping[str, Any]], bool]
    row: Callable[[bytes, Wanted], Row]
    columns: "parts.Parts | None" = None


MAX_RECORD: Final = 16 * 2**20
"""Bytes of one record: CloudTrail caps a record at 256 KB, and this is 64 times that."""

from keywitness.readers import alerts, aws, azure, entra, gcp, github, m365, okta, parts  # noqa: E402  the members need the contract above

_MODULES: Final = (aws, entra, azure, gcp, m365, okta, github, alerts)
READERS: Final = tuple(module.READER for module in _MODULES)
