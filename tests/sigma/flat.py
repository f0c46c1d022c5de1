"""Records as a SIEM holds them, for pySigma's SQLite backend: one column a field, a list as its elements' text."""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from sigma.backends.sqlite import sqliteBackend
from sigma.rule import SigmaRule

from keywitness.catalogue import Operation
from tests.catalogue.walk import Record, example

FAILED: dict[str, Record] = {
    "aws": {"errorCode": "AccessDenied"},
    "entra": {"properties.result": "failure"},
    "azure": {"resultType": "Failure"},
    "gcp": {"protoPayload.status.code": 7},
    "m365": {"ResultStatus": "Failure"},
    "okta": {"outcome.result": "FAILURE"},
}
"""How each provider's log says that a call failed. GitHub's holds none that did."""


def delivered(operation: Operation) -> Record:
    """An entry's example as the provider sends it to a SIEM: Entra's by way of Azure Monitor."""
    record = example(operation)
    if operation.provider == "entra":
        return {"operationName": record["activityDisplayName"], "category": "AuditLogs", "properties": record}
    return record


def look(record: Any, path: str) -> Any:
    """What stands at a dotted path, through lists, in any case of its letters; None without it."""
    name, _, rest = path.partition(".")
    if isinstance(record, list):
        found = [value for value in (look(element, path) for element in record) if value is not None]
        return found or None
    if not isinstance(record, Mapping):
        return None
    value = next((v for k, v in record.items() if k.casefold() == name.casefold()), None)
    return look(value, rest) if rest else value


def cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


class Siem:
    """One log source's records, and which of them a rule finds."""

    def __init__(self, records: Mapping[str, Record], rules: Iterable[SigmaRule], over: Record | None = None) -> None:
        self.backend = sqliteBackend(collate_nocase=True)
        fields = {f.casefold(): f for rule in rules for f in self.backend.required_fields(rule)}
        self.fields = sorted(fields.values())
        self.names = list(records)
        self.base = sqlite3.connect(":memory:")
        self.base.create_function(
            "REGEXP", 2, lambda pattern, text: text is not None and bool(re.search(pattern, text))
        )
        columns = ", ".join(f"`{field}`" for field in self.fields)
        self.base.execute(f"CREATE TABLE logs ({columns})")
        for record in records.values():
            row = {field: cell(look(record, field)) for field in self.fields} | (over or {})
            marks = ", ".join("?" * len(self.fields))
            self.base.execute(f"INSERT INTO logs VALUES ({marks})", [row[field] for field in self.fields])  # noqa: S608

    def found(self, rule: SigmaRule) -> set[str]:
        (query,) = self.backend.convert_rule(rule)
        rows = self.base.execute(query.replace("SELECT *", "SELECT rowid"))
        return {self.names[number - 1] for (number,) in rows}
