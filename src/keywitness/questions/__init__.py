"""The runbook's questions: each a pure function of one change and what is known about it.

A question never fetches anything. A source that isn't configured, or a
history too short, is ``unknown`` with what is missing, never ``no``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keywitness.model import Answer
from keywitness.questions.known import Facts

__all__ = ["QUESTIONS", "Facts", "Question"]


@dataclass(frozen=True, slots=True)
class Question:
    """``needs`` are the sources without which the answer is unknown (see ``doctor``), ``uses`` the behaviour families
    that it rests on; ``explain`` shows their queries. ``window``: which time of the log it rests on, "before" the
    change, "around" or "after" it; "" for none.
    """

    id: str
    text: str
    ask: Callable[[Facts], Answer]
    needs: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    window: str = ""


from keywitness.questions import (  # noqa: E402  the members need the contract above
    atypical_actor,
    change_request,
    identity_known,
    off_hours,
    others_affected,
    pattern,
    suspicious_history,
    threat_intel,
    unusual_client,
    unusual_location,
    used_since,
)

QUESTIONS: Final[tuple[Question, ...]] = (
    change_request.QUESTION,
    off_hours.QUESTION,
    unusual_location.QUESTION,
    suspicious_history.QUESTION,
    atypical_actor.QUESTION,
    pattern.QUESTION,
    identity_known.QUESTION,
    unusual_client.QUESTION,
    threat_intel.QUESTION,
    used_since.QUESTION,
    others_affected.QUESTION,
)
