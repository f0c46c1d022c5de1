"""Hostile changes that hide behind a ticket: somebody else's, one's own approval, or a stolen session's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from keywitness.simulate import aws
from keywitness.simulate.company import BUILDER, MAIN_ACCOUNT, address
from keywitness.simulate.hostile import KIT_AGENT, SCRIPT_AGENT
from keywitness.simulate.ids import aws_id, digits
from keywitness.simulate.ordinary import utc
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import LAB_USERS, OPERATOR, Cast
from keywitness.simulate.wide.upkeep import assume


def stolen_build_role(stage: Stage, cast: Cast) -> None:
    """The build role's session, used from elsewhere with another client, under the pipeline's standing change."""
    when = utc(cast.day(), stage.rng.uniform(7.8, 17))
    key = aws_id(stage.rng, "ASIA")
    who = aws.role(stage, *BUILDER, when, cast.abroad(), stage.rng.choice((KIT_AGENT, SCRIPT_AGENT)), key, MAIN_ACCOUNT)
    event = aws.import_key_pair(stage, who, when, f"deploy-{digits(stage.rng, 4)}")
    stage.expect(event, "escalate", "h-stolen-build-role", change_request="yes", unusual_location="yes")


def borrowed_name(stage: Stage, cast: Cast) -> None:
    """A developer names a role session after the admin who has a ticket."""
    holder, person = cast.person("platform admin"), cast.person("developer")
    when, ip = cast.at_work(person)
    stage.around(stage.rng.choice((holder.name, holder.email)), "CreateAccessKey", LAB_USERS[1], when)
    name = stage.rng.choice((holder.email, holder.name))
    own = aws.user(stage, person.name, when, ip)
    session = assume(stage, own, OPERATOR, name, when - timedelta(minutes=stage.rng.randint(1, 30)))
    event, _ = aws.create_key(stage, session, when, LAB_USERS[1])
    stage.expect(event, "escalate", "h-borrowed-name", change_request="no", intel="no")


def self_approved(stage: Stage, cast: Cast) -> None:
    """The ticket is perfect, but for its approver, who is its requester."""
    person, target = cast.person("platform admin"), cast.service()
    when, ip = cast.at_work(person)
    row = stage.around(person.name, "CreateAccessKey", target, when)
    stage.tickets[-1] = replace(row, approver=stage.rng.choice((person.name, person.email)))
    event, _ = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, target)
    stage.expect(event, "escalate", "h-self-approved", change_request="no", off_hours="no", intel="no")


def namesake(stage: Stage, cast: Cast) -> None:
    """The ticket is for another person of the same first name."""
    person, target = cast.person("analyst"), cast.service()
    given = person.name.partition(".")[0]
    others = [p for p in stage.company.people.values() if p.name.startswith(f"{given}.") and p is not person]
    holder = stage.rng.choice(others) if others else cast.person("platform admin")
    when, ip = cast.at_work(person)
    said = (holder.name, holder.email, given)
    stage.around(stage.rng.choice(said), "CreateAccessKey", target, when)
    event, _ = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, target)
    answers = {"off_hours": "no", "atypical_actor": "yes", "intel": "no"}
    stage.expect(event, "escalate", "h-namesake", change_request="no", **answers)


def during_the_journey(stage: Stage, cast: Cast) -> None:
    """An admin travels and has a ticket; the key is made from a third country, where the admin is not."""
    person, target, day = cast.person("platform admin"), cast.service(), cast.day()
    hotel = address(stage.rng, "tokyo-hotel")
    cast.stay(person, day - timedelta(days=2), 5, hotel, 9)
    when = stage.local(day, stage.rng.uniform(10.5, 16), person)
    stage.around(person.name, "CreateAccessKey", target, when)
    aws.call(
        stage, aws.user(stage, person.name, when, hotel), when - timedelta(minutes=50), "sts", "GetCallerIdentity", {}
    )
    hosts = ("polder", "bosporus", "karoo", "brazil")
    ip = address(stage.rng, stage.rng.choice(hosts))
    event, _ = aws.create_key(stage, aws.user(stage, person.name, when, ip, agent=KIT_AGENT), when, target)
    answers = {"change_request": "yes", "unusual_location": "yes", "intel": "no"}
    stage.expect(event, "escalate", "h-during-the-journey", **answers)


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    stolen_build_role,
    borrowed_name,
    self_approved,
    namesake,
    during_the_journey,
)
