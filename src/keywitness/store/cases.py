"""What people do to a case. Each takes the ``version`` that the person saw, and refuses when it is no longer that.

All raise NotFoundError for a case that this tenant doesn't have, ConflictError when somebody was faster, and
RefusedError for what the rules don't allow; then nothing is written. Each returns the case as it is afterwards.
"""

from datetime import timedelta
from typing import Any, Final

from keywitness.store import TRIAGE, Desk, RefusedError
from keywitness.store.lifecycle import STATUSES, Status, check_move, closing
from keywitness.store.plain import plain
from keywitness.store.records import CaseRow
from keywitness.store.rows import change, find, seen
from keywitness.store.sla import PRIORITIES, counted_pause, took

LONGEST: Final = 10_000
"""Characters of a reason or comment."""


def move(desk: Desk, ident: str, version: int, to: str, reason: str = "") -> CaseRow:
    """To another status of the life cycle, but for closing, which is :func:`close`. A move back needs a reason.

    Who takes up a case that nobody has gets it. A case that is opened again starts its clocks anew.
    """
    case = seen(desk, ident, version)
    status = next((s for s in STATUSES if s == to), None)
    if status is None:
        raise RefusedError(f"{to!r} is no status; there are {', '.join(STATUSES)}")
    if status == "closed":
        raise RefusedError("a case is closed with a reason to close")
    check_move(case.case_id, case.status, status, reason)
    changed: dict[str, Any] = {"status": status, **_resumed(desk, case), **_times(desk, case, status)}
    if case.assignee is None and status == "triage":
        changed["assignee"] = desk.who
    if case.status == "closed":
        changed |= reopened(desk, case, acknowledged=True)
    action = "desk:case:reopened" if case.status == "closed" else "desk:case:moved"
    body = {"from": case.status, "to": status, "reason": plain(reason, LONGEST)}
    return change(desk, case, version, action, body, **changed)


def close(
    desk: Desk,
    ident: str,
    version: int,
    reason: str,
    comment: str = "",
    *,
    verdict_id: int | None = None,
    duplicate_of: str | None = None,
) -> CaseRow:
    """Close a case. The verdict is the reason's own unless another is given; a duplicate names the case it repeats."""
    case = seen(desk, ident, version)
    check_move(case.case_id, case.status, "closed", reason)
    how = closing(reason, verdict_id, comment)
    if how.reason == "automated_closure" and desk.who != TRIAGE:
        raise RefusedError("only triage closes a case by itself: say why it is harmless or not")
    body: dict[str, Any] = {"from": case.status, "reason": how.reason, "comment": plain(comment, LONGEST)}
    if how.reason == "duplicate":
        if duplicate_of is None:
            raise RefusedError("a duplicate must name the case that it repeats")
        body["duplicate_of"] = other = find(desk, duplicate_of).case_id
        if other == case.case_id:
            raise RefusedError(f"{other} can't be a duplicate of itself")
    return change(desk, case, version, "desk:case:closed", body, **ended(desk, case, how.reason, how.verdict_id))


def assign(desk: Desk, ident: str, version: int, assignee: str | None) -> CaseRow:
    """Give an open case to somebody, or (None) back to all. It doesn't take the case up: that is a move to triage."""
    case = seen(desk, ident, version)
    if not case.is_open:
        raise RefusedError(f"{case.case_id} is closed")
    name = plain(assignee.strip(), 200) if assignee else None
    return change(desk, case, version, "desk:case:assigned", {"to": name, "from": case.assignee}, assignee=name)


def prioritise(desk: Desk, ident: str, version: int, priority: str, reason: str) -> CaseRow:
    """Set the priority against triage's, with a reason. It stays until triage finds something worse."""
    case = seen(desk, ident, version)
    if priority not in PRIORITIES:
        raise RefusedError(f"{priority!r} is no priority; there are {', '.join(PRIORITIES)}")
    if not reason.strip():
        raise RefusedError("another priority needs a reason")
    body = {"from": case.priority, "to": priority, "reason": plain(reason, LONGEST)}
    return change(desk, case, version, "desk:case:prioritised", body, priority=priority, priority_by=desk.who)


def pause(desk: Desk, ident: str, version: int, reason: str) -> CaseRow:
    """Stop the clock of an open case, for one of the reasons that the rules know."""
    case = seen(desk, ident, version)
    if not case.is_open or case.paused_at:
        raise RefusedError(f"the clock of {case.case_id} stands still already")
    if reason not in desk.rules.pauses:
        raise RefusedError(f"{reason!r} stops no clock; what does: {', '.join(desk.rules.pauses)}")
    changed = {"paused_at": desk.now, "pause_reason": reason}
    return change(desk, case, version, "desk:clock:paused", {"reason": reason}, **changed)


def resume(desk: Desk, ident: str, version: int) -> CaseRow:
    """Let the clock run again. What was waited, up to the longest pause, doesn't count."""
    case = seen(desk, ident, version)
    if not case.paused_at:
        raise RefusedError(f"the clock of {case.case_id} is running")
    return change(desk, case, version, "desk:clock:resumed", {}, **_resumed(desk, case))


def ended(desk: Desk, case: CaseRow, reason: str, verdict_id: int) -> dict[str, Any]:
    """The columns of a case that is being closed."""
    resumed = _resumed(desk, case)
    paused = timedelta(seconds=resumed.get("paused_seconds", case.paused_seconds))
    return {
        **resumed,
        **_times(desk, case, "closed"),
        "status": "closed",
        "closed_at": desk.now,
        "resolved_after": took(case.clock_from, desk.now, paused),
        "close_reason": reason,
        "verdict_id": verdict_id,
    }


def reopened(desk: Desk, case: CaseRow, *, acknowledged: bool) -> dict[str, Any]:
    """The columns of a closed case that is opened again: its clocks start now."""
    return {
        "clock_from": desk.now,
        "paused_seconds": 0,
        "acknowledged_at": desk.now if acknowledged else None,
        "acknowledged_after": 0 if acknowledged else None,
        "escalated_at": None,
        "contained_at": None,
        "closed_at": None,
        "resolved_after": None,
        "close_reason": None,
        "verdict_id": None,
        "reopens": case.reopens + 1,
    }


def _times(desk: Desk, case: CaseRow, to: Status) -> dict[str, Any]:
    """What a move to a status says of when: the first time counts."""
    found: dict[str, Any] = {}
    if case.acknowledged_at is None:
        paused = _resumed(desk, case).get("paused_seconds", case.paused_seconds)
        found["acknowledged_at"] = desk.now
        found["acknowledged_after"] = took(case.clock_from, desk.now, timedelta(seconds=paused))
    if to == "escalated" and case.escalated_at is None:
        found["escalated_at"] = desk.now
    if to == "contained":
        found["contained_at"] = desk.now
    return found


def _resumed(desk: Desk, case: CaseRow) -> dict[str, Any]:
    """A pause ends when the case moves."""
    if case.paused_at is None:
        return {}
    waited = counted_pause(desk.rules, case.paused_at, desk.now)
    total = case.paused_seconds + int(waited.total_seconds())
    return {"paused_at": None, "pause_reason": "", "paused_seconds": total}
