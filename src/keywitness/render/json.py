"""One finding a line, for programs: the contract of ``--json``.

ASCII only: whatever a log says, it reaches a terminal or another log as escapes.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from keywitness.model import Answer, Finding, Party, Report
from keywitness.render import Format
from keywitness.render.safe import well_formed
from keywitness.render.words import iso


def render(report: Report) -> str:
    return "".join(f"{line}\n" for line in lines(report))


def lines(report: Report) -> Iterator[str]:
    """The findings, oldest first, each as one line of JSON without its line end."""
    return map(line, report.findings)


def line(finding: Finding) -> str:
    """One finding as ASCII JSON on one line."""
    return json.dumps(finding_dict(finding), ensure_ascii=True, separators=(",", ":"))


def finding_dict(finding: Finding) -> dict[str, Any]:
    """The finding as plain JSON values, keys in the order of the contract; what comes after "source" is extra."""
    found: dict[str, Any] = _well_formed({**_change(finding), **_judgement(finding), **_extra(finding)})
    return found


def _change(finding: Finding) -> dict[str, Any]:
    change = finding.change
    return {
        "event_id": change.event_id,
        "time": iso(change.time),
        "provider": change.provider,
        "tenant": change.tenant,
        "operation": change.operation,
        "credential_type": change.credential_type,
        "change": change.change,
        "outcome": change.outcome,
        "actor": _party(change.actor),
        "target": _party(change.target),
        "credential_id": change.credential_id,
        "source_ip": change.source_ip,
        "user_agent": change.user_agent,
    }


def _judgement(finding: Finding) -> dict[str, Any]:
    change, decision = finding.change, finding.decision
    return {
        "answers": {question: _answer(answer) for question, answer in finding.answers.items()},
        "decision": decision.action,
        "reasons": decision.reasons,
        "priority": decision.priority,
        "case_id": finding.case_id,
        "parent_event_id": finding.parent_event_id,
        "technique": change.technique,
        "source": {"file": change.source.file, "record": change.source.record},
    }


def _extra(finding: Finding) -> dict[str, Any]:
    change, decision = finding.change, finding.decision
    return {
        "scope": change.scope,
        "credential_ids": change.credential_ids,
        "sentence": finding.sentence,
        "decision_because": decision.because,
        "decision_against": decision.against,
        "decision_missing": decision.missing,
        "flip": decision.flip,
        "suppressed_by": decision.suppressed_by,
        "containment": finding.containment,
        "remarks": change.remarks,
        "session_id": change.session_id,
        "credential_used": change.credential_used,
        "copies": change.copies,
    }


def _party(party: Party) -> dict[str, str | None]:
    return {"id": party.id, "name": party.name, "type": party.type}


def _answer(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "answer": answer.answer,
        "because": answer.because,
        "evidence": answer.evidence,
        "against": answer.against,
        "missing": answer.missing,
        "rests_on": answer.rests_on,
    }
    return {**told, "kind": answer.kind} if answer.kind else told


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    return [_well_formed(item) for item in value] if isinstance(value, list | tuple) else value


FORMAT: Final[Format] = Format("json", ".jsonl", render)
