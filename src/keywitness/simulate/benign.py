"""Credential changes that are as they should be, one function a kind; each files its own ticket."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from keywitness.simulate import aws, azure, entra, gcp
from keywitness.simulate.company import (
    BUILDER,
    CERTIFIED,
    ROTATOR,
    SERVICE_ACCOUNTS,
    TERRAFORM,
    Application,
)
from keywitness.simulate.ids import guid, hex_id
from keywitness.simulate.ordinary import build_session, rotator_session, service_ip, utc
from keywitness.simulate.stage import Stage

LEARNED: Final = 14  # days of history after which "not an unusual place" is beyond doubt
REGENERATE: Final = "Microsoft.Storage/storageAccounts/regenerateKey/action"
PLATFORM: Final = "b9a1c1de-5f0e-4c0e-9a57-0d7a11ce0001"  # the tenant's Managed Service Identity principal
BY_TICKET: Final = (  # (day, admin, target)
    (4, "adele", "svc-search"),
    (9, "adele", "svc-archive"),
    (13, "carys", "svc-notify"),
    (17, "adele", "svc-freight"),
    (21, "carys", "svc-pricing"),
    (25, "adele", "gitta"),
    (29, "adele", "svc-catalog"),
    (33, "adele", "lior"),
)
APP_SECRETS: Final = (
    (5, "Ledger Sync"),
    (10, "Timesheet Portal"),
    (16, "Supplier Hub"),
    (22, "Route Planner"),
    (27, "Ledger Sync"),
    (34, "Timesheet Portal"),
)


def play(stage: Stage) -> None:
    """Everything in this file, in a fixed order."""
    for app in stage.company.applications.values():
        stage.adopt(app.name, guid(stage.rng), utc(stage.start, -24))
    for account in SERVICE_ACCOUNTS[1:]:
        stage.adopt(account, hex_id(stage.rng, 40), utc(stage.start, -24))
    for kind in (
        admin_ticketed,
        travel_ticketed,
        rotation,
        ci_key_pairs,
        denied,
        app_secrets,
        terraform_keys,
        emergency,
        self_rotation,
        certificate_renewal,
        storage_key,
        managed_identities,
        paperwork,
    ):
        kind(stage)


def _calm(stage: Stage, day: date) -> str:
    """Answer "no" to an unusual place once the history is long enough to say so."""
    return "no" if (day - stage.start).days >= LEARNED else ""


def admin_ticketed(stage: Stage) -> None:
    for script_day, admin, target in BY_TICKET:
        person, day = stage.company.people[admin], stage.workday(script_day)
        when = stage.local(day, stage.rng.uniform(10, 15.5), person)
        stage.around(admin, "CreateAccessKey", target, when)
        who, old = aws.user(stage, admin, when, person.desk_ip), stage.credential(target, when)
        aws.call(stage, who, when - timedelta(seconds=50), "iam", "ListAccessKeys", {"userName": target})
        event, key = aws.create_key(stage, who, when, target)
        stage.adopt(target, key, when + timedelta(hours=1))
        _delete_key(stage, who, when + timedelta(hours=2), target, old)
        place = _calm(stage, day)
        answers = {"change_request": "yes", "off_hours": "no", "unusual_location": place, "intel": "no"}
        stage.expect(event, "close", "b1-admin-ticketed", **answers)


def _delete_key(stage: Stage, who: aws.Caller, when: datetime, target: str, key: str) -> None:
    aws.call(stage, who, when, "iam", "DeleteAccessKey", {"userName": target, "accessKeyId": key})


def _disable_key(stage: Stage, who: aws.Caller, when: datetime, target: str, key: str) -> None:
    request = {"userName": target, "accessKeyId": key, "status": "Inactive"}
    aws.call(stage, who, when, "iam", "UpdateAccessKey", request)


def travel_ticketed(stage: Stage) -> None:
    """Noor works from Tokyo for some days, with her own laptop, and gets a key there as approved."""
    noor, hotel = stage.company.people["noor"], "126.200.31.77"
    first = stage.workday(24)
    stage.presence |= {("noor", first + timedelta(days=n)): hotel for n in range(-1, 3)}
    when = stage.local(first, 11, noor)
    stage.around("noor", "CreateAccessKey", "noor", when)
    who, old = aws.user(stage, "noor", when, hotel), stage.credential("noor", when)
    event, key = aws.create_key(stage, who, when, "noor")
    stage.adopt("noor", key, when + timedelta(minutes=5))
    after = when + timedelta(hours=1)
    _delete_key(stage, aws.user(stage, "noor", after, hotel), after, "noor", old)
    stage.expect(event, "close", "b2-travel-ticketed", change_request="yes", off_hours="no", intel="no")


def rotation(stage: Stage) -> None:
    """Weekly, for three service users: create, switch, disable the old key, delete it a day later."""
    stage.standing(ROTATOR[0], "CreateAccessKey", "svc-*")
    for index, target in enumerate(stage.company.services[:3]):
        for week in range(stage.days // 7 + 1):
            offset = week * 7 + 2 * index
            if offset + 2 <= stage.days:
                _rotate(stage, target, index, stage.start + timedelta(days=offset))


def _rotate(stage: Stage, target: str, index: int, day: date) -> None:
    when = utc(day, 2.2) + timedelta(seconds=stage.rng.randrange(120))
    who, old = rotator_session(stage, when), stage.credential(target, when)
    event, key = aws.create_key(stage, who, when, target)
    switched = when + timedelta(minutes=4)
    stage.adopt(target, key, switched)
    service = aws.user(stage, target, switched, service_ip(index))
    aws.call(stage, service, switched, "sts", "GetCallerIdentity", {})
    _disable_key(stage, who, when + timedelta(minutes=20), target, old)
    later = when + timedelta(days=1)
    _delete_key(stage, rotator_session(stage, later), later, target, old)
    stage.expect(event, "close", "b3-rotation", change_request="yes", intel="no")


def ci_key_pairs(stage: Stage) -> None:
    """The pipeline imports the key pair of each new fleet, and drops the one before."""
    stage.standing(BUILDER[0], "ImportKeyPair", "deploy-*")
    for number in range(10):
        when = utc(stage.workday(2 + 4 * number), 15.4) + timedelta(seconds=stage.rng.randrange(600))
        who = build_session(stage, when)
        event = aws.import_key_pair(stage, who, when, f"deploy-{60 + number}")
        aws.call(stage, who, when + timedelta(minutes=3), "ec2", "DeleteKeyPair", {"keyName": f"deploy-{59 + number}"})
        stage.expect(event, "close", "b4-ci-keypair", change_request="yes", intel="no")


def denied(stage: Stage) -> None:
    """Someone tries to give themselves a key and may not: what to make of it is a matter of taste."""
    for script_day, name in ((12, "haruto"), (30, "maelle")):
        person = stage.company.people[name]
        when = stage.local(stage.workday(script_day), 14, person)
        who = aws.user(stage, name, when, person.desk_ip)
        event = aws.call(stage, who, when, "iam", "CreateAccessKey", {"userName": name}, denied=True)
        stage.expect(str(event["eventID"]), "any", "b5-denied")


def app_secrets(stage: Stage) -> None:
    bastien = stage.company.people["bastien"]
    by = entra.by_user(bastien, bastien.desk_ip)
    for number, (script_day, name) in enumerate(APP_SECRETS):
        day, app = stage.workday(script_day), stage.company.applications[name]
        when = stage.local(day, stage.rng.uniform(10, 15), bastien)
        stage.around(bastien.email, "application secret", name, when)
        old = entra.Key(stage.credential(name, when), "current")
        new = entra.Key(guid(stage.rng), f"secret-{number + 1}")
        event = entra.audit(stage, when, entra.SECRETS, by, bastien.desk_ip, app, entra.keys_changed([old], [old, new]))
        stage.adopt(name, new.id, when + timedelta(hours=2))
        gone, removal = when + timedelta(hours=3), entra.keys_changed([old, new], [new])
        entra.audit(stage, gone, entra.SECRETS, by, bastien.desk_ip, app, removal)
        place = _calm(stage, day)
        answers = {"change_request": "yes", "off_hours": "no", "unusual_location": place, "intel": "no"}
        stage.expect(event, "close", "b6-app-secret-ticketed", **answers)


def terraform_keys(stage: Stage) -> None:
    who = gcp.Caller(TERRAFORM, "34.95.22.9", gcp.TERRAFORM)
    for number, script_day in enumerate((3, 11, 19, 26, 35)):
        account = SERVICE_ACCOUNTS[1 + number % 3]
        when = utc(stage.workday(script_day), 13.3) + timedelta(seconds=stage.rng.randrange(1200))
        stage.around(TERRAFORM, "CreateServiceAccountKey", account, when)
        old = stage.credential(account, when)
        event, key = gcp.create_key(stage, when, who, account)
        stage.adopt(account, key, when + timedelta(hours=1))
        gcp.delete_key(stage, when + timedelta(hours=6), who, account, old)
        stage.expect(event, "close", "b7-terraform-sa-key", change_request="yes", intel="no")


def emergency(stage: Stage) -> None:
    """An outage at night: the change was approved by phone before the key was made."""
    adele, target = stage.company.people["adele"], "svc-quotes"
    when = stage.local(stage.workday(31), 2.6, adele)
    stage.around("adele", "CreateAccessKey", target, when, kind="emergency")
    who = aws.user(stage, "adele", when, adele.home_ip)
    aws.call(stage, who, when - timedelta(minutes=4), "ecs", "DescribeTasks", {"cluster": "af-core"})
    event, key = aws.create_key(stage, who, when, target)
    stage.adopt(target, key, when + timedelta(minutes=10))
    stage.expect(event, "close", "b8-emergency", change_request="yes", off_hours="yes", intel="no")


def self_rotation(stage: Stage) -> None:
    """People who renew their own key every four weeks, as a standing change tells them to."""
    for name, hour in (("ivo", 10.5), ("emeka", 14.5)):
        person = stage.company.people[name]
        stage.standing(name, "CreateAccessKey", name)
        for script_day in (6, 34):
            when = stage.local(stage.workday(script_day), hour, person)
            who, old = aws.user(stage, name, when, person.desk_ip), stage.credential(name, when)
            event, key = aws.create_key(stage, who, when, name)
            stage.adopt(name, key, when + timedelta(minutes=3))
            later = when + timedelta(minutes=25)
            fresh = aws.user(stage, name, later, person.desk_ip)
            _disable_key(stage, fresh, later, name, old)
            _delete_key(stage, fresh, later + timedelta(minutes=40), name, old)
            stage.expect(event, "close", "b9-self-rotation", change_request="yes", off_hours="no", intel="no")


def certificate_renewal(stage: Stage) -> None:
    """An application renews another's certificate every four weeks; the old one goes a day later."""
    steward, app = stage.company.applications["Certificate Steward"], stage.company.applications[CERTIFIED]
    stage.standing(steward.name, "application certificate", app.name)
    by, ip, agent = entra.by_app(steward.name, steward.principal_id, steward.app_id), "20.151.60.35", "steward/3.2"
    for script_day in (8, 36):
        when = utc(stage.workday(script_day), 9.1) + timedelta(seconds=stage.rng.randrange(60))
        old = entra.Key(stage.credential(app.name, when), "CN=gateway.alderfinch.example", "AsymmetricX509Cert")
        new = entra.Key(guid(stage.rng), "CN=gateway.alderfinch.example", "AsymmetricX509Cert")
        renewal, removal = entra.keys_changed([old], [old, new]), entra.keys_changed([new, old], [new])
        event = entra.audit(stage, when, entra.SECRETS, by, ip, app, renewal, agent=agent)
        stage.adopt(app.name, new.id, when + timedelta(minutes=30))
        entra.audit(stage, when + timedelta(days=1), entra.SECRETS, by, ip, app, removal, agent=agent)
        stage.expect(event, "close", "b10-app-certificate", change_request="yes")


def storage_key(stage: Stage) -> None:
    carys = stage.company.people["carys"]
    when = stage.local(stage.workday(26), 11, carys)
    stage.around("carys", REGENERATE, "afarchive", when)
    resource = "af-archive/providers/Microsoft.Storage/storageAccounts/afarchive"
    event = azure.call(stage, carys, when, carys.desk_ip, REGENERATE, resource)
    answers = {"change_request": "yes", "off_hours": "no", "intel": "no"}
    stage.expect(event, "close", "b11-storage-key-ticketed", **answers)


def managed_identities(stage: Stage) -> None:
    """The platform renews managed identities' certificates by itself: no finding, whatever the operation's name."""
    by, agent = entra.by_app("Managed Service Identity", PLATFORM), "Microsoft Azure Graph Client Library 2.1.17"
    for script_day in (1, 15, 32, 40):
        when = utc(stage.workday(script_day), stage.rng.uniform(0, 23))
        app_id = guid(stage.rng)
        app = Application("edge-gateway-mi", app_id, guid(stage.rng), guid(stage.rng))
        old, new = (entra.Key(guid(stage.rng), f"CN={app_id}", "AsymmetricX509Cert") for _ in range(2))
        names = f'"{app_id};https://identity.azure.net/{guid(stage.rng)}="'
        named = {"displayName": "TargetId.ServicePrincipalNames", "oldValue": None, "newValue": names}
        changed = [*entra.keys_changed([old], [old, new]), named]
        ip, operation = "20.151.60.8", "Add service principal credentials"
        entra.audit(stage, when, operation, by, ip, app, changed, principal=True, agent=agent)
        entra.audit(stage, when, "Update service principal", by, ip, app, changed[1:], principal=True, agent=agent)


def paperwork(stage: Stage) -> None:
    """Tickets that cover nothing: one that was turned down, one never decided, one for another matter."""
    rows = (
        (18, "jonah", "CreateAccessKey", "svc-*", "rejected"),
        (28, "silas", "CreateLoginProfile", "silas", "submitted"),
        (23, "adele", "UpdateService", "web", "approved"),
    )
    for script_day, actor, operation, target, status in rows:
        row = stage.ticket("standard", actor, operation, target, utc(stage.workday(script_day), 9), 24 * 30)
        if status != "approved":
            stage.tickets[-1] = replace(row, status=status, approved_at=None)
