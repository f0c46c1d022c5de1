"""Jira: change tickets by its search, on Cloud and Data Center, with Service Management's approvals.

A ticket is approved by the approvals that Service Management keeps with it,
or by the step into a status that ``approved`` names; what its workflow calls
"Done" is no approval. The account needs to browse the project, no more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from keywitness.context.copies import Copy
from keywitness.context.remote import Remote, UnavailableError
from keywitness.context.site import Site
from keywitness.context.tables import objects
from keywitness.context.tickets import TicketSystem, Window, rows

PAGE: Final = 100
MOST: Final = 50_000
APPROVED: Final = ("approved",)
_FIELDS: Final = ("summary", "status", "issuetype", "reporter", "assignee", "creator", "created", "components")
_APPROVALS: Final = "com.atlassian.servicedesk.approvals-plugin:sd-approvals"
_PLANNED: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("planned start date", "planned start", "change start date"),
    "end": ("planned end date", "planned end", "change completion date"),
}
"""How Jira's own change templates call the window: custom fields, whose ids differ from site to site."""

_WITHDRAWN: Final = frozenset({"canceled", "cancelled", "declined", "rejected", "withdrawn"})


def fetch(remote: Remote, site: Site, window: Window) -> Copy:  # noqa: ARG001  JQL knows no field for the window
    """Every issue that the query finds. Raises :class:`UnavailableError`."""
    if not site.query:
        raise UnavailableError("jql is not set, so nobody knows which issues are changes")
    said = remote.get("/rest/api/2/serverInfo", {}).content
    cloud = isinstance(said, dict) and str(said.get("deploymentType", "")).lower() == "cloud"
    fields, approvals = _fields(remote, site)
    wanted = (*_FIELDS, *fields.values(), *filter(None, (approvals,)))
    found: list[dict[str, str]] = []
    for issue in _search(remote, site.query, wanted, cloud=cloud):
        steps = _steps(remote, issue, cloud=cloud)
        found += _rows(issue, steps, fields, approvals, site.approved or APPROVED)
    return Copy(datetime.now(UTC), tuple(found))


def _fields(remote: Remote, site: Site) -> tuple[Mapping[str, str], str]:
    """keywitness's fields → ids of Jira's, and the id of Service Management's approvals ("" without any)."""
    known = objects(remote.get("/rest/api/2/field", {}).content)
    by_name: dict[str, list[str]] = {}
    for field in known:
        by_name.setdefault(str(field.get("name", "")).lower(), []).append(str(field.get("id", "")))
    ids = {field.get("id") for field in known}
    found = {ours: theirs if theirs in ids else _only(by_name, theirs) for ours, theirs in site.fields.items()}
    for ours, names in _PLANNED.items():
        planned = next((by_name[name] for name in names if len(by_name.get(name, ())) == 1), None)
        if ours not in found and planned:
            found[ours] = planned[0]
    return found, next((str(f["id"]) for f in known if _custom(f) == _APPROVALS and "id" in f), "")


def _only(by_name: Mapping[str, list[str]], name: str) -> str:
    ids = by_name.get(name.lower(), [])
    if len(ids) != 1:
        raise UnavailableError(f"{len(ids) or 'none'} of its fields are called {name[:60]!r}: name the field's id")
    return ids[0]


def _custom(field: Mapping[str, Any]) -> object:
    schema = field.get("schema")
    return schema.get("custom") if isinstance(schema, dict) else None


def _search(remote: Remote, query: str, fields: Sequence[str], *, cloud: bool) -> Iterator[Mapping[str, Any]]:
    """Each issue once. Cloud pages by token, Data Center by number; both may give fewer than were asked for."""
    order = "" if re.search(r"\border\s+by\b", query, re.IGNORECASE) else " ORDER BY key"
    params = {"jql": query + order, "fields": ",".join(fields), "expand": "changelog", "maxResults": str(PAGE)}
    seen: set[str] = set()
    at, token = 0, ""
    while True:
        page = {"nextPageToken": token} if token else {} if cloud else {"startAt": str(at)}
        content = remote.get(f"/rest/api/2/search{'/jql' if cloud else ''}", params | page).content
        if not isinstance(content, dict) or not isinstance(content.get("issues"), list):
            raise UnavailableError("its answer holds no list of issues")
        issues = objects(content["issues"])
        yield from (issue for issue in issues if str(issue.get("key")) not in seen)
        seen |= {str(issue.get("key")) for issue in issues}
        if len(seen) > MOST:
            raise UnavailableError(f"it holds more than {MOST:,} tickets: narrow the query")
        at += len(content["issues"])
        last, token = token, str(content.get("nextPageToken") or "")
        if cloud and token == last and token:
            raise UnavailableError("it repeats a page")
        if not token if cloud else not issues or at >= _number(content.get("total")):
            return


def _steps(remote: Remote, issue: Mapping[str, Any], *, cloud: bool) -> list[Mapping[str, Any]]:
    """The ticket's history, oldest first. Cloud's search gives the newest part of a long one only."""
    log = issue.get("changelog")
    log = log if isinstance(log, dict) else {}
    steps = objects(log.get("histories"))
    if cloud and len(steps) < _number(log.get("total")):
        steps = []
        while True:
            path = f"/rest/api/2/issue/{_key(issue)}/changelog"
            page = remote.get(path, {"startAt": str(len(steps)), "maxResults": str(PAGE)}).content
            found = objects(page.get("values")) if isinstance(page, dict) else []
            steps += found
            if not found or page.get("isLast") is True or len(steps) >= _number(page.get("total")):
                break
    return sorted(steps, key=lambda step: _when(step.get("created")))


def _rows(
    issue: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    fields: Mapping[str, str],
    approvals: str,
    approving: Sequence[str],
) -> Iterator[dict[str, str]]:
    values = issue.get("fields")
    values = values if isinstance(values, dict) else {}
    given = objects(values.get(approvals)) if approvals else []
    status = _text(values.get("status"))
    approved = _decided(given, status) if given else _stepped(values, steps, status, approving)
    cells = {
        "key": _text(issue.get("key")),
        "issuetype": _text(values.get("issuetype")),
        "summary": _text(values.get("summary")),
        "created": _text(values.get("created")),
        **approved,
        **{ours: _text(values.get(theirs)) for ours, theirs in fields.items() if ours != "target"},
    }
    targets = _texts(values.get(fields.get("target", "components")))
    yield from rows(cells, [_person(values.get("assignee")), _person(values.get("reporter"))], targets)


def _decided(given: Sequence[Mapping[str, Any]], status: str) -> dict[str, str]:
    """What Service Management's approvals came to: all of them count, and a withdrawn ticket is none."""
    decisions = [_text(approval.get("finalDecision")).lower() for approval in given]
    if status.lower() in _WITHDRAWN or set(decisions) != {"approved"}:
        other = next((decision for decision in decisions if decision != "approved"), "")
        return {"status": status if status.lower() in _WITHDRAWN else other or "pending"}
    people = [a for approval in given for a in objects(approval.get("approvers"))]
    names = [_person(a.get("approver")) for a in people if _text(a.get("approverDecision")).lower() == "approved"]
    times = [_stamp(approval.get("completedDate")) for approval in given]
    return {
        "status": "approved",
        "approver": ", ".join(dict.fromkeys(filter(None, names))),
        "approved_at": max(times, key=_when, default=""),
    }


def _stepped(
    values: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], status: str, approving: Sequence[str]
) -> dict[str, str]:
    """The last step into an approving status, unless the ticket was withdrawn or sent back since."""
    category = values.get("status")
    category = category.get("statusCategory") if isinstance(category, dict) else None
    new = isinstance(category, dict) and category.get("key") == "new" and status.lower() not in approving
    approved: dict[str, str] = {}
    if status.lower() in approving:
        approved = {"approver": _person(values.get("creator")), "approved_at": _text(values.get("created"))}
    for step in steps:
        for item in objects(step.get("items")):
            to = _text(item.get("toString")).lower()
            if item.get("field") == "status" and to in approving:
                approved = {"approver": _person(step.get("author")), "approved_at": _text(step.get("created"))}
            elif item.get("field") == "status" and to in _WITHDRAWN:
                approved = {}
    if new or status.lower() in _WITHDRAWN or not approved:
        return {"status": status if status.lower() in _WITHDRAWN else f"{status} (no approval recorded)"}
    return {"status": "approved", **approved}


def _person(value: object) -> str:
    """The name that only one person has, where Jira shows it: e-mail, user name, else the display name."""
    found = value if isinstance(value, dict) else {}
    return next((text for key in ("emailAddress", "name", "displayName") if (text := _text(found.get(key)))), "")


def _texts(value: object) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else [_text(value)]


def _text(value: object) -> str:
    """A value as a person sees it; of several, none: a list says who, and not which."""
    if isinstance(value, dict):
        keys = ("emailAddress", "displayName", "name", "value")
        return next((_text(value[key]) for key in keys if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        return _text(value[0]) if len(value) == 1 and not isinstance(value[0], list) else ""
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""


def _stamp(value: object) -> str:
    found = value if isinstance(value, dict) else {}
    millis = found.get("epochMillis")
    if isinstance(millis, int) and 0 <= millis < 10**13:
        return datetime.fromtimestamp(millis / 1000, UTC).isoformat()
    return _text(found.get("iso8601") or value)


def _when(value: object) -> datetime:
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _key(issue: Mapping[str, Any]) -> str:
    """The issue's key, where it has a key's form: it becomes part of an address."""
    key = _text(issue.get("key"))
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*-\d+", key):
        raise UnavailableError("an issue has no key")
    return key


SYSTEM: Final = TicketSystem("jira", "Jira", "jql", ("JIRA_", "ATLASSIAN_", "KEYWITNESS_"), fetch)
