"""AWS CloudTrail records.

Identities repeat almost entirely within a file, so the decoded actor is
remembered by the bytes of ``userIdentity``.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.values import address, flag, micros, operation_key

Text = str | int | float | bool | None


class _Issuer(msgspec.Struct):
    arn: str | None = None
    userName: str | None = None


class _Attributes(msgspec.Struct):
    creationDate: str | None = None
    mfaAuthenticated: str | bool | None = None


class _Session(msgspec.Struct):
    sessionIssuer: _Issuer | None = None
    attributes: _Attributes | None = None
    sourceIdentity: str | None = None


class _Identity(msgspec.Struct):
    type: str | None = None
    principalId: str | None = None
    arn: str | None = None
    accountId: str | None = None
    accessKeyId: str | None = None
    userName: str | None = None
    invokedBy: str | None = None
    identityProvider: str | None = None
    sessionContext: _Session | None = None
    onBehalfOf: dict[str, Any] | None = None


class _Record(msgspec.Struct):
    eventTime: str | int | float | None = None
    eventSource: str | None = None
    eventName: str | None = None
    userIdentity: msgspec.Raw = msgspec.Raw(b"null")
    awsRegion: str | None = None
    sourceIPAddress: str | None = None
    userAgent: Text = None
    errorCode: Text = None
    eventID: str | None = None
    readOnly: str | bool | None = None
    managementEvent: str | bool | None = None
    eventCategory: str | None = None
    recipientAccountId: Text = None
    responseElements: msgspec.Raw = msgspec.Raw(b"null")
    additionalEventData: msgspec.Raw = msgspec.Raw(b"null")
    digestStartTime: str | None = None


class _Actor(NamedTuple):
    id: str | None
    name: str | None
    type: str | None
    session: str | None
    key: str | None
    account: str | None
    service: str | None
    mfa: bool | None


_record = msgspec.json.Decoder(_Record)
_identity = msgspec.json.Decoder(_Identity)
_any = msgspec.json.Decoder()
_SSO_ROLE: Final = "AWSReservedSSO_"
_PERSON: Final = re.compile(r"^[\w.+-]+@[\w.-]+$")
_KEPT_SERVICES: Final = frozenset({"iam.amazonaws.com", "signin.amazonaws.com", "sso.amazonaws.com"})
_TYPES: Final = {
    "IAMUser": "user",
    "AssumedRole": "role",
    "Role": "role",
    "Root": "root",
    "FederatedUser": "federated",
    "WebIdentityUser": "federated",
    "SAMLUser": "federated",
    "IdentityCenterUser": "user",
    "AWSService": "cloud_service",
    "AWSAccount": "federated",
}


def recognises(record: Mapping[str, Any]) -> bool:
    """A CloudTrail record names its event, the service and the time. Digest files lie in the same folders."""
    event = "eventSource" in record and "eventName" in record and ("eventTime" in record or "userIdentity" in record)
    copied = str(record.get("userIdentity"))[:1] == "{" and isinstance(record["userIdentity"], str)
    return (event and not copied) or "digestStartTime" in record


def row(raw: bytes, wanted: Wanted) -> Row:
    """One CloudTrail record as a row. Raises RecordError without time or event name."""
    record = _record.decode(raw)
    if record.digestStartTime:
        raise RecordError("a CloudTrail digest: it proves that log files are whole, and holds no events")
    if not record.eventName or not record.eventSource:
        raise RecordError("the record has no eventName or no eventSource")
    operation, service = _operation(record.eventSource, record.eventName)
    actor = _actor(bytes(record.userIdentity))
    ip, caller = _origin(record.sourceIPAddress, actor.service)
    outcome, error = _outcome(record)
    sign_in = record.eventName == "ConsoleLogin"
    read_only = flag(record.readOnly)
    keep = operation_key(operation) in wanted or (record.eventSource in _KEPT_SERVICES and read_only is not True)
    return Row(
        record.eventID,
        micros(record.eventTime),
        "aws",
        "cloudtrail",
        str(record.recipientAccountId or actor.account or "") or None,
        record.awsRegion,
        service,
        operation,
        "sign-in" if sign_in else _class(record),
        read_only,
        outcome,
        error,
        actor.id,
        actor.name,
        actor.type,
        actor.session,
        actor.key,
        ip,
        caller,
        None if record.userAgent is None else str(record.userAgent),
        None,
        None,
        _console_mfa(record) if sign_in else actor.mfa,
        None,
        None,
        raw if keep else None,
    )


READER: Final[Reader] = Reader("aws", recognises, row)


@lru_cache(maxsize=16_384)
def _operation(source: str, name: str) -> tuple[str, str]:
    service = source.removesuffix(".amazonaws.com")
    return f"{service}:{name}", service


def _class(record: _Record) -> str:
    return "data" if record.eventCategory == "Data" or flag(record.managementEvent) is False else "management"


def _outcome(record: _Record) -> tuple[str, str | None]:
    """Failure is an errorCode; sign-in events say it in responseElements instead."""
    if record.errorCode:
        return "failure", str(record.errorCode)
    if record.eventSource == "signin.amazonaws.com":
        said = _any.decode(record.responseElements)
        result = said.get(record.eventName) if isinstance(said, dict) else None
        if isinstance(result, str) and result.lower().startswith("fail"):
            return "failure", result
    return "success", None


def _console_mfa(record: _Record) -> bool | None:
    extra = _any.decode(record.additionalEventData)
    return flag(extra.get("MFAUsed")) if isinstance(extra, dict) else None


@lru_cache(maxsize=65_536)
def _origin(source: str | None, invoked_by: str | None) -> tuple[str | None, str | None]:
    """The address or else the cloud's own service: ``sourceIPAddress`` may be a service's host name."""
    ip = address(source)
    return (ip, None) if ip else (None, source or invoked_by)


@lru_cache(maxsize=65_536)
def _actor(raw: bytes) -> _Actor:
    found = _identity.decode(raw) if raw != b"null" else _Identity()
    session = found.sessionContext
    attributes = session.attributes if session else None
    ident, name = _name(found)
    temporary = attributes.creationDate if attributes else None
    return _Actor(
        ident,
        name,
        _TYPES.get(found.type or "", "user" if found.userName else "anonymous"),
        f"{found.principalId}@{temporary}" if temporary and found.principalId else None,
        found.accessKeyId or None,
        found.accountId,
        found.invokedBy if found.type in (None, "AWSService") else None,
        flag(attributes.mfaAuthenticated) if attributes else None,
    )


def _name(found: _Identity) -> tuple[str | None, str | None]:
    """The principal's stable id and the name people use.

    A role session is the role, plus the person where the session says who it is (Identity Center, a source identity,
    which a policy sets, or an e-mail as session name). Who assumes a role may have chosen the last, so that session is
    named after the role too. Any other session name rotates with each run and would make every run new.
    """
    account = found.accountId or ""
    user = None if found.userName in (None, "HIDDEN_DUE_TO_SECURITY_REASONS") else found.userName
    session = found.sessionContext
    issuer = session.sessionIssuer if session else None
    match found.type:
        case "AssumedRole":
            return _assumed(found, issuer, session.sourceIdentity if session else None)
        case "Root":
            return f"arn:aws:iam::{account}:root", f"root of {account}"
        case "AWSService" | None:
            return found.invokedBy or found.arn, found.invokedBy or user
        case "IdentityCenterUser":
            ident = str((found.onBehalfOf or {}).get("userId") or "") or user or found.principalId
            return ident, user or ident
        case "WebIdentityUser" | "SAMLUser":
            return f"{found.identityProvider or found.principalId}:{user or ''}", user or found.principalId
    arn = found.arn
    if user and account and found.type == "IAMUser":  # a user's name is unique in its account, whatever its path
        partition = (arn or "arn:aws").split(":")[1]
        arn = f"arn:{partition}:iam::{account}:user/{user}"
    return arn or found.principalId or user, user or (arn or "").rpartition("/")[2] or found.principalId or None


def _assumed(found: _Identity, issuer: _Issuer | None, source_identity: str | None) -> tuple[str | None, str | None]:
    parts = (found.arn or "").split("/")
    role = issuer.arn if issuer and issuer.arn else _role_arn(found.arn)
    name = (issuer.userName if issuer else None) or (parts[1] if len(parts) > 1 else role)
    session = parts[-1] if len(parts) > 2 else (found.principalId or "").partition(":")[2]
    vouched = source_identity or (session if _SSO_ROLE in (role or "") else None)
    if vouched:
        return f"{role}/{vouched}", vouched
    if _PERSON.match(session):
        return f"{role}/{session}", f"{name}/{session}"
    return role or found.principalId, f"{name}/{session}" if session else name


def _role_arn(session_arn: str | None) -> str | None:
    """The role's ARN from an assumed-role session's ARN (the path, if any, is not in it)."""
    if not session_arn or ":assumed-role/" not in session_arn:
        return session_arn
    head, _, tail = session_arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{tail.split('/')[0]}"
