"""ServiceNow: ``change_request`` and its approvals by the Table API, closed changes too.

The account needs read access to ``change_request``, ``sysapproval_approver``
and ``sys_user``. Records that it may not see are left out of a page without a
word; the total in the header counts them, and so they are reported.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from keywitness.context.copies import Copy
from keywitness.context.remote import Remote, UnavailableError
from keywitness.context.site import Site
from keywitness.context.tables import objects
from keywitness.context.tickets import TicketSystem, Window, rows

PAGE: Final = 500
MOST: Final = 100_000
_APPROVALS: Final = 50  # change requests asked for at once: their ids stand in the address
_MARGIN: Final = timedelta(days=30)  # tickets near the run window, so that an expired one can be named
_PEOPLE: Final = ("assigned_to", "requested_by")  # who carries it out, and who asked for it: both may do it
_TIMES: Final = ("start_date", "end_date", "work_start", "work_end", "approval_set", "sys_created_on")
_CODES: Final = ("sys_id", "type", "approval", *_TIMES)  # the stored value: what is shown has a language and a zone
_FIELDS: Final = (
    *("number", "state", "cmdb_ci", "short_description", "close_code", *_CODES),
    *(f"{person}{part}" for person in _PEOPLE for part in ("", ".email", ".user_name")),
)
_CANCELED: Final = "4"


def fetch(remote: Remote, site: Site, window: Window) -> Copy:
    """Every change request that the query names, with who approved it when. Raises :class:`UnavailableError`."""
    remarks: list[str] = []
    fields = (*_FIELDS, *(name for name in site.fields.values() if name not in _FIELDS))
    records, hidden = _all(remote, "change_request", _query(site.query, window), fields)
    if hidden:
        remarks.append(f"{hidden} change request(s) are hidden from this account")
    approved = _approvals(remote, [_code(record, "sys_id") for record in records], remarks)
    found = (row for record in records for row in _rows(record, approved[_code(record, "sys_id")], site.fields))
    return Copy(datetime.now(UTC), tuple(found), tuple(remarks), hidden)


def _query(query: str, window: Window) -> str:
    """The configured query within the run window, in a stable order. ``^NQ`` begins an alternative query."""
    since, until = window
    limits = []
    if since:
        limits.append(f"end_date>={since.astimezone(UTC) - _MARGIN:%Y-%m-%d %H:%M:%S}^ORend_dateISEMPTY")
    if until:
        limits.append(f"start_date<={until.astimezone(UTC) + _MARGIN:%Y-%m-%d %H:%M:%S}^ORstart_dateISEMPTY")
    parts = ("^".join(filter(None, (part, *limits))) for part in query.split("^NQ"))
    return "^".join(filter(None, ("^NQ".join(parts), "ORDERBYsys_id")))


def _all(remote: Remote, table: str, query: str, fields: Sequence[str]) -> tuple[list[Mapping[str, Any]], int]:
    """All records once, and how many were counted but not shown."""
    found: dict[str, Mapping[str, Any]] = {}
    offset, total = 0, None
    while True:
        params = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(fields),
            "sysparm_display_value": "all",
            "sysparm_exclude_reference_link": "true",
            "sysparm_limit": str(PAGE),
            "sysparm_offset": str(offset),
        }
        reply = remote.get(f"/api/now/table/{table}", params)
        if not isinstance(reply.content, dict) or not isinstance(reply.content.get("result"), list):
            raise UnavailableError("its answer holds no list of records")
        page = objects(reply.content["result"])
        found |= {_code(record, "sys_id"): record for record in page}
        named = re.search(r"[?&]sysparm_offset=(\d{1,9})(?:&|$)", reply.next)
        offset = max(offset + 1, int(named[1])) if named else offset + PAGE
        total = reply.total if reply.total is not None else total
        if len(found) > MOST or offset > MOST:
            raise UnavailableError(f"it holds more than {MOST:,} records: narrow the query")
        if not (named or len(page) >= PAGE or (total is not None and offset < total)):
            return [found[key] for key in found if key], max(0, (total or 0) - len(found))


def _approvals(remote: Remote, ids: Sequence[str], remarks: list[str]) -> Mapping[str, list[Mapping[str, Any]]]:
    """The approvals given to each change request, by its sys_id."""
    given: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    fields = ("sys_id", "sysapproval", "state", "approver", "approver.email", "approver.user_name", "sys_updated_on")
    for at in range(0, len(ids), _APPROVALS):
        query = f"state=approved^sysapprovalIN{','.join(ids[at : at + _APPROVALS])}^ORDERBYsys_id"
        try:
            records, _ = _all(remote, "sysapproval_approver", query, fields)
        except UnavailableError as error:
            if error.status not in (403, 404):
                raise
            remarks.append("approvers are not known: sysapproval_approver can't be read with this account")
            break
        for record in records:
            if _code(record, "state") == "approved":
                given[_code(record, "sysapproval")].append(record)
    return given


def _rows(
    record: Mapping[str, Any], approvals: Sequence[Mapping[str, Any]], fields: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    approved = _code(record, "approval") == "approved"
    times = [text for approval in approvals if (text := _code(approval, "sys_updated_on"))]
    cells = {
        "number": _shown(record, "number"),
        "type": _code(record, "type"),
        "approval": _code(record, "approval"),
        "state": _CANCELED if _code(record, "state") == _CANCELED else _shown(record, "state"),
        "short_description": _shown(record, "short_description"),
        "approver": ", ".join(dict.fromkeys(filter(None, (_person(approval, "approver") for approval in approvals)))),
        "approved_at": (_code(record, "approval_set") or max(times, default="")) if approved else "",
        **{name: _code(record, name) for name in _TIMES if name != "approval_set"},
        **{name: _mapped(record, column) for name, column in fields.items()},
    }
    actors = [_person(record, person) for person in _PEOPLE]
    yield from rows(cells, actors, [_shown(record, "cmdb_ci")])


def _mapped(record: Mapping[str, Any], column: str) -> str:
    """A field of the organisation's own. One that looks like a time is taken as stored, in UTC."""
    code = _code(record, column)
    return code if len(code) == len("2026-01-01 00:00:00") and code[4:5] == code[7:8] == "-" else _shown(record, column)


def _person(record: Mapping[str, Any], field: str) -> str:
    """The name that only one person has, where it can be read: e-mail, user name, else what is shown."""
    return _code(record, f"{field}.email") or _code(record, f"{field}.user_name") or _shown(record, field)


def _code(record: Mapping[str, Any], field: str) -> str:
    return _part(record.get(field), "value", "display_value")


def _shown(record: Mapping[str, Any], field: str) -> str:
    return _part(record.get(field), "display_value", "value")


def _part(value: object, *keys: str) -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in keys if value.get(key)), "")
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


SYSTEM: Final = TicketSystem("servicenow", "ServiceNow", "query", ("SERVICENOW_", "KEYWITNESS_"), fetch)
