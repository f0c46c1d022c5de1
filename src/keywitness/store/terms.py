"""What a case is found by: each name, address, credential and session of its changes, and the words of its notes."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from keywitness.model import Finding
from keywitness.store import Desk
from keywitness.store.plain import plain
from keywitness.store.tables import TERMS

LONGEST: Final = 200
"""Characters of a term; what is longer is found by its start."""
PIVOTS: Final = ("credential", "session", "address", "network", "client", "actor", "target", "account")
"""The kinds that two cases may share, closest first."""
_WORD: Final = re.compile(r"[\w@.:+-]{3,}")
_MOST_WORDS: Final = 400
_FEW: Final = 2_000
_LAST: Final = "\U0010ffff"
_UNNESTED: Final = (
    "INSERT INTO terms (tenant_id, term, kind, case_id) SELECT CAST(:tenant AS text), * FROM "
    "unnest(CAST(:term AS text[]), CAST(:kind AS text[]), CAST(:case_id AS text[])) ON CONFLICT DO NOTHING"
)
"""All rows as one statement: a server answers each statement by itself."""


def of_finding(finding: Finding) -> Iterator[tuple[str, str]]:
    """(kind, term) of one change."""
    change = finding.change
    yield from (("credential", ident) for ident in (*change.credential_ids, change.credential_used) if ident)
    single = {
        "event": change.event_id,
        "session": change.session_id,
        "address": change.source_ip,
        "network": finding.place,
        "client": change.user_agent,
        "account": change.tenant,
        "operation": change.operation,
    }
    yield from ((kind, text) for kind, text in single.items() if text)
    parties = {"actor": (change.actor, change.actor_principal), "target": (change.target, change.target_principal)}
    for kind, (party, principal) in parties.items():
        for text in filter(None, (party.id, party.name, principal)):
            yield kind, text
            yield from (("word", word) for word in re.split(r"[/:\s]+", text) if len(word) > 2 and word != text)


def rows(tenant: str, case_id: str, terms: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows of the table, each once."""
    found = dict.fromkeys((kind, normal(text)) for kind, text in terms)
    return [{"tenant_id": tenant, "case_id": case_id, "kind": k, "term": t} for k, t in found if t]


def normal(text: str) -> str:
    """A term as it is stored and looked for."""
    return plain(" ".join(text.split()), LONGEST).casefold()[:LONGEST]


def insert(desk: Desk, made: list[dict[str, Any]]) -> None:
    """Add terms; those that are there stay."""
    if made and desk.connection.dialect.name == "postgresql":
        columns = {name: [row[name] for row in made] for name in ("term", "kind", "case_id")}
        desk.connection.execute(sa.text(_UNNESTED), {"tenant": desk.tenant, **columns})
    elif made:
        desk.connection.execute(TERMS.insert().prefix_with("OR IGNORE"), made)


def add_words(desk: Desk, case_id: str, text: str) -> None:
    """Make a case be found by the words of a text that somebody wrote."""
    words = (("note", word) for word in _WORD.findall(text)[:_MOST_WORDS])
    insert(desk, rows(desk.tenant, case_id, words))


def found_by(desk: Desk, text: str, case_id: Any) -> Any:
    """The condition that a case has a term that begins with ``text``; ``case_id`` is the column that it is about.

    Few cases are looked up at once; what fits many is asked of one case after the other, in the queue's order.
    """
    begins, held = _begins(desk, text)
    if not is_common(desk, text):
        return case_id.in_(held)
    one = sa.select(TERMS.c.case_id).where(*begins, TERMS.c.case_id == case_id).correlate_except(TERMS)
    # SQLite would take the index of terms, and read them all for each case.
    return one.with_hint(TERMS, "INDEXED BY terms_of_case", "sqlite").exists()


def is_common(desk: Desk, text: str) -> bool:
    """Whether very many terms begin with ``text``."""
    _, held = _begins(desk, text)
    return len(desk.connection.execute(held.limit(_FEW + 1)).all()) > _FEW


def _begins(desk: Desk, text: str) -> tuple[tuple[Any, ...], Any]:
    start = normal(text)
    begins = (TERMS.c.tenant_id == desk.tenant, TERMS.c.term >= start, TERMS.c.term < start + _LAST)
    return begins, sa.select(TERMS.c.case_id).where(*begins)
