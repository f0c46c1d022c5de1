"""The sentence that comes first: who did what to whom, when, from where, and whether it has been used."""

from collections.abc import Mapping
from datetime import UTC
from typing import Final

from keywitness.context.calendar import Moment
from keywitness.context.geo import Place
from keywitness.model import Answer, CredentialChange
from keywitness.questions.unusual_location import describe
from keywitness.words import named

_DONE: Final[Mapping[str, str]] = {
    "created": "created",
    "uploaded": "uploaded",
    "enabled": "enabled",
    "reset": "reset",
    "exposed": "read out",
    "issued": "obtained",
    "rotated": "replaced",
}
_TRIED: Final[Mapping[str, str]] = {
    "created": "create",
    "uploaded": "upload",
    "enabled": "enable",
    "reset": "reset",
    "exposed": "read out",
    "issued": "get",
    "rotated": "replace",
}


_ZONES: Final[Mapping[str, str]] = {
    "identity": "local time",
    "inferred": "local time, as far as the actor's usual hours tell its zone",
}


def sentence(change: CredentialChange, moment: Moment, place: Place | None, used: Answer) -> str:
    """One or two sentences, complete without anything else on the screen."""
    whom = "for itself" if change.is_self else f"for {change.target.label()}"
    what = named(change.credential_type) + (f" ({', '.join(change.credential_ids)})" if change.credential_ids else "")
    if change.outcome == "success":
        act = f"{_DONE[change.change]} {what} {whom}"
    elif change.outcome == "failure":
        act = f"tried and failed ({change.error or 'error not logged'}) to {_TRIED[change.change]} {what} {whom}"
    else:
        act = f"started to {_TRIED[change.change]} {what} {whom} (no result is in the logs)"
    where = _from(change, place)
    told = f"{change.actor.label()} {act} on {_when(change, moment)}, from {where}."
    return told if change.outcome == "failure" else f"{told} {_used(used)}"


def _when(change: CredentialChange, moment: Moment) -> str:
    utc = change.time.astimezone(UTC)
    if moment.zone_from == "UTC":
        return f"{utc:%a %Y-%m-%d %H:%M:%S} UTC"
    local = moment.local
    day = "" if local.date() == utc.date() else f"{utc:%Y-%m-%d} "
    zone = _ZONES.get(moment.zone_from, f"local time, {moment.zone_from}'s zone")
    return f"{local:%a %Y-%m-%d %H:%M:%S} {zone} ({day}{utc:%H:%M:%S} UTC)"


def _from(change: CredentialChange, place: Place | None) -> str:
    if change.source_ip is None:
        return (
            f"the cloud service {change.source_service}" if change.source_service else "an address that is not logged"
        )
    return f"{change.source_ip} in {describe(place)}" if place else change.source_ip


def _used(used: Answer) -> str:
    if used.answer == "yes":
        return f"It has been used: {used.because}."
    if used.answer == "no":
        return f"It has not been used: {used.because}."
    return f"Whether it has been used is unknown: {used.because}."
