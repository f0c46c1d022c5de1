"""GitHub: the audit log of an organization or enterprise, and a user's security log. One JSON object an event.

Older rows hold most fields in ``data``, and some exporters rename
``@timestamp``; kept records are flat, with GitHub's own names. The login is the
actor's id, because each row has it and most have no numeric id of the target.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType, field

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.values import Scalar, address, flag, micros, operation_key, text

_Name = Scalar | list[Scalar]


class _Entry(msgspec.Struct):
    action: str
    timestamp: Scalar = field(name="@timestamp", default=None)
    at_sign_timestamp: Scalar = None
    created_at: Scalar = None
    document: str | None = field(name="_document_id", default=None)
    actor: Scalar = None
    actor_id: Scalar = None
    actor_ip: Scalar = None
    actor_is_bot: Scalar = None
    user_agent: Scalar = None
    user: Scalar = None
    repo: _Name = None
    org: _Name = None
    business: _Name = None
    programmatic_access_type: Scalar = None
    hashed_token: Scalar = None
    token_id: Scalar = None
    data: Any | UnsetType = UNSET


class _Who(NamedTuple):
    id: str | None
    name: str | None
    type: str | None


_entry: Final = msgspec.json.Decoder(_Entry)
_PLATFORM: Final = frozenset({"github", "github-staff", "github-enterprise"})
_SIGN_INS: Final = frozenset(
    {
        "user.login",
        "user.failed_login",
        "user.two_factor_challenge_failure",
        "user.two_factor_challenge_success",
        "org.sso_response",
        "business.sso_response",
    }
)
_RISKS: Final = ("user.sign_in_from_unrecognized_device",)
_DATA: Final = ("git.", "api.request", "pull_request", "issue", "workflows.", "packages.")
_READS: Final = ("git.clone", "git.fetch", "repo.download_zip")
_FAILURES: Final = ("_failure", ".failed_login")


def recognises(record: Mapping[str, Any]) -> bool:
    """A dotted action with a time and something that only this log has beside it."""
    action = record.get("action")
    timed = "@timestamp" in record or "created_at" in record or "at_sign_timestamp" in record
    known = "actor" in record or "org" in record or "business" in record or "_document_id" in record
    return isinstance(action, str) and "." in action and timed and known


def row(raw: bytes, wanted: Wanted) -> Row:
    """One event as a row. Raises RecordError when it isn't an event of this log or has no time."""
    raw, entry = _decoded(raw)
    action = entry.action
    class_ = _class(action)
    who = _actor(entry)
    ip = address(text(entry.actor_ip))
    failed = action.endswith(_FAILURES)
    return Row(
        entry.document,
        _time(entry),
        "github",
        "audit",
        _first(entry.org) or _first(entry.business) or (_first(entry.repo) or "").partition("/")[0] or None,
        None,
        action.partition(".")[0],
        action,
        class_,
        action.startswith(_READS),
        "failure" if failed else "success",
        action.rpartition(".")[2] if failed else None,
        who.id,
        who.name,
        who.type,
        None,
        _credential(entry),
        ip,
        who.name if who.type == "cloud_service" and ip is None else None,
        text(entry.user_agent),
        None,
        None,
        None,
        text(entry.user) or _first(entry.repo),
        None,
        raw if class_ == "risk" or operation_key(action) in wanted else None,
    )


READER: Final[Reader] = Reader("github", recognises, row)


def _decoded(raw: bytes) -> tuple[bytes, _Entry]:
    """The record's text and fields, flat. Raises RecordError when it is none of GitHub's."""
    entry = _entry.decode(raw)
    if "." not in entry.action:
        raise RecordError("not an event of the GitHub audit log")
    nested = isinstance(entry.data, dict)
    if nested or entry.at_sign_timestamp is not None:
        record = json.loads(raw)
        inside = record.pop("data") if nested else {}
        if "at_sign_timestamp" in record:
            record.setdefault("@timestamp", record.pop("at_sign_timestamp"))
        raw = json.dumps(inside | record, ensure_ascii=False).encode(errors="replace")
        entry = _entry.decode(raw)
    return raw, entry


def _time(entry: _Entry) -> int:
    """Epoch milliseconds as GitHub writes them, or a copy's ISO time."""
    when = entry.timestamp if entry.timestamp is not None else entry.created_at
    return micros(int(when) if isinstance(when, str) and when.isdecimal() else when)


def _actor(entry: _Entry) -> _Who:
    """A login with brackets is an application's: nobody can choose such a name."""
    name = text(entry.actor)
    ident = name or text(entry.actor_id)
    if ident is None:
        return _Who(None, None, None)
    if ident.lower() in _PLATFORM:
        return _Who(ident, ident, "cloud_service")
    return _Who(ident, ident, "application" if flag(entry.actor_is_bot) or ident.endswith("[bot]") else "user")


def _credential(entry: _Entry) -> str | None:
    """The token that signed the call: a fine-grained token is known by its id, any other by its hash.

    Without a kind of access the person was in the browser, and a token in the record is what the event is about.
    """
    kind = text(entry.programmatic_access_type)
    if kind is None:
        return None
    ids = (text(entry.token_id), text(entry.hashed_token))
    return next(filter(None, ids if kind.lower().startswith("fine-grained") else reversed(ids)), None)


def _class(action: str) -> str:
    if action.startswith(_RISKS):
        return "risk"
    if action in _SIGN_INS:
        return "sign-in"
    return "data" if action.startswith(_DATA) else "management"


def _first(value: _Name) -> str | None:
    """A name; the first of several, as for a token that is used in more than one organization."""
    return next(filter(None, map(text, value)), None) if isinstance(value, list) else text(value)
