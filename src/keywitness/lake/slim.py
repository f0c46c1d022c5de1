"""Each credential change of the past as one slim row: what habits, rotations and lineages ask without the records."""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from keywitness.model import CredentialChange

_S: Final = pa.string()
CHANGES: Final = pa.schema(
    [
        pa.field("event_id", _S),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("provider", _S),
        pa.field("tenant", _S),
        pa.field("operation_id", _S),  # the catalogue entry
        pa.field("credential_type", _S),
        pa.field("change", _S),
        pa.field("scope", _S),
        pa.field("outcome", _S),
        pa.field("actor_id", _S),
        pa.field("actor_name", _S),
        pa.field("target_id", _S),
        pa.field("target_name", _S),
        pa.field("credential_ids", pa.list_(_S)),
        pa.field("credential_used", _S),
    ]
)


def slim(changes: Sequence[CredentialChange]) -> pa.Table:
    """One row a change. Who it was is resolved when it is asked, since directories change."""
    plain = [name for name in CHANGES.names if not name.startswith(("actor_", "target_"))]
    columns: dict[str, list[object]] = {name: [getattr(c, name) for c in changes] for name in plain}
    columns |= {
        "actor_id": [c.actor.id for c in changes],
        "actor_name": [c.actor.name for c in changes],
        "target_id": [c.target.id for c in changes],
        "target_name": [c.target.name for c in changes],
        "credential_ids": [list(c.credential_ids) for c in changes],
    }
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in CHANGES}, CHANGES)
