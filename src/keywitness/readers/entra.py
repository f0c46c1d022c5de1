"""Entra ID: audit logs, sign-ins of users and workloads, risk detections and risky principals.

Two shapes: what Microsoft Graph returns, and the same object as ``properties``
of an Azure Monitor record. Kept records have the Graph shape in both cases,
with what only the envelope knows (``tenantId``, ``callerIpAddress``) added.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UnsetType

from keywitness.errors import RecordError
from keywitness.readers import Reader, Row, Wanted
from keywitness.readers.devices import device_state
from keywitness.readers.entra_fields import INTERRUPTS, Device, Entry, Initiator, Mfa, Status, Target, entry, initiator
from keywitness.readers.values import Scalar, address, as_object, micros, operation_key, operation_name, text, unquoted


class _Actor(NamedTuple):
    id: str | None
    name: str | None
    type: str | None
    ip: str | None = None


_CATEGORIES: Final = {
    "auditlogs": "audit",
    "signinlogs": "signin",
    "adfssigninlogs": "signin",
    "noninteractiveusersigninlogs": "noninteractive-signin",
    "serviceprincipalsigninlogs": "sp-signin",
    "managedidentitysigninlogs": "mi-signin",
    "userriskevents": "risk",
    "serviceprincipalriskevents": "risk",
    "riskyusers": "risk",
    "riskyserviceprincipals": "risk",
}
_EVENT_TYPES: Final = {
    "interactiveUser": "signin",
    "nonInteractiveUser": "noninteractive-signin",
    "servicePrincipal": "sp-signin",
    "managedIdentity": "mi-signin",
}
_NOTHING: Final = (None, None, None, None, None, None, None)
"""A risk has no calling service, user agent, device or state of one, second factor, target or call."""
_NO_RISK: Final = frozenset({None, "", "none", "hidden"})
_TARGET_TYPES: Final = ("Application", "ServicePrincipal", "User")
_PLATFORM: Final = frozenset(
    {
        "Azure AD PIM",
        "Azure MFA StrongAuthenticationService",
        "Device Registration Service",
        "MS-PIM",
        "Managed Service Identity",
        "Microsoft Managed Policy Manager",
        "Microsoft Substrate Management",
        "Microsoft.Azure.SyncFabric",
    }
)
"""Microsoft's own applications that write to every directory; their ``appId`` is often null in the log."""


def recognises(record: Mapping[str, Any]) -> bool:
    """An Azure Monitor record of one of Entra's categories, or an object with Graph's field names."""
    category = record.get("category")
    if isinstance(category, str) and category.lower() in _CATEGORIES:
        return True
    inner = as_object(record["properties"]) if "properties" in record else record
    return bool(
        "activityDisplayName" in inner
        or ("riskEventType" in inner and ("detectedDateTime" in inner or "activityDateTime" in inner))
        or ("riskLastUpdatedDateTime" in inner and "riskLevel" in inner)
        or ("createdDateTime" in inner and "ipAddress" in inner and ("appId" in inner or "appDisplayName" in inner))
    )


def row(raw: bytes, wanted: Wanted) -> Row:
    """One record as a row. Raises RecordError when it is none of Entra's, or has no time."""
    outer = inner = entry.decode(raw)
    if not isinstance(outer.properties, UnsetType):
        raw = unquoted(bytes(outer.properties))
        inner = entry.decode(raw)
    log = _log(outer, inner)
    if log == "audit":
        return _audit(outer, inner, raw)
    if log == "risk":
        return _risk(outer, inner, raw)
    return _sign_in(outer, inner, log, raw, wanted)


READER: Final[Reader] = Reader("entra", recognises, row)


def _log(outer: Entry, inner: Entry) -> str:
    """Which of Entra's logs: by the envelope's category, else by the fields that only one of them has."""
    known = _CATEGORIES.get(outer.category.lower()) if outer.category and outer is not inner else None
    if known:
        return known
    if inner.activityDisplayName:
        return "audit"
    if inner.riskEventType or inner.riskLastUpdatedDateTime:
        return "risk"
    if inner.createdDateTime and inner.ipAddress is not None and (inner.appId or inner.appDisplayName):
        kinds = [_EVENT_TYPES[t] for t in inner.signInEventTypes or () if t in _EVENT_TYPES]
        if kinds:
            return kinds[0]
        if inner.servicePrincipalId and not inner.userId:
            return "sp-signin"
        return "noninteractive-signin" if inner.isInteractive is False else "signin"
    raise RecordError("not a record of an Entra ID log")


def _audit(outer: Entry, inner: Entry, raw: bytes) -> Row:
    actor = _actor(bytes(inner.initiatedBy))
    name = inner.activityDisplayName or outer.operationName
    if not name:
        raise RecordError("the record has no activityDisplayName")
    outcome = {"success": "success", "failure": "failure"}.get((inner.result or "").lower(), "unknown")
    return Row(
        inner.id,
        micros(inner.activityDateTime or outer.time),
        "entra",
        "audit",
        _tenant(outer, inner),
        None,
        inner.loggedByService,
        operation_name(name),
        "management",
        False,
        outcome,
        text(inner.resultReason) or "failure" if outcome == "failure" else None,
        actor.id,
        actor.name,
        actor.type,
        inner.correlationId or outer.correlationId,
        None,
        address(actor.ip) or address(_caller(outer)),
        actor.name if actor.type == "cloud_service" else None,
        _user_agent(inner),
        None,
        None,
        None,
        _target(inner.targetResources),
        None,
        _kept(raw, outer, inner),
    )


def _sign_in(outer: Entry, inner: Entry, log: str, raw: bytes, wanted: Wanted) -> Row:
    outcome, error = _sign_in_outcome(outer, inner)
    actor = _signer(inner)
    device = inner.deviceDetail if isinstance(inner.deviceDetail, Device) else Device()
    risky = inner.riskLevelDuringSignIn not in _NO_RISK or inner.riskLevelAggregated not in _NO_RISK
    return Row(
        inner.id,
        micros(inner.createdDateTime or outer.time),
        "entra",
        log,
        _tenant(outer, inner),
        None,
        inner.appDisplayName,
        "Sign-in",
        "sign-in",
        False,
        outcome,
        error,
        actor.id,
        actor.name,
        actor.type,
        inner.sessionId or inner.uniqueTokenIdentifier or None,
        inner.servicePrincipalCredentialKeyId or None,
        address(inner.ipAddress) or address(_caller(outer)),
        None,
        text(inner.userAgent),
        device.deviceId or device.displayName or None,
        device_state(device.isCompliant, device.isManaged, device.trustType, bool(device.deviceId)),
        _mfa(inner, outcome),
        inner.resourceServicePrincipalId or inner.resourceId or None,
        None,
        _kept(raw, outer, inner) if risky or operation_key("Sign-in") in wanted else None,
    )


def _risk(outer: Entry, inner: Entry, raw: bytes) -> Row:
    """A detection, or the state of a principal at risk, whose id is the principal's and no event's."""
    detection = inner.riskEventType is not None
    return Row(
        inner.id if detection else None,
        micros(inner.activityDateTime or inner.riskLastUpdatedDateTime or inner.detectedDateTime or outer.time),
        "entra",
        "risk",
        _tenant(outer, inner),
        None,
        "Identity Protection",
        f"Risk detection: {inner.riskEventType}" if detection else f"Risk state: {inner.riskState}",
        "risk",
        False,
        "success",
        None,
        *_signer(inner)[:3],
        None,
        None,
        address(inner.ipAddress),
        *_NOTHING,
        _kept(raw, outer, inner),
    )


@lru_cache(maxsize=65_536)
def _actor(raw: bytes) -> _Actor:
    """Who initiated a change: exactly one of user and app; an app may have nothing but a name."""
    found = (initiator.decode(raw) if raw != b"null" else None) or Initiator()
    user, app = found.user, found.app
    if user and (user.id or user.userPrincipalName):
        return _Actor(
            user.id or user.userPrincipalName, user.userPrincipalName or user.displayName, "user", user.ipAddress
        )
    if app and (ident := app.servicePrincipalId or app.appId or app.displayName):
        kind = "cloud_service" if app.displayName in _PLATFORM else "service_principal"
        return _Actor(ident, app.displayName or ident, kind)
    return _Actor(None, user.displayName if user else None, None, user.ipAddress if user else None)


def _signer(inner: Entry) -> _Actor:
    """Who signed in or is at risk: the user, else the service principal; of a risky principal the id is ``id``."""
    risky = inner.id if inner.riskLastUpdatedDateTime and not inner.riskEventType else None
    if inner.userId or inner.userPrincipalName:
        name = inner.userPrincipalName or inner.userDisplayName or inner.userId
        return _Actor(inner.userId or risky or inner.userPrincipalName, name, "user")
    ident = inner.servicePrincipalId or risky or inner.appId
    name = inner.servicePrincipalName or inner.displayName or inner.appDisplayName or ident
    return _Actor(ident, name, "service_principal" if ident else None)


def _sign_in_outcome(outer: Entry, inner: Entry) -> tuple[str, str | None]:
    """An interrupted sign-in is neither: most succeed a moment later, and a burst of them is no password guessing."""
    status = inner.status if isinstance(inner.status, Status) else Status()
    code = status.errorCode if status.errorCode is not None else outer.resultType
    if code is None:
        return "unknown", None
    if str(code) == "0":
        return "success", None
    outcome = "unknown" if str(code) in INTERRUPTS else "failure"
    return outcome, f"{code}: {status.failureReason or text(outer.resultDescription) or 'no reason given'}"


def _mfa(inner: Entry, outcome: str) -> bool | None:
    """Whether a second factor was given: asked for and signed in, or named; one factor was enough is False."""
    if isinstance(inner.mfaDetail, Mfa) and inner.mfaDetail.authMethod:
        return True
    if inner.authenticationRequirement == "multiFactorAuthentication":
        return True if outcome == "success" else None
    return False if inner.authenticationRequirement == "singleFactorAuthentication" else None


def _target(targets: list[Target] | None) -> str | None:
    """The first target that is a principal, else the first with an id."""
    found = [t for t in targets or () if t.id]
    return next((t.id for t in found if t.type in _TARGET_TYPES), found[0].id if found else None)


def _user_agent(inner: Entry) -> str | None:
    details = inner.additionalDetails if isinstance(inner.additionalDetails, list) else ()
    return next((text(d.value) for d in details if d.key == "User-Agent"), None)


def _tenant(outer: Entry, inner: Entry) -> str | None:
    return _present(outer.tenantId) or _present(inner.tenantId)


def _caller(outer: Entry) -> str | None:
    return _present(outer.callerIpAddress)


def _present(value: Scalar | UnsetType) -> str | None:
    return None if isinstance(value, UnsetType) else text(value)


def _kept(raw: bytes, outer: Entry, inner: Entry) -> bytes:
    """The Graph object, with what only the envelope says; a key that the object has is left alone."""
    if outer is inner:
        return raw
    missing = {
        key: value
        for key, value, own in (
            ("tenantId", _present(outer.tenantId), inner.tenantId),
            ("callerIpAddress", _caller(outer), inner.callerIpAddress),
        )
        if value and isinstance(own, UnsetType)
    }
    if not missing:
        return raw
    body = raw.lstrip()[1:].lstrip()
    return (
        msgspec.json.encode(missing)[:-1] + (b"}" if body[:1] == b"}" else b",") + (b"" if body[:1] == b"}" else body)
    )
