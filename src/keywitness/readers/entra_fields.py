"""The fields that Entra ID's records have, as far as a row needs them, and the one decoder for all of them."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from keywitness.readers.values import Scalar

INTERRUPTS: Final = frozenset(
    {
        "16000",  # choose an account
        "50058",  # not signed in yet
        "50072",  # enrol for a second factor
        "50074",  # a second factor is asked for; refusing it is 500121, a failure
        "50076",
        "50079",
        "50097",  # the device must authenticate
        "50125",  # register for, or finish, a password reset
        "50127",  # install the broker app
        "50129",  # join the device to the workplace
        "50140",  # "keep me signed in?"
        "50143",  # the session belongs to another tenant
        "50168",  # the browser's single sign-on token is fetched
        "50199",  # confirm the application
        "51006",  # sign in again: the session is too weak
        "65001",  # consent is asked for
        "70043",  # sign in again: the policy's sign-in frequency
    }
)
"""Error codes that are steps of a sign-in: what follows is its end. Microsoft's list of AADSTS codes says of some that
they are interrupts and of the others what the user is asked for:
https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""


class User(msgspec.Struct):
    id: str | None = None
    userPrincipalName: str | None = None
    displayName: str | None = None
    ipAddress: str | None = None


class App(msgspec.Struct):
    servicePrincipalId: str | None = None
    appId: str | None = None
    displayName: str | None = None


class Initiator(msgspec.Struct):
    user: User | None = None
    app: App | None = None


class Target(msgspec.Struct):
    id: str | None = None
    type: str | None = None


class Detail(msgspec.Struct):
    key: str | None = None
    value: Scalar = None


class Status(msgspec.Struct):
    errorCode: int | str | None = None
    failureReason: str | None = None


class Device(msgspec.Struct):
    deviceId: str | None = None
    displayName: str | None = None
    isCompliant: Scalar = None
    isManaged: Scalar = None
    trustType: Scalar = None


class Mfa(msgspec.Struct):
    authMethod: str | None = None


class Entry(msgspec.Struct):
    """The envelope's fields and those of every record inside: the same names never mean different things."""

    time: Scalar = None
    category: str | None = None
    operationName: str | None = None
    tenantId: Scalar | UnsetType = UNSET
    callerIpAddress: Scalar | UnsetType = UNSET
    resultType: Scalar = None
    resultDescription: Scalar = None
    properties: msgspec.Raw | UnsetType = UNSET
    id: str | None = None
    correlationId: str | None = None
    # directory audits
    activityDisplayName: str | None = None
    activityDateTime: Scalar = None
    loggedByService: str | None = None
    result: str | None = None
    resultReason: Scalar = None
    initiatedBy: msgspec.Raw = msgspec.Raw(b"null")
    targetResources: list[Target] | None = None
    additionalDetails: list[Detail] | Scalar = None
    # sign-ins
    createdDateTime: Scalar = None
    userId: str | None = None
    userPrincipalName: str | None = None
    userDisplayName: str | None = None
    appId: str | None = None
    appDisplayName: str | None = None
    servicePrincipalId: str | None = None
    servicePrincipalName: str | None = None
    servicePrincipalCredentialKeyId: str | None = None
    resourceId: str | None = None
    resourceServicePrincipalId: str | None = None
    ipAddress: str | None = None
    userAgent: Scalar = None
    status: Status | Scalar = None
    deviceDetail: Device | Scalar = None
    mfaDetail: Mfa | Scalar = None
    authenticationRequirement: str | None = None
    sessionId: str | None = None
    uniqueTokenIdentifier: str | None = None
    isInteractive: bool | None = None
    signInEventTypes: list[str] | None = None
    riskLevelDuringSignIn: str | None = None
    riskLevelAggregated: str | None = None
    # risk detections and risky principals
    riskEventType: str | None = None
    riskLevel: str | None = None
    riskState: str | None = None
    riskLastUpdatedDateTime: Scalar = None
    detectedDateTime: Scalar = None
    displayName: str | None = None


entry: Final = msgspec.json.Decoder(Entry)
"""Raises msgspec's error for bad JSON and for a field of another type."""
initiator: Final = msgspec.json.Decoder(Initiator)
