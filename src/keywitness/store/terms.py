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
    if made:
        if desk.connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as upsert

            desk.connection.execute(upsert(TERMS).on_conflict_do_nothing(), made)
        else:
            desk.connection.execute(TERMS.insert().prefix_with("OR IGNORE"), made)


def add_words(desk: Desk, case_id: str, text: str) -> None:
    """Make a case be found by the words of a text that somebody wrote."""
    words = (("note", word) for word in _WORD.findall(text)[:_MOST_WORDS])
    insert(desk, rows(desk.tenant, case_id, words))


def found_by(desk: Desk, text: str, kind: str | None = None) -> "sa.Select[Any]":
    """The ids of cases with a term that begins with ``text``."""
    start = normal(text)
    query = sa.select(TERMS.c.case_id).where(
        TERMS.c.tenant_id == desk.tenant, TERMS.c.term >= start, TERMS.c.term < start + "\U0010ffff"
    )
    return query.where(TERMS.c.kind == kind) if kind else query
