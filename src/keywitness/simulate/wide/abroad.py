"""Hostile changes outside AWS: Entra ID, Google Cloud, Okta and GitHub."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from keywitness.simulate import entra, gcp, github, okta
from keywitness.simulate.company import PROJECTS, TERRAFORM, Person
from keywitness.simulate.ids import guid
from keywitness.simulate.intruders import FIREFOX, FOREIGN_ISSUER, RELAY_IP
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import Cast
from keywitness.simulate.wide.desk import EVERYBODY

REGISTERED: Final = "Admin registered security info"


def risky_sign_in(stage: Stage, person: Person, when: datetime, ip: str) -> None:
    record = entra.sign_in(stage, person, when, ip, risk="high", known=False)
    entra.risk_detection(stage, person, record, when, ip)


def trust_and_entry(stage: Stage, cast: Cast) -> None:
    """An application learns to trust a foreign issuer; somebody signs in as it from abroad."""
    person, app = cast.person("developer"), cast.application()
    when, ip = cast.at_work(person)
    subject = f"repo:{stage.rng.choice(('tools', 'ops', 'ci'))}:ref:refs/heads/main"
    changed = entra.trust_added(stage, "pipeline", FOREIGN_ISSUER, subject)
    event = entra.audit(stage, when, "Update application", entra.by_user(person, ip), ip, app, changed)
    record = entra.principal_sign_in(stage, app, when + timedelta(minutes=stage.rng.randint(5, 90)), cast.abroad(), "")
    record["clientCredentialType"] = "federatedIdentityCredential"
    answers = {"off_hours": "no", "atypical_actor": "yes"}
    stage.expect(event, "escalate", "h-foreign-trust", change_request="no", **answers)


def pass_for_an_admin(stage: Stage, cast: Cast) -> None:
    """A help desk account with a risky sign-in gives out a temporary access pass for an admin."""
    person, ip = cast.person("helpdesk"), cast.abroad()
    target = stage.rng.choice([p for p in stage.company.people.values() if p.admin])
    stage.standing(person.email, "reset user password", EVERYBODY)
    when = stage.local(cast.day(), stage.rng.uniform(9, 23), person)
    risky_sign_in(stage, person, when - timedelta(minutes=stage.rng.randint(4, 55)), ip)
    said = "Admin registered temporary access pass method for user"
    event = entra.user_audit(stage, when, REGISTERED, entra.by_user(person, ip), ip, target, said)
    answers = {"suspicious_history": "yes", "unusual_location": "yes"}
    stage.expect(event, "escalate", "h-pass-for-an-admin", change_request="no", **answers)


def method_for_another(stage: Stage, cast: Cast) -> None:
    """Somebody without that duty resets a colleague's password, and adds a phone of their own to the account."""
    person = cast.person("application owner")
    target = stage.rng.choice([p for p in stage.company.people.values() if p is not person])
    when, ip = cast.at_work(person)
    by = entra.by_user(person, ip)
    event = entra.user_audit(stage, when, "Reset user password", by, ip, target)
    stage.expect(event, "escalate", "h-reset-for-another", change_request="no", off_hours="no", atypical_actor="yes")
    later, said = when + timedelta(minutes=stage.rng.randint(2, 30)), "Admin registered phone method for user"
    method = entra.user_audit(stage, later, REGISTERED, by, ip, target, said)
    stage.expect(method, "escalate", "h-method-for-another", change_request="no", off_hours="no")


def secrets_en_masse(stage: Stage, cast: Cast) -> None:
    """A compromised identity admin adds secrets to many applications within the hour; one of them has a ticket."""
    person, ip = cast.person("identity admin"), cast.abroad()
    apps = [cast.application() for _ in range(stage.rng.randint(4, 6))]
    when = stage.local(cast.day(), stage.rng.uniform(9, 22), person)
    risky_sign_in(stage, person, when - timedelta(minutes=12), ip)
    covered = stage.rng.randrange(len(apps))
    stage.around(person.email, "application secret", apps[covered].name, when)
    for number, app in enumerate(apps):
        old, new = entra.Key(stage.credential(app.name, when), "current"), entra.Key(guid(stage.rng), "backup")
        by, changed = entra.by_user(person, ip), entra.keys_changed([old], [old, new])
        event = entra.audit(stage, when, entra.SECRETS, by, ip, app, changed, agent=FIREFOX)
        when += timedelta(minutes=stage.rng.randint(2, 9))
        answers = {"change_request": "no", "pattern": "yes"} if number != covered else {"change_request": "yes"}
        stage.expect(event, "escalate", "h-secrets-en-masse", suspicious_history="yes", **answers)


def newcomer_takes_all(stage: Stage, cast: Cast) -> None:
    """In the first days, somebody makes a key of the account that builds everything."""
    person, day = cast.person("data engineer"), cast.day(22)
    stage.arrivals[person.name] = day - timedelta(days=stage.rng.randint(1, 4))
    when, ip = cast.at_work(person, day)
    caller = gcp.Caller(person.email, ip, gcp.gcloud(stage, "iam.service-accounts.keys.create"))
    event, _ = gcp.create_key(stage, when, caller, TERRAFORM)
    stage.expect(event, "escalate", "h-newcomer-key", change_request="no", off_hours="no", atypical_actor="yes")


def ssh_for_the_project(stage: Stage, cast: Cast) -> None:
    """An SSH key for all machines of a project: from abroad at night, and by a colleague at the desk."""
    for kind, expect, away in (("h-project-ssh-key", "escalate", True), ("h-project-ssh-key-desk", "escalate", False)):
        person, day = cast.person("data engineer"), cast.day()
        when, ip = cast.at_work(person, day)
        answers = {"change_request": "no"}
        if away:
            when, ip = cast.night(person, day), cast.abroad()
            answers |= {"off_hours": "yes", "unusual_location": "yes"}
        caller = gcp.Caller(person.email, ip, gcp.gcloud(stage, "compute.project-info.add-metadata"))
        event = gcp.add_project_ssh_key(stage, when, caller, stage.rng.choice(PROJECTS))
        stage.expect(event, expect, kind, **answers)


def token_after_reset(stage: Stage, cast: Cast) -> None:
    """An admin's factors are reset; soon an anonymous relay signs in as the admin and makes a token."""
    person, clerk = cast.person("identity admin"), cast.person("helpdesk")
    day = cast.day()
    when, ip = cast.at_work(clerk, day)
    reset = okta.event(stage, okta.Caller(clerk, ip), when, "user.mfa.factor.reset_all", [okta.as_target(person)])
    stage.expect(reset, "any", "x-factor-reset")  # alone it is what help desks do
    thief = okta.Caller(person, RELAY_IP, FIREFOX)
    later = when + timedelta(minutes=stage.rng.randint(8, 90))
    okta.sign_in(stage, thief, later)
    event = okta.create_token(stage, thief, later + timedelta(minutes=3), "sync")
    answers = {"unusual_location": "yes", "intel": "yes"}
    stage.expect(event, "escalate", "h-token-after-reset", change_request="no", **answers)


def strangers_deploy_key(stage: Stage, cast: Cast) -> None:
    """At night, somebody who never worked on a repository gives it a key that may write."""
    person = cast.person("developer")
    when = cast.night(person, cast.day())
    caller = github.Caller(person, person.home_ip)
    event = github.deploy_key(stage, caller, when, f"{github.ORGANISATION}/payroll", "tmp")
    stage.expect(event, "escalate", "h-strangers-deploy-key", change_request="no", off_hours="yes", intel="no")


KINDS: Final[tuple[Callable[[Stage, Cast], None], ...]] = (
    trust_and_entry,
    pass_for_an_admin,
    method_for_another,
    secrets_en_masse,
    newcomer_takes_all,
    ssh_for_the_project,
    token_after_reset,
    strangers_deploy_key,
)
