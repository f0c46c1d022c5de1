"""Okta System Log events, as a log stream or the API delivers them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from keywitness.simulate.company import EDGE, Person, locate
from keywitness.simulate.ids import guid, suffix
from keywitness.simulate.stage import Record, Stage


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, from where, with which browser."""

    person: Person
    ip: str
    agent: str = EDGE


def user_id(person: Person) -> str:
    """The same person has the same id in every run of a company."""
    return f"00u{person.object_id.replace('-', '')[:17]}"


def as_target(person: Person) -> Record:
    return {"id": user_id(person), "type": "User", "alternateId": person.email, "displayName": person.name.title()}


def event(stage: Stage, who: Caller, when: datetime, kind: str, targets: list[Record], *, reason: str = "") -> str:
    """Log one event; with a ``reason`` it failed. Returns its uuid."""
    network = locate(who.ip)
    geography = {"city": network.city, "country": network.country}
    record = {
        "uuid": guid(stage.rng),
        "published": f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{stage.rng.randrange(1000):03d}Z",
        "eventType": kind,
        "version": "0",
        "severity": "WARN" if reason else "INFO",
        "actor": as_target(who.person),
        "client": {
            "userAgent": {"rawUserAgent": who.agent, "os": "Unknown", "browser": "UNKNOWN"},
            "ipAddress": who.ip,
            "geographicalContext": geography,
            "zone": "null",
            "device": "Computer",
        },
        "outcome": {"result": "FAILURE", "reason": reason} if reason else {"result": "SUCCESS"},
        "target": targets,
        "authenticationContext": {"externalSessionId": f"idx{suffix(stage.rng, 20)}"},
        "debugContext": {"debugData": {"requestUri": "/api/v1"}},
        "transaction": {"id": suffix(stage.rng, 24), "type": "WEB", "detail": {}},
    }
    return str(stage.log("okta", record)["uuid"])


def sign_in(stage: Stage, who: Caller, when: datetime) -> str:
    return event(stage, who, when, "user.session.start", [as_target(who.person)])


def create_token(stage: Stage, who: Caller, when: datetime, name: str) -> str:
    """An API token of the caller's own."""
    token = {"id": f"00T{suffix(stage.rng, 17)}", "type": "Token", "alternateId": "unknown", "displayName": name}
    return event(stage, who, when, "system.api_token.create", [token])
