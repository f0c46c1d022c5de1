"""Event × catalogue = CredentialChange.

Every matching record becomes a change, removals and failed attempts too: the
polarity is in ``change``, the success in ``outcome``. What counts as a finding
is :func:`is_finding`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from keywitness.catalogue import Catalogue, Operation
from keywitness.catalogue.functions import evaluate
from keywitness.errors import Source
from keywitness.model import ADDING, CredentialChange, EventId, Party, PrincipalId

Resolve = Callable[[str | None, str | None, str | None], PrincipalId]
"""(provider's id, name, tenant) → the one id of that identity across clouds."""

_TERMINAL: Final = {"unknown": 0, "failure": 1, "success": 2}
COPY: Final = timedelta(seconds=10)
"""Two logs of one company tell the same change within seconds, one in whole seconds only."""

_SHARED: Final = ("credential_used", "session_id", "source_ip", "source_service", "user_agent", "mfa")


def detect(rows: Iterable[Mapping[str, Any]], catalogue: Catalogue, resolve: Resolve) -> list[CredentialChange]:
    """The changes in ``rows`` (Event columns, with ``raw``), oldest first, each once.

    Rows of one call (start and success, first and last) become one change; a record exported twice, and what two
    providers' logs tell, too.
    """
    found: dict[tuple[Any, ...], CredentialChange] = {}
    for row in rows:
        record, remarks = _record(row["raw"])
        for operation in _fitting(catalogue, row, record):
            change = _change(row, operation, record, remarks, resolve)
            key = _identity(change, row, record)
            if key in found and _apart(found[key], change):
                key = (*key, change.event_id)
            found[key] = _better(found[key], change) if key in found else change
    return told_once(sorted(found.values(), key=_order))


def told_once(changes: Iterable[CredentialChange]) -> list[CredentialChange]:
    """``changes``, oldest first, with one for each that several logs tell: the record that says most, with what the
    others add and their ids under ``copies``. Each record is a copy of one other at most.
    """
    kept: list[CredentialChange] = []
    start = 0
    for change in changes:
        while start < len(kept) and change.time - kept[start].time > COPY:
            start += 1
        near = range(start, len(kept))
        twin = next((i for i in near if not kept[i].copies and is_copy(kept[i], change)), None)
        if twin is None:
            kept.append(change)
        else:
            kept[twin] = _joined(kept[twin], change)
    return sorted(kept, key=_order)


def is_copy(one: CredentialChange, other: CredentialChange) -> bool:
    """Whether another provider's log tells the same change: of one credential, or where no id is told, by and on the
    same principals at the same time.
    """
    if one.provider == other.provider or abs(one.time - other.time) > COPY:
        return False
    if one.credential_ids and other.credential_ids:
        return bool(set(one.credential_ids) & set(other.credential_ids))
    same = ("actor_principal", "target_principal", "credential_type", "change")
    return all(getattr(one, name) == getattr(other, name) for name in same)


def _order(change: CredentialChange) -> tuple[datetime, str, str]:
    return change.time, change.event_id, change.credential_type


def _joined(one: CredentialChange, other: CredentialChange) -> CredentialChange:
    """One change of two records; which of them stands for it depends on nothing but what they say."""

    def says(change: CredentialChange) -> tuple[Any, ...]:
        told = sum(getattr(change, name) is not None for name in _SHARED)
        return -len(change.credential_ids), -told, change.provider, change.event_id

    best, rest = sorted((one, other), key=says)
    missing = {name: getattr(rest, name) for name in _SHARED if getattr(best, name) is None}
    ids = tuple(dict.fromkeys((*best.credential_ids, *rest.credential_ids)))
    return replace(best, credential_ids=ids, copies=(rest.event_id,), **missing)


def is_finding(change: CredentialChange) -> bool:
    """Whether a credential was added, or someone tried: removals, housekeeping and routine sessions are not."""
    return change.change in ADDING and change.scope != "lineage"


def _fitting(catalogue: Catalogue, row: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[Operation]:
    seen: set[str] = set()
    for operation in catalogue.find(row["provider"], row["operation"]):
        if operation.credential_type in seen:
            continue
        if not operation.when or evaluate(operation.when, record) not in (None, False, "", [], {}):
            seen.add(operation.credential_type)
            yield operation
            if operation.change == "housekeeping":
                return


def _change(
    row: Mapping[str, Any], operation: Operation, record: Mapping[str, Any], remarks: tuple[str, ...], resolve: Resolve
) -> CredentialChange:
    actor = Party(row["actor_id"], row["actor_name"], row["actor_type"])
    target = _target(row, operation, record, actor)
    tenant = row["tenant"]
    return CredentialChange(
        event_id=EventId(row["event_id"]),
        time=_utc(row["time"]),
        provider=row["provider"],
        log=row["log"],
        tenant=tenant,
        region=row["region"],
        operation=_spelling(operation, row["operation"]),
        operation_id=operation.id,
        credential_type=operation.credential_type,
        change=operation.change,
        scope=operation.scope,
        technique=operation.technique,
        outcome=row["outcome"],
        error=row["error"],
        actor=actor,
        target=target,
        actor_principal=resolve(actor.id, actor.name, tenant),
        target_principal=resolve(target.id, target.name, tenant),
        credential_ids=_ids(evaluate(operation.credential_id, record)),
        credential_used=row["credential_used"],
        session_id=row["session_id"],
        source_ip=row["source_ip"],
        source_service=row["source_service"],
        user_agent=row["user_agent"],
        mfa=row["mfa"],
        containment=operation.containment,
        source=Source(row["file"], row["record"]),
        raw=record,
        remarks=remarks,
    )


def _target(row: Mapping[str, Any], operation: Operation, record: Mapping[str, Any], actor: Party) -> Party:
    """The principal or resource that got the credential; the actor itself when the record names no other."""
    ident = _one(evaluate(operation.target, record)) or row["target_id"]
    name = _one(evaluate(operation.target_name, record))
    if ident is None and name is None:
        return actor
    return Party(ident or name, name or ident, operation.target_type)


def _spelling(operation: Operation, logged: str) -> str:
    """The catalogue's spelling of the operation, where it lists just one without a pattern; else the log's."""
    exact = [e for e in operation.events if "*" not in e]
    return next((e for e in exact if e.casefold() == logged.casefold()), logged)


def _identity(change: CredentialChange, row: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two rows one change: the call they log, or else the same record."""
    if row["call_id"]:
        return (change.provider, row["call_id"], change.operation_id, change.target.id)
    return (change.provider, change.event_id, change.operation_id, json.dumps(record, sort_keys=True))


def _apart(one: CredentialChange, other: CredentialChange) -> bool:
    """Whether two rows with one call id are two calls: both say how it ended, and neither came before the other."""
    if _is_last(one.raw) != _is_last(other.raw):
        return False
    return one.time == other.time and "unknown" not in (one.outcome, other.outcome) and one.raw != other.raw


def _better(one: CredentialChange, other: CredentialChange) -> CredentialChange:
    """Of two rows of one call: the one marked as its last, then the one that says how it ended, then the first.

    What it leaves out is taken from the other: the last row of a long Google call often has no address, and the
    first has no key id. Success beats failure, because Azure's callers choose the id of their calls: a second
    call that fails must not hide the first.
    """
    best, rest = sorted((one, other), key=lambda c: (_is_last(c.raw), _TERMINAL[c.outcome]), reverse=True)
    missing = {name: getattr(rest, name) for name in _SHARED if getattr(best, name) is None}
    ids = tuple(dict.fromkeys((*best.credential_ids, *rest.credential_ids)))
    return replace(best, credential_ids=ids, **missing)


def _is_last(record: Mapping[str, Any]) -> bool:
    """Whether a row says of itself that it ends a call logged in several (``operation.last``)."""
    operation = record.get("operation")
    return isinstance(operation, Mapping) and operation.get("last") is True


def _record(raw: str | None) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """The record, and a remark for each key that stands in it twice: readers differ on which value counts."""
    repeated: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) < len(items):
            keys = [k for k, _ in items]
            repeated.extend(sorted({k for k in keys if keys.count(k) > 1}))
        return result

    record = json.loads(raw, object_pairs_hook=pairs, strict=False) if raw else {}
    return record, tuple(f"the record holds {key!r} more than once; the last value was used" for key in repeated)


def _ids(value: Any) -> tuple[str, ...]:
    """The texts and numbers in ``value``, each once; anything else is no id."""
    values = value if isinstance(value, list) else [value]
    plain = (v for v in values if isinstance(v, str | int) and not isinstance(v, bool) and v != "")
    return tuple(dict.fromkeys(str(v) for v in plain))


def _one(value: Any) -> str | None:
    found = _ids(value)
    return found[0] if found else None


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
