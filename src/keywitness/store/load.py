"""Judged cases into the store: new ones opened, known ones brought up to date, without losing what people wrote.

A case is known by its changes, not by its id: triage names a case after its oldest change, which older logs may
change. Changes that the store has in two cases, and triage now in one, join the two. A case is never torn apart.
Each batch is one transaction, and a change that is there already is not written again, so a run that was killed can
simply be run again.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Literal

import sqlalchemy as sa

from keywitness.model import Case, CaseId, Finding
from keywitness.store import TRIAGE, Desk, findings, terms
from keywitness.store.engine import Store
from keywitness.store.join import join
from keywitness.store.plain import plain
from keywitness.store.record import append
from keywitness.store.renew import renew, told
from keywitness.store.rows import draft, to_row
from keywitness.store.summary import opened
from keywitness.store.tables import ALIASES, CASES, FINDINGS

BATCH: Final = 200
"""Cases of one transaction."""
_MANY: Final = 500
"""Values of one IN."""

Outcome = Literal["opened", "closed", "updated", "reopened", "merged", "unchanged"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one case of a run, under the id that the store knows it by. ``why`` is a sentence, maybe hostile.

    ``closed``: triage closed it, at once or now that it knows more. ``merged``: two cases of the store became this one.
    """

    case_id: str
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A judged case, and its findings with the ids that the store knows them by."""

    case: Case
    findings: tuple[tuple[str, Finding], ...]


def load(
    store: Store, tenant: str, cases: Iterable[Case], progress: Callable[[int], None] = lambda done: None
) -> Iterator[Loaded]:
    """Write the cases of a run, and say of each what became of it, batch by batch: what was said is in the store.

    ``progress`` is called with the number of cases done so far. Raises NotFoundError for a tenant that isn't there.
    """
    done = fresh = 0
    for batch in _batches(_identified(cases), BATCH):
        with store.writing(tenant, TRIAGE) as desk:
            became = _write(desk, batch)
        yield from became
        done += len(batch)
        fresh += sum(loaded.outcome in ("opened", "closed") for loaded in became)
        progress(done)
    if _grew(store, fresh):
        store.tidy()


def _grew(store: Store, fresh: int) -> bool:
    """Whether a tenth or more of the store is new."""
    if fresh <= BATCH:
        return False
    with store.across() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(CASES)).scalar_one()
    return fresh * 10 >= total


def _identified(cases: Iterable[Case]) -> Iterator[_Incoming]:
    held = list(cases)
    ordered = sorted(
        ((finding, number) for number, case in enumerate(held) for finding in case.findings),
        key=lambda pair: (pair[0].change.time, pair[0].change.event_id),
    )
    ids = findings.identify(finding for finding, _ in ordered)
    by_case: dict[int, list[tuple[str, Finding]]] = {}
    for (ident, finding), (_, number) in zip(ids, ordered, strict=True):
        by_case.setdefault(number, []).append((ident, finding))
    return (_Incoming(case, tuple(by_case[number])) for number, case in enumerate(held))


def _batches(items: Iterator[_Incoming], size: int) -> Iterator[list[_Incoming]]:
    while batch := list(islice(items, size)):
        yield batch


def _write(desk: Desk, batch: Sequence[_Incoming]) -> list[Loaded]:
    homes = _homes(desk, batch)
    fresh: list[_Incoming] = []
    became = []
    for incoming in batch:
        owners = dict.fromkeys(homes[key] for key in _keys(incoming) if key in homes)
        if not owners:
            fresh.append(incoming)
            continue
        became.append(_known(desk, tuple(owners), incoming))
    return [*became, *_open(desk, fresh)]


def _known(desk: Desk, owners: tuple[str, ...], incoming: _Incoming) -> Loaded:
    case, absorbed = join(desk, owners)
    result, why = renew(desk, case, incoming.case.case_id, incoming.findings, absorbed)
    return Loaded(case.case_id, result, why)


def _open(desk: Desk, fresh: Sequence[_Incoming]) -> Iterator[Loaded]:
    """All new cases of a batch, each table with one statement."""
    tables: dict[sa.Table, list[dict[str, Any]]] = {CASES: [], FINDINGS: []}
    found, drafts = [], []
    taken = _taken(desk, [plain(incoming.case.case_id, 60) for incoming in fresh])
    for incoming in fresh:
        ident = _free(plain(incoming.case.case_id, 60), taken)
        row = opened(replace(incoming.case, case_id=ident), desk.now, desk.rules)
        columns = [findings.to_columns(i, f, row.case_id, desk.tenant, desk.now) for i, f in incoming.findings]
        tables[CASES].append(to_row(row, desk.tenant))
        tables[FINDINGS] += columns
        named = [("case", row.case_id), *(t for _, f in incoming.findings for t in terms.of_finding(f))]
        found += terms.rows(desk.tenant, row.case_id, named)
        drafts.append(draft(row, "triage:case:opened", told(zip(columns, incoming.findings, strict=True))))
        yield Loaded(row.case_id, "opened" if row.is_open else "closed", "")
    for table, rows in tables.items():
        if rows:
            desk.connection.execute(table.insert(), rows)
    terms.insert(desk, found)
    append(desk, *drafts)


def _free(wanted: str, taken: set[str]) -> CaseId:
    """An id that no case has. Triage's ids are short: among many thousands, two unlike cases may get the same one."""
    ident, number = wanted, 1
    while ident in taken:
        number += 1
        ident = f"{wanted}-{number}"
    taken.add(ident)
    return CaseId(ident)


def _taken(desk: Desk, idents: Sequence[str]) -> set[str]:
    """Which ids the store has already, with those that were made free by a number behind them."""
    found: set[str] = set()
    for table, column in ((CASES, CASES.c.case_id), (ALIASES, ALIASES.c.alias)):
        for part in _parts(idents):
            at = (table.c.tenant_id == desk.tenant, column.in_(part))
            found.update(desk.connection.execute(sa.select(column).where(*at)).scalars())
    for ident in list(found):
        numbered = CASES.c.case_id.startswith(f"{ident}-", autoescape=True)
        of_ours = sa.select(CASES.c.case_id).where(CASES.c.tenant_id == desk.tenant, numbered)
        found.update(desk.connection.execute(of_ours).scalars())
    return found


def _keys(incoming: _Incoming) -> Iterator[tuple[str, str]]:
    """All by which a case of the store may be the one: its changes, their parents and their children."""
    for ident, finding in incoming.findings:
        yield "finding", ident
        yield "child", findings.event_key(finding.change.event_id) or ""
        if finding.parent_event_id:
            yield "parent", findings.event_key(finding.parent_event_id) or ""


def _homes(desk: Desk, batch: Sequence[_Incoming]) -> dict[tuple[str, str], str]:
    """For each key of the batch that the store knows, the case that it is in."""
    columns = {
        "finding": FINDINGS.c.finding_id,
        "child": FINDINGS.c.parent_event_id,
        "parent": FINDINGS.c.event_id,
    }
    wanted: dict[str, list[str]] = {kind: [] for kind in columns}
    for incoming in batch:
        for kind, key in _keys(incoming):
            wanted[kind].append(key)
    found: dict[tuple[str, str], str] = {}
    for kind, column in columns.items():
        for part in _parts(wanted[kind]):
            at = (FINDINGS.c.tenant_id == desk.tenant, column.in_(part))
            for key, case_id in desk.connection.execute(sa.select(column, FINDINGS.c.case_id).where(*at)):
                found[kind, key or ""] = case_id
    return found


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]
