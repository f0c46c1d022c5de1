"""All of a case as one JSON object; its findings are the very bytes that triage printed."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from keywitness.audit import moment
from keywitness.exports import Export
from keywitness.render.words import iso
from keywitness.store.records import CaseFile, CaseRow


def render(file: CaseFile, organisation: str) -> str:
    """Keys in a settled order, ASCII only. The content of files is left out: its hash is there."""
    told: dict[str, Any] = {
        "organisation": organisation,
        "case": as_dict(file.case),
        "aliases": file.aliases,
        "notes": [_plain(asdict(note)) for note in file.notes],
        "attachments": [_plain(asdict(attachment)) for attachment in file.attachments],
        "overturns": [_plain(asdict(overturn)) for overturn in file.overturns],
        "record": [{**_plain(asdict(entry)), "at": moment(entry.at)} for entry in reversed(file.record)],
    }
    head = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return f'{head[:-1]},"findings":[{",".join(stored.json for stored in file.findings)}]}}\n'


def as_dict(case: CaseRow) -> dict[str, Any]:
    """A case's row as JSON values; times are ISO 8601 in UTC."""
    return _plain({name: getattr(case, name) for name in CaseRow.__slots__})


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()}


EXPORT: Final[Export] = Export("json", ".json", render)
