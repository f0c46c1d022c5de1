"""Events of GitHub's organisation audit log, as streaming delivers them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from keywitness.simulate.company import EDGE, Person, locate
from keywitness.simulate.ids import digits, hex_id, suffix
from keywitness.simulate.stage import Stage

ORGANISATION: Final = "alderfinch"
REPOSITORIES: Final = tuple(
    f"{ORGANISATION}/{name}" for name in ("shop", "ledger", "routes", "labels", "infra", "data")
)
GIT: Final = "git/2.46.0"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, from where, with which client."""

    person: Person
    ip: str
    agent: str = EDGE


def login(person: Person) -> str:
    return person.name.replace(".", "-")


def event(stage: Stage, who: Caller, when: datetime, action: str, **fields: Any) -> str:
    """Log one event. Returns its document id."""
    at = int(when.timestamp() * 1000) + stage.rng.randrange(1000)
    record = {
        "@timestamp": at,
        "_document_id": suffix(stage.rng, 22),
        "action": action,
        "actor": login(who.person),
        "actor_id": int(who.person.object_id[:7], 16),
        "actor_ip": who.ip,
        "actor_location": {"country_code": locate(who.ip).country},
        "created_at": at,
        "org": ORGANISATION,
        "org_id": 4120071,
        "user_agent": who.agent,
        **fields,
    }
    return str(stage.log("github", record)["_document_id"])


def push(stage: Stage, who: Caller, when: datetime, repository: str) -> str:
    return event(stage, who, when, "git.push", repo=repository, transport_protocol_name="ssh")


def deploy_key(stage: Stage, who: Caller, when: datetime, repository: str, title: str) -> str:
    """A key for one repository, with the right to write."""
    key = {"fingerprint": f"SHA256:{hex_id(stage.rng, 43)}", "key_id": digits(stage.rng, 8), "title": title}
    return event(
        stage, who, when, "public_key.create", repo=repository, operation_type="create", read_only="false", **key
    )
