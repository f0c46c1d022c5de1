"""Judged changes for the store's tests, and short ways to put them in and to work on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from keywitness.case import cases
from keywitness.model import Action, Decision, EventId, Finding
from keywitness.store import Desk
from keywitness.store.engine import Store
from keywitness.store.load import Loaded, load
from tests.render.parts import NIGHT, calm, change, event, finding, hostile, user

TENANT: Final = "default"
DECISIONS: Final[dict[str, Decision]] = {
    "escalate": Decision("escalate", ("unauthorised", "pattern"), "P2", "No approved change covers it."),
    "review": Decision("review", (), "P3", "Unknown whether an approved change covers it."),
    "close": Decision("close", (), "P4", "An approved change covers it."),
}


def judged(number: int, case: str = "KW-AAAAAAAA", action: Action = "escalate", **more: Any) -> Finding:
    """Dora makes a key for svc-backup; ``number`` gives the event id, and minutes after the first night.

    ``actor``, ``target``, ``priority``, ``reasons`` and ``parent`` (a number) may be given, and parts of the change.
    """
    decision = DECISIONS[action]
    decision = replace(decision, **{k: more.pop(k) for k in ("priority", "reasons") if k in more})
    actor, target = user(more.pop("actor", "dora")), user(more.pop("target", "svc-backup"))
    parent = more.pop("parent", None)
    made = change(number, NIGHT + timedelta(minutes=number), actor, target, **more)
    answers = calm() if action == "close" else hostile()
    return finding(made, answers, decision, case, parent_event_id=None if parent is None else event(parent))


def put(store: Store, *findings: Finding, tenant: str = TENANT) -> list[Loaded]:
    """The findings as a run of triage, grouped by their case ids."""
    return list(load(store, tenant, cases(findings)))


@contextmanager
def desk(store: Store, who: str = "jo", tenant: str = TENANT) -> Iterator[Desk]:
    with store.writing(tenant, who) as made:
        yield made


@contextmanager
def look(store: Store, who: str = "jo", tenant: str = TENANT) -> Iterator[Desk]:
    with store.reading(tenant, who) as made:
        yield made


def named(number: int) -> EventId:
    return event(number)
