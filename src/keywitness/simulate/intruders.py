"""Intrusions outside AWS: Entra ID and Google Cloud."""

from datetime import timedelta
from typing import Final

from keywitness.simulate import entra, gcp
from keywitness.simulate.company import SERVICE_ACCOUNTS
from keywitness.simulate.ids import guid
from keywitness.simulate.ordinary import WRONG_PASSWORD
from keywitness.simulate.stage import Stage

RELAY_IP: Final = "185.165.190.71"
BRAZIL_IP: Final = "177.54.144.23"
FIREFOX: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0"
FOREIGN_ISSUER: Final = "https://tokens.oidc-relay.example/t/9f2c"


def play(stage: Stage) -> None:
    """Everything in this file, in a fixed order."""
    for kind in (risky_principal_secret, foreign_account_key, foreign_trust):
        kind(stage)


def risky_principal_secret(stage: Stage) -> None:
    """Guessed password, anonymous network, then a secret on a service principal that signs in with it at once."""
    femke, app = stage.company.people["femke"], stage.company.applications["Ledger Sync"]
    when = stage.local(stage.workday(43), 2.4, femke)
    for minute in (19, 17, 16):
        entra.sign_in(stage, femke, when - timedelta(minutes=minute), RELAY_IP, error=WRONG_PASSWORD, known=False)
    entered = when - timedelta(minutes=14)
    sign_in = entra.sign_in(stage, femke, entered, RELAY_IP, risk="high", known=False)
    entra.risk_detection(stage, femke, sign_in, entered, RELAY_IP)
    old, new = entra.Key(stage.credential(app.name, when), "current"), entra.Key(guid(stage.rng), "sync")
    changed, by = entra.keys_changed([old], [old, new]), entra.by_user(femke, RELAY_IP)
    operation = "Add service principal credentials"
    event = entra.audit(stage, when, operation, by, RELAY_IP, app, changed, principal=True, agent=FIREFOX)
    entra.principal_sign_in(stage, app, when + timedelta(minutes=7), RELAY_IP, new.id)
    answers = {"off_hours": "yes", "unusual_location": "yes", "suspicious_history": "yes", "intel": "yes"}
    stage.expect(event, "escalate", "a4-risky-principal-secret", change_request="no", **answers)


def foreign_account_key(stage: Stage) -> None:
    """A service-account key, made at night from a country nobody works in, and used from there."""
    olu, account = stage.company.people["olu"], SERVICE_ACCOUNTS[2]
    when = stage.local(stage.workday(42), 3.4, olu)
    intruder = gcp.Caller(olu.email, BRAZIL_IP, gcp.gcloud(stage, "iam.service-accounts.keys.create"))
    event, key = gcp.create_key(stage, when, intruder, account)
    for minute in (11, 14, 26):
        user = gcp.Caller(account, BRAZIL_IP, gcp.gcloud(stage, "alpha.bq"), key)
        gcp.query(stage, when + timedelta(minutes=minute), user)
    answers = {"off_hours": "yes", "unusual_location": "yes", "intel": "no"}
    stage.expect(event, "escalate", "a5-foreign-account-key", change_request="no", **answers)


def foreign_trust(stage: Stage) -> None:
    """A developer makes an application trust tokens of an issuer that isn't the company's: no secret needed."""
    lior, app = stage.company.people["lior"], stage.company.applications["Supplier Hub"]
    day = stage.workday(41)
    stage.presence[("lior", day)] = lior.home_ip
    when = stage.local(day, 11, lior)
    changed = entra.trust_added(stage, "deploy-helper", FOREIGN_ISSUER, "system:serviceaccount:ops:deploy")
    by = entra.by_user(lior, lior.home_ip)
    event = entra.audit(stage, when, "Update application", by, lior.home_ip, app, changed)
    answers = {"off_hours": "no", "atypical_actor": "yes"}
    stage.expect(event, "escalate", "a13-foreign-trust", change_request="no", **answers)
