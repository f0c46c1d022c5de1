"""Ordinary changes outside AWS: the help desk, self-service, and tokens and keys under their tickets."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from keywitness.simulate import entra, github, m365, okta
from keywitness.simulate.company import DOMAIN
from keywitness.simulate.ids import guid
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import Cast

EVERYBODY: Final = f"*@{DOMAIN}"
SELF_SERVICE: Final = "Reset password (self-service)"


def helpdesk_resets(stage: Stage, cast: Cast) -> None:
    """Passwords that people forgot, set anew under the help desk's standing change; some exported a second time."""
    desk = [cast.person("helpdesk") for _ in range(2)]
    for person in desk:
        stage.standing(person.email, "reset user password", EVERYBODY)
    callers = stage.rng.sample(list(stage.company.people.values()), stage.rng.randint(4, 8))
    for caller in callers:
        person, day = stage.rng.choice(desk), cast.day(15, 43)
        when, ip = cast.at_work(person, day)
        by = entra.by_user(person, ip)
        events = [entra.user_audit(stage, when, "Reset user password", by, ip, caller)]
        if stage.rng.random() < 0.5:
            events.append(m365.password_reset(stage, person, when + timedelta(seconds=1), ip, caller))
        for event in events:
            stage.expect(event, "close", "o-helpdesk-reset", change_request="yes", off_hours="no", intel="no")


def self_reset(stage: Stage, cast: Cast) -> None:
    """Self-service password resets, which a standing change allows everybody."""
    stage.standing(EVERYBODY, SELF_SERVICE, EVERYBODY)
    free = [
        p for people in cast.people.values() for p in people if p.role in ("analyst", "data engineer", "consultant")
    ]
    for person in stage.rng.sample(free, min(len(free), stage.rng.randint(2, 4))):
        when, ip = cast.at_work(person)
        by = entra.by_user(person, ip)
        event = entra.user_audit(stage, when, SELF_SERVICE, by, ip, person, "Successfully completed reset.")
        stage.expect(event, "close", "o-self-service-reset", change_request="yes", off_hours="no", intel="no")


def deploy_key(stage: Stage, cast: Cast) -> None:
    person, repository = cast.person("developer"), stage.rng.choice(github.REPOSITORIES)
    when, ip = cast.at_work(person)
    stage.around(person.name, "deploy key", repository, when)
    event = github.deploy_key(stage, github.Caller(person, ip), when, repository, "release")
    stage.expect(event, "close", "o-deploy-key", change_request="yes", off_hours="no", intel="no")


def okta_token(stage: Stage, cast: Cast) -> None:
    person = cast.person("identity admin")
    when, ip = cast.at_work(person)
    stage.around(person.email, "API token", person.email, when)
    event = okta.create_token(stage, okta.Caller(person, ip), when, "directory-sync")
    stage.expect(event, "close", "o-okta-token", change_request="yes", off_hours="no", intel="no")


def secret_in_two_logs(stage: Stage, cast: Cast) -> None:
    """One new application secret, which Entra's audit log and Microsoft 365's both export, under one ticket for one."""
    person, app = cast.person("identity admin"), cast.application()
    when, ip = cast.at_work(person)
    stage.around(person.email, "application secret", app.name, when)
    old, new = entra.Key(stage.credential(app.name, when), "current"), entra.Key(guid(stage.rng), "renewed")
    changed = entra.keys_changed([old], [old, new])
    first = entra.audit(stage, when, entra.SECRETS, entra.by_user(person, ip), ip, app, changed)
    copy = m365.secret_added(stage, person, when, ip, app, [old], [old, new])
    stage.adopt(app.name, new.id, when + timedelta(hours=2))
    for event in (first, copy):
        stage.expect(event, "close", "o-secret-in-two-logs", change_request="yes", off_hours="no", intel="no")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    helpdesk_resets,
    self_reset,
    deploy_key,
    okta_token,
    secret_in_two_logs,
)
