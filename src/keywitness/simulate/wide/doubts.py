"""What a careful analyst neither closes nor escalates, kinds ``r-``: tickets that nearly fit, a session unbegun.

With them the ordinary and the hostile that look much alike: a password of one's own, and a ticket approved too late.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from keywitness.simulate import aws, okta
from keywitness.simulate.company import EDGE, LAB_ACCOUNT
from keywitness.simulate.ids import aws_id
from keywitness.simulate.intruders import FIREFOX
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import LAB_USERS, OPERATOR, Cast

OWN_PASSWORD: Final = "user.account.update_password"


def session_without_a_start(stage: Stage, cast: Cast) -> None:
    """A session in the lab bears an admin's address, and no log has its beginning; the ticket names the admin."""
    person, target = cast.person("platform admin"), LAB_USERS[1]
    when, ip = cast.at_work(person)
    stage.around(person.email, "CreateAccessKey", target, when)
    key = aws_id(stage.rng, "ASIA")
    who = aws.role(stage, OPERATOR, person.email, when - timedelta(minutes=9), ip, EDGE, key, LAB_ACCOUNT)
    event, _ = aws.create_key(stage, who, when, target)
    stage.expect(event, "review", "r-session-without-start", change_request="unknown", intel="no")


def patchy_tickets(stage: Stage, cast: Cast) -> None:
    """Approved changes whose tickets people wrote in haste; and one that was approved only when it was done."""
    for kind, expect, said in (
        ("r-other-spelling", "review", "unknown"),
        ("r-text-alone", "review", "unknown"),
        ("r-no-end", "review", "unknown"),
        ("h-approved-late", "escalate", "no"),
    ):
        person, target = cast.person("platform admin"), cast.service()
        when, ip = cast.at_work(person)
        row = stage.around(person.name, "CreateAccessKey", target, when)
        stage.tickets[-1] = {
            "r-other-spelling": replace(row, target=target.replace("-", "_")),
            "r-text-alone": replace(row, target="", summary=f"new access key for {target}, please"),
            "r-no-end": replace(row, end=None),
            "h-approved-late": replace(row, approved_at=when + timedelta(minutes=stage.rng.randint(20, 400))),
        }[kind]
        event, key = aws.create_key(stage, aws.user(stage, person.name, when, ip), when, target)
        stage.adopt(target, key, when + timedelta(hours=1))
        stage.expect(event, expect, kind, change_request=said, off_hours="no", intel="no")


def own_password(stage: Stage, cast: Cast) -> None:
    """Passwords that people renew for themselves, without a ticket; one of them is renewed from abroad at night."""
    person, day = cast.person("developer"), cast.day()
    when, ip = cast.at_work(person, day)
    event = okta.event(stage, okta.Caller(person, ip), when, OWN_PASSWORD, [okta.as_target(person)])
    stage.expect(event, "close", "o-own-password", change_request="no", off_hours="no", intel="no")
    victim, day = cast.person("developer"), cast.day()
    thief, when = okta.Caller(victim, cast.abroad(), FIREFOX), cast.night(victim, day)
    event = okta.event(stage, thief, when, OWN_PASSWORD, [okta.as_target(victim)])
    stage.expect(event, "escalate", "h-own-password-abroad", change_request="no", unusual_location="yes")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (session_without_a_start, patchy_tickets, own_password)
