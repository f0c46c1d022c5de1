"""A case as a STIX 2.1 bundle for a threat intelligence platform, marked TLP:AMBER.

STIX 2.1 leaves Incident to a later extension, so what it has no field for stands in its description; who did it from
where, with which technique, and how to take it back are objects of their own.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final
from uuid import UUID, uuid5

from keywitness.exports import Export
from keywitness.render.safe import well_formed
from keywitness.store.records import CaseFile

NAMES: Final = UUID("6b657977-6974-4e65-8373-000000000021")
"""The namespace of our objects' ids: the same case gives the same ids, so that a second export updates the first."""
AMBER: Final = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
"""TLP:AMBER as OASIS defines it for TLP 2.0, with its extension."""
SCO_NAMES: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace of STIX 2.1, section 2.9, for the ids of observables."""
_TECHNIQUE: Final = re.compile(r"T\d{4}(\.\d{3})?")


def render(file: CaseFile, organisation: str) -> str:
    """The bundle as ASCII JSON."""
    objects = {made["id"]: made for made in _objects(file, organisation)}
    bundle = {
        "type": "bundle",
        "id": _id("bundle", f"{organisation}/{file.case.case_id}"),
        "objects": list(objects.values()),
    }
    return json.dumps(bundle, ensure_ascii=True, separators=(",", ":")) + "\n"


def _objects(file: CaseFile, organisation: str) -> Iterator[dict[str, Any]]:
    case = file.case
    us = _sdo("identity", organisation, case.reported_at, name=organisation or "unnamed", identity_class="organization")
    incident = _sdo(
        "incident",
        f"{organisation}/{case.case_id}",
        case.reported_at,
        modified=_time(case.updated_at),
        created_by_ref=us["id"],
        name=f"{case.case_id}: {case.title}",
        description=_description(file),
        labels=[case.decision, case.priority, case.status, *case.reasons],
        external_references=[{"source_name": "keywitness", "external_id": case.case_id}],
    )
    yield from (_amber(), us, incident)
    for other, relation in _parts(file, us["id"]):
        yield other
        yield _related(incident["id"], relation, other, case.reported_at, us["id"])
    yield from _notes(file, incident["id"], us["id"])


def _description(file: CaseFile) -> str:
    case = file.case
    closed = f" Closed as {case.close_reason} (OCSF verdict {case.verdict_id})." if case.close_reason else ""
    return f"{case.sentence} Decision: {case.decision}, {case.priority}.{closed}"


def _parts(file: CaseFile, author: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Each further object, and how the incident is related to it."""
    at = file.case.reported_at
    for stored in file.findings:
        change = stored.finding.change
        for party in (change.actor, change.target):
            values = {"user_id": party.id or party.label(), "display_name": party.label()}
            values |= {"account_type": "service"} if party.type and "service" in party.type else {}
            yield _observable("user-account", {"user_id": values["user_id"]}, values), "related-to"
        if address := _address(change.source_ip):
            yield address, "related-to"
        if _TECHNIQUE.fullmatch(change.technique):
            yield _technique(change.technique, at), "related-to"
        if commands := stored.finding.containment:
            text = "\n".join(commands)
            more = {"name": f"Take back {change.operation}", "description": text, "created_by_ref": author}
            yield _sdo("course-of-action", stored.finding_id, at, **more), "related-to"


def _notes(file: CaseFile, incident: str, author: str) -> Iterator[dict[str, Any]]:
    for note in file.notes:
        more = {"content": note.text, "authors": [note.author], "object_refs": [incident], "created_by_ref": author}
        yield _sdo("note", f"{incident}/{note.number}", note.at, **more)


def _technique(technique: str, at: datetime) -> dict[str, Any]:
    address = f"https://attack.mitre.org/techniques/{technique.replace('.', '/')}/"
    reference = {"source_name": "mitre-attack", "external_id": technique, "url": address}
    return _sdo("attack-pattern", technique, at, name=technique, external_references=[reference])


def _address(text: str | None) -> dict[str, Any] | None:
    try:
        version = ip_address(text or "").version
    except ValueError:
        return None
    return _observable(f"ipv{version}-addr", {"value": text}, {"value": text})


def _related(source: str, relation: str, target: dict[str, Any], at: datetime, author: str) -> dict[str, Any]:
    more = {"relationship_type": relation, "source_ref": source, "target_ref": target["id"], "created_by_ref": author}
    return _sdo("relationship", f"{source} {relation} {target['id']}", at, **more)


def _sdo(kind: str, key: str, at: datetime, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": kind,
        "spec_version": "2.1",
        "id": _id(kind, key),
        "created": _time(at),
        "modified": _time(at),
        "object_marking_refs": [AMBER],
        **more,
    }
    return {name: _clean(value) for name, value in made.items()}


def _observable(kind: str, contributing: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """An observable's id is made of what identifies it, as the standard says, so that two reports of it meet."""
    key = json.dumps(_clean(contributing), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid5(SCO_NAMES, key)}", **values}
    return {name: _clean(value) for name, value in {**made, "object_marking_refs": [AMBER]}.items()}


def _amber() -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": AMBER,
        "created": "2022-10-01T00:00:00.000Z",
        "name": "TLP:AMBER",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber"}},
    }


def _id(kind: str, key: str) -> str:
    return f"{kind}--{uuid5(NAMES, well_formed(f'{kind} {key}'))}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1_000:03}Z"


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


EXPORT: Final[Export] = Export("stix", ".stix.json", render)
