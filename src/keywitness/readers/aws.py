"""AWS CloudTrail records.

Fields repeat almost entirely within a file, so a row is declared in parts that
are made once for each combination of values (see :mod:`keywitness.readers.parts`).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Reader, Wanted
from keywitness.readers.parts import WANTED, Part, Parts
from keywitness.readers.values import address, flag, operation_key

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
    userIdentity: _Identity | None = None
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


_any = msgspec.json.Decoder()
_CONSOLE: Final = "ConsoleLogin"
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


def _operation(digest: str | None, source: str | None, name: str | None) -> tuple[str, str]:
    if digest:
        raise RecordError("a CloudTrail digest: it proves that log files are whole, and holds no events")
    if not name or not source:
        raise RecordError("the record has no eventName or no eventSource")
    service = source.removesuffix(".amazonaws.com")
    return f"{service}:{name}", service


def _read_only(value: str | bool | None) -> tuple[bool | None]:
    return (flag(value),)


def _keep(operation: str, source: str, read_only: bool | None, wanted: Wanted) -> tuple[bool]:
    return (operation_key(operation) in wanted or (source in _KEPT_SERVICES and read_only is not True),)


def _class(name: str, category: str | None, management: str | bool | None) -> tuple[str]:
    if name == _CONSOLE:
        return ("sign-in",)
    return ("data" if category == "Data" or flag(management) is False else "management",)


def _outcome(error: Text, source: str, name: str, response: Callable[[], msgspec.Raw]) -> tuple[str, str | None]:
    """Failure is an errorCode; sign-in events say it in responseElements instead."""
    if error:
        return "failure", str(error)
    if source == "signin.amazonaws.com":
        said = _any.decode(response())
        result = said.get(name) if isinstance(said, dict) else None
        if isinstance(result, str) and result.lower().startswith("fail"):
            return "failure", result
    return "success", None


def _mfa(name: str, authenticated: str | bool | None, extra: Callable[[], msgspec.Raw]) -> tuple[bool | None]:
    if name != _CONSOLE:
        return (flag(authenticated),)
    said = _any.decode(extra())
    return (flag(said.get("MFAUsed")) if isinstance(said, dict) else None,)


def _tenant(recipient: Text, account: str | None) -> tuple[str | None]:
    return (str(recipient or account or "") or None,)


def _caller(kind: str | None, invoked_by: str | None) -> tuple[str | None]:
    return (invoked_by if kind in (None, "AWSService") else None,)


def _origin(source: str | None, invoked_by: str | None) -> tuple[str | None, str | None]:
    """The address or else the cloud's own service: ``sourceIPAddress`` may be a service's host name."""
    ip = address(source)
    return (ip, None) if ip else (None, source or invoked_by)


def _user_agent(value: Text) -> tuple[str | None]:
    return (None if value is None else str(value),)


def _same(value: str | None) -> tuple[str | None]:
    return (value,)


def _key(value: str | None) -> tuple[str | None]:
    return (value or None,)


def _type(kind: str | None, user: str | None) -> tuple[str]:
    return (_TYPES.get(kind or "", "user" if user else "anonymous"),)


def _session(principal: str | None, created: str | None) -> tuple[str | None]:
    return (f"{principal}@{created}" if created and principal else None,)


def _name(
    kind: str | None,
    principal: str | None,
    arn: str | None,
    account: str | None,
    user: str | None,
    invoked_by: str | None,
    provider: str | None,
    issuer: str | None,
    issuer_name: str | None,
    source_identity: str | None,
    on_behalf_of: dict[str, Any] | None,
) -> tuple[str | None, str | None]:
    """The principal's stable id and the name people use.

    A role session is the role, plus the person where the session says who it is (Identity Center, a source identity,
    which a policy sets, or an e-mail as session name). Who assumes a role may have chosen the last, so that session is
    named after the role too. Any other session name rotates with each run and would make every run new.
    """
    user = None if user in (None, "HIDDEN_DUE_TO_SECURITY_REASONS") else user
    match kind:
        case "AssumedRole":
            return _assumed(principal, arn, issuer, issuer_name, source_identity)
        case "Root":
            return f"arn:aws:iam::{account or ''}:root", f"root of {account or ''}"
        case "AWSService" | None:
            return invoked_by or arn, invoked_by or user
        case "IdentityCenterUser":
            ident = str((on_behalf_of or {}).get("userId") or "") or user or principal
            return ident, user or ident
        case "WebIdentityUser" | "SAMLUser":
            return f"{provider or principal}:{user or ''}", user or principal
    if user and account and kind == "IAMUser":  # a user's name is unique in its account, whatever its path
        partition = [*(arn or "").split(":"), "aws"][1]
        arn = f"arn:{partition}:iam::{account}:user/{user}"
    return arn or principal or user, user or (arn or "").rpartition("/")[2] or principal or None


def _assumed(
    principal: str | None, arn: str | None, issuer: str | None, issuer_name: str | None, source_identity: str | None
) -> tuple[str | None, str | None]:
    parts = (arn or "").split("/")
    role = issuer or _role_arn(arn)
    name = issuer_name or (parts[1] if len(parts) > 1 else role)
    session = parts[-1] if len(parts) > 2 else (principal or "").partition(":")[2]
    vouched = source_identity or (session if _SSO_ROLE in (role or "") else None)
    if vouched:
        return f"{role}/{vouched}", vouched
    if _PERSON.match(session):
        return f"{role}/{session}", f"{name}/{session}"
    return role or principal, f"{name}/{session}" if session else name


def _role_arn(session_arn: str | None) -> str | None:
    """The role's ARN from an assumed-role session's ARN (the path, if any, is not in it)."""
    if not session_arn or ":assumed-role/" not in session_arn:
        return session_arn
    head, _, tail = session_arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{tail.split('/')[0]}"


_BY: Final = "userIdentity"
_SESSION: Final = f"{_BY}.sessionContext"
PARTS: Final = Parts(
    record=_Record,
    id=("eventID",),
    time=("eventTime",),
    constants={"provider": "aws", "log": "cloudtrail"},
    parts=(
        Part(("operation", "service"), ("digestStartTime", "eventSource", "eventName"), _operation),
        Part(("read_only",), ("readOnly",), _read_only),
        Part(("keep",), ("operation", "eventSource", "read_only", WANTED), _keep),
        Part(("class_",), ("eventName", "eventCategory", "managementEvent"), _class),
        Part(("outcome", "error"), ("errorCode", "eventSource", "eventName"), _outcome, ("responseElements",)),
        Part(("mfa",), ("eventName", f"{_SESSION}.attributes.mfaAuthenticated"), _mfa, ("additionalEventData",)),
        Part(("tenant",), ("recipientAccountId", f"{_BY}.accountId"), _tenant),
        Part(("region",), ("awsRegion",), _same),
        Part(("user_agent",), ("userAgent",), _user_agent),
        Part(("credential_used",), (f"{_BY}.accessKeyId",), _key),
        Part(("_caller",), (f"{_BY}.type", f"{_BY}.invokedBy"), _caller),
        Part(("source_ip", "source_service"), ("sourceIPAddress", "_caller"), _origin),
        Part(("actor_type",), (f"{_BY}.type", f"{_BY}.userName"), _type),
        Part(("session_id",), (f"{_BY}.principalId", f"{_SESSION}.attributes.creationDate"), _session),
        Part(
            ("actor_id", "actor_name"),
            (
                *(f"{_BY}.{name}" for name in ("type", "principalId", "arn", "accountId", "userName", "invokedBy")),
                *(f"{_BY}.identityProvider", f"{_SESSION}.sessionIssuer.arn", f"{_SESSION}.sessionIssuer.userName"),
                *(f"{_SESSION}.sourceIdentity", f"{_BY}.onBehalfOf"),
            ),
            _name,
        ),
    ),
)
READER: Final[Reader] = Reader("aws", recognises, PARTS.row, PARTS)
