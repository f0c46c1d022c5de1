"""The run as a whole: how many of what, what was set aside, and what would have settled more."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from keywitness.errors import Reject
from keywitness.model import Action, Case, Finding, Report
from keywitness.render import words

SHOWN_REJECTS: Final = 5


def cases(report: Report, action: Action) -> tuple[Case, ...]:
    return tuple(case for case in report.cases if case.action == action)


def closed(report: Report) -> tuple[Finding, ...]:
    """The findings of closed cases, oldest first."""
    found = (finding for case in cases(report, "close") for finding in case.findings)
    return tuple(sorted(found, key=lambda f: (f.change.time, f.change.event_id)))


def why_closed(finding: Finding) -> str:
    """One line: the decision's reason, with the ticket that covers it where there is one."""
    ticket = None if finding.decision.suppressed_by else finding.answers.get("change_request")
    if ticket and ticket.answer == "yes":
        return ticket.because
    return finding.decision.because


def suppressed(report: Report) -> Mapping[str, tuple[Finding, ...]]:
    """What each suppression hid, oldest first, by the suppression's id."""
    hidden: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.decision.suppressed_by:
            hidden[finding.decision.suppressed_by].append(finding)
    return {ident: tuple(found) for ident, found in sorted(hidden.items())}


def period(report: Report) -> tuple[datetime, datetime] | None:
    """From the first to the last record of any log; None when no log was read."""
    if not report.coverage:
        return None
    return min(c.first for c in report.coverage), max(c.last for c in report.coverage)


def counts(report: Report) -> Mapping[Action, int]:
    found = Counter(case.action for case in report.cases)
    return {action: found[action] for action in words.ACTIONS}


def reject_reasons(report: Report) -> tuple[tuple[str, int], ...]:
    """The reasons why something was set aside, the most frequent first."""
    return tuple(Counter(reject.reason for reject in report.rejects).most_common())


def first_rejects(report: Report) -> tuple[Reject, ...]:
    return report.rejects[:SHOWN_REJECTS]


def not_given(report: Report) -> tuple[str, ...]:
    """The parts of the context that no file was given for."""
    return tuple(part for part, file in report.context.items() if not file)


def gaps(report: Report) -> tuple[tuple[str, int], ...]:
    """What unanswered questions were missing, with the number of answers it would settle, the most first."""
    found = Counter(
        text
        for finding in report.findings
        for answer in finding.answers.values()
        if answer.answer == "unknown"
        for text in answer.missing
    )
    return tuple(found.most_common())
