"""A ticket that a person would read as meant for a change, though it fails a test: it covers nothing, and is no "no".

What is left open: one name in another spelling of its separators, a name that stands in the text of the ticket alone,
and a window without an end. All else must agree.
"""

import re
from datetime import timedelta
from typing import Final

from keywitness.context import ChangeRequest
from keywitness.context.tables import fold
from keywitness.model import CredentialChange, Party

OPEN: Final = timedelta(days=7)
"""For so long after its start a ticket without an end may still be meant."""

_SEPARATORS: Final = re.compile(r"[\s_.-]+")


def doubt(failed: tuple[str, ...], ticket: ChangeRequest, change: CredentialChange) -> str:
    """What a person would have to settle, where ``failed`` are the tests that the ticket failed; "" when the ticket is
    plainly for something else.
    """
    if len(failed) != 1:
        return ""
    if failed == ("window",):
        opened = ticket.end == ticket.start and ticket.start <= change.time <= ticket.start + OPEN
        return "it names no end" if opened else ""
    if failed[0] not in ("actor", "target"):
        return ""
    written, party = (ticket.actor, change.actor) if failed[0] == "actor" else (ticket.target, change.target)
    if not written:
        return f"the {failed[0]} stands in its text alone" if _in_words(ticket.summary, party) else ""
    if "*" not in written and _squashed(written) in {_squashed(name) for name in _names(party)}:
        return f"it spells the {failed[0]} {written!r}"
    return ""


def _names(party: Party) -> list[str]:
    return [name for name in (party.name, party.id) if name]


def _squashed(name: str) -> str:
    return _SEPARATORS.sub("", fold(name))


def _in_words(text: str, party: Party) -> bool:
    words = {word.strip(".,;:()'\"") for word in fold(text).split()}
    return any(fold(name) in words for name in _names(party))
