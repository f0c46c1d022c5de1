"""A case as an OCSF 1.8.0 Incident Finding (class 2005), https://schema.ocsf.io/1.8.0/classes/incident_finding."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from keywitness import __version__
from keywitness.exports import Export
from keywitness.render.safe import well_formed
from keywitness.render.words import REASONS, reason
from keywitness.store.lifecycle import VERDICTS
from keywitness.store.records import CaseFile, CaseRow, StoredFinding

VERSION: Final = "1.8.0"
CLASS: Final = 2005
SEVERITIES: Final[Mapping[str, tuple[int, str]]] = {
    "P1": (5, "Critical"),
    "P2": (4, "High"),
    "P3": (3, "Medium"),
    "P4": (2, "Low"),
}
PRIORITIES: Final[Mapping[str, tuple[int, str]]] = {
    "P1": (4, "Critical"),
    "P2": (3, "High"),
    "P3": (2, "Medium"),
    "P4": (1, "Low"),
}
STATUSES: Final[Mapping[str, tuple[int, str]]] = {
    "new": (1, "New"),
    "triage": (2, "In Progress"),
    "escalated": (2, "In Progress"),
    "contained": (4, "Resolved"),
    "closed": (5, "Closed"),
}
ATTACK: Final = "18.1"
"""The version of ATT&CK that the technique ids are of."""


def render(file: CaseFile, organisation: str) -> str:
    """One event. A paused case is On Hold; times are epoch milliseconds."""
    return json.dumps(event(file, organisation), ensure_ascii=True, separators=(",", ":")) + "\n"


def event(file: CaseFile, organisation: str) -> dict[str, Any]:
    case = file.case
    activity, activity_name = (1, "Create") if case.version == 1 else (2, "Update") if case.is_open else (3, "Close")
    severity, severity_name = SEVERITIES[case.priority]
    priority, priority_name = PRIORITIES[case.priority]
    told: dict[str, Any] = {
        "metadata": {
            "version": VERSION,
            "product": {"name": "keywitness", "vendor_name": "keywitness", "version": __version__},
            "uid": case.case_id,
            "tenant_uid": organisation,
        },
        "class_uid": CLASS,
        "class_name": "Incident Finding",
        "category_uid": 2,
        "category_name": "Findings",
        "activity_id": activity,
        "activity_name": activity_name,
        "type_uid": CLASS * 100 + activity,
        "severity_id": severity,
        "severity": severity_name,
        "priority_id": priority,
        "priority": priority_name,
        "time": _ms(case.updated_at),
        "start_time": _ms(case.first_at),
        "end_time": _ms(case.last_at),
        "message": case.title,
        "desc": case.sentence,
        "count": case.findings,
        "is_suspected_breach": case.decision == "escalate" and case.close_reason in (None, "true_positive"),
        "finding_info_list": [_finding(case, stored) for stored in file.findings],
        "attacks": _attacks(file),
        "observables": _observables(file),
        **_state(case),
    }
    made: dict[str, Any] = _well_formed(told)
    return made


def _state(case: CaseRow) -> dict[str, Any]:
    """Status, owner and verdict; what isn't known is left out. OCSF wants an owner or a group: there are two tiers."""
    status, status_name = (3, "On Hold") if case.paused_at else STATUSES[case.status]
    told: dict[str, Any] = {"status_id": status, "status": status_name, "status_detail": case.status}
    told["assignee_group"] = {"name": "Tier 2" if case.status in ("escalated", "contained") else "Tier 1"}
    if case.assignee:
        told["assignee"] = {"name": case.assignee}
    if case.verdict_id is not None:
        told |= {"verdict_id": case.verdict_id, "verdict": VERDICTS.get(case.verdict_id, "Unknown")}
    if case.close_reason:
        told["unmapped"] = {"close_reason": case.close_reason}
    return told


def _finding(case: CaseRow, stored: StoredFinding) -> dict[str, Any]:
    finding, change = stored.finding, stored.finding.change
    reasons = finding.decision.reasons
    return {
        "uid": stored.finding_id,
        "uid_alt": change.event_id,
        "title": f"{change.operation} by {change.actor.label()}",
        "desc": finding.sentence,
        "created_time": _ms(case.reported_at),
        "modified_time": _ms(stored.recorded_at),
        "first_seen_time": _ms(change.time),
        "last_seen_time": _ms(change.time),
        "types": [reason(r) for r in reasons if r in REASONS] or [finding.decision.action],
        "analytic": {
            "type_id": 1,
            "type": "Rule",
            "uid": change.operation_id,
            "name": change.operation,
        },
        "data_sources": [f"{change.provider} {change.log}"],
        "related_events": [{"uid": change.event_id, "type_uid": 300100}],
    }


def _attacks(file: CaseFile) -> list[dict[str, Any]]:
    techniques = dict.fromkeys(stored.finding.change.technique for stored in file.findings)
    made = []
    for technique in techniques:
        parent, _, sub = technique.partition(".")
        told: dict[str, Any] = {"version": ATTACK, "technique": {"uid": parent}}
        made.append({**told, "sub_technique": {"uid": technique}} if sub else told)
    return made


def _observables(file: CaseFile) -> list[dict[str, Any]]:
    """Names, addresses, clients and credentials, each once, by OCSF's observable types."""
    found: dict[tuple[int, str, str | None], None] = {}
    for stored in file.findings:
        change = stored.finding.change
        values = (
            *((4, "actor.user.name", change.actor.name), (2, "src_endpoint.ip", change.source_ip)),
            (16, "http_request.user_agent", change.user_agent),
            *((19, "user.credential_uid", ident) for ident in change.credential_ids),
        )
        found |= {value: None for value in values if value[2]}
    return [{"type_id": type_id, "name": name, "value": text} for type_id, name, text in found]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    return [_well_formed(item) for item in value] if isinstance(value, list | tuple) else value


EXPORT: Final[Export] = Export("ocsf", ".ocsf.json", render)
