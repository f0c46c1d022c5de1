"""One catalogue entry: a kind of audit record that adds, changes or takes away a credential."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keywitness.model import Change, Scope
from keywitness.readers.values import operation_key


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry. ``when``, ``target``, ``target_name`` and ``credential_id`` are JMESPath; empty means none.

    A ``target`` that yields nothing means the event's own ``target_id``, and without one the actor itself.
    ``contain`` are the commands that take the credential back, least destructive first, with the placeholders
    ``{target}``, ``{target_name}``, ``{actor_name}``, ``{credential_id}``, ``{tenant}`` and ``{region}``.
    ``rests_on`` says how the entry is known: ``log`` (a real record), ``shape`` (a record of that shape), ``model``
    (the provider's own description of its API: botocore's service models, Google's discovery documents) or
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
    example: str = ""  # one record, as the provider's reader keeps it
    expect: Mapping[str, Any] | None = None  # the change that the example is

    def matches(self, key: str) -> bool:
        """Whether this entry is about the operation with that key; ``*`` in ``events`` stands for any text."""
        return any(re.fullmatch(pattern(operation_key(event)), key) for event in self.events)


def pattern(key: str) -> str:
    """The regular expression for an operation's key in which ``*`` stands for any text."""
    return re.escape(key).replace(r"\*", ".*")
