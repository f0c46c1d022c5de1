"""Containment: how to take back exactly what was added.

So far the exact commands, as text for a person to run. Each comes from the
catalogue entry of the change, least destructive first.
"""

import shlex

from keywitness.catalogue import Operation
from keywitness.model import CredentialChange


def commands(change: CredentialChange, operation: Operation) -> tuple[str, ...]:
    """The commands with this change's own ids filled in, one per credential; none for a failed attempt.

    Values are quoted for a POSIX shell: a name in a log is hostile text. A value that the record hides becomes
    ``<target>`` and the like, quoted, so that the command fails rather than hits something else.
    """
    if change.outcome == "failure":
        return ()
    keys = change.credential_ids or (None,)
    filled = [_fill(template, change, key) for key in keys for template in operation.contain]
    return tuple(dict.fromkeys(filled))


def _fill(template: str, change: CredentialChange, key: str | None) -> str:
    values = {
        "target": change.target.id,
        "target_name": change.target.name,
        "actor_name": change.actor.name,
        "credential_id": key,
        "tenant": change.tenant,
        "region": change.region,
    }
    return template.format_map({name: shlex.quote(_printable(value or f"<{name}>")) for name, value in values.items()})


def _printable(value: str) -> str:
    """Without control or format characters, which a terminal could act on when the command is pasted."""
    return "".join(c if c.isprintable() else "?" for c in value)
