"""A finished run made by hand: an escalated key with its child, a burst, a lone upload, a review, and closed ones."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from keywitness.errors import Reject, Source
from keywitness.model import Answer, Case, CaseId, Coverage, Decision, Finding, Party, Report, TimelineEntry
from tests.render.parts import (
    HOLD,
    LONG_AGENT,
    LONG_ARN,
    LOOKBACK,
    NIGHT,
    calm,
    change,
    event,
    finding,
    hostile,
    moment,
    user,
)

ESCALATE: Final = Decision(
    "escalate",
    ("unauthorised", "atypical_actor", "threat_intel", "unusual_location", "off_hours"),
    "P1",
    "No approved change covers it; the actor does not make such changes; an indicator matches.",
    ("CHG0040377 agrees on actor, action, approval", "0 other uncovered changes by the same hand within 24 hours"),
    flip="An approved change for this actor, target, action and time",
)


def stolen_key() -> Case:
    """A person's session makes a key for a service; the key then makes a console password for an administrator."""
    dora, backup, admin = user("dora"), user("svc-backup"), user("break-glass-admin")
    first = finding(
        change(1, NIGHT, dora, backup),
        hostile(),
        ESCALATE,
        "KW-4F7QZ2AB",
        sentence=(
            "dora created access key AKIAIOSFODNN7EX00001 for svc-backup on Thursday 2026-08-20 at 05:12:45 in Berlin"
            " (03:12:45 UTC) from 185.220.101.47 in Amsterdam, NL; it was first used 11 minutes later"
            " from another network."
        ),
        timeline=(
            moment(-95, "Sign-in from Berlin, DE with MFA", 10, "sign-in"),
            moment(-14, "Risk detection: anonymised IP address (high)", 11, "risk"),
            moment(-9, "iam:ListUsers, the first time for this actor", 12, "activity"),
            moment(0, "access key AKIAIOSFODNN7EX00001 created for svc-backup", 1, "change"),
            moment(11, "sts:GetCallerIdentity with AKIAIOSFODNN7EX00001 from 45.137.21.9", 20, "use"),
            moment(13, "s3:ListBuckets with AKIAIOSFODNN7EX00001, 37 calls denied", 21, "use"),
        ),
        containment=(
            "aws iam update-access-key --user-name svc-backup --access-key-id AKIAIOSFODNN7EX00001 --status Inactive",
            HOLD,
            "aws iam delete-access-key --user-name svc-backup --access-key-id AKIAIOSFODNN7EX00001",
        ),
    )
    child = finding(
        change(
            2,
            NIGHT + timedelta(minutes=41),
            backup,
            admin,
            operation="iam:CreateLoginProfile",
            operation_id="aws.iam.create-login-profile",
            credential_type="password",
            credential_ids=(),
            credential_used="AKIAIOSFODNN7EX00001",
            session_id="AKIAIOSFODNN7EX00001",
            source_ip="45.137.21.9",
        ),
        hostile() | {"used_since": Answer("unknown", "no sign-in log was given", missing=("the aws.sign-in log",))},
        ESCALATE,
        "KW-4F7QZ2AB",
        parent_event_id=event(1),
        sentence="svc-backup created a console password for break-glass-admin.",
        place="Bucharest, RO (AS9009 M247)",
        timeline=(moment(41, "console password created for break-glass-admin", 2, "change"),),
        containment=("aws iam delete-login-profile --user-name break-glass-admin",),
    )
    return Case(CaseId("KW-4F7QZ2AB"), (first, child))


def burst() -> Case:
    """One service principal adds a secret to six applications in four minutes; one attempt fails."""
    return Case(CaseId("KW-M3XA7TQE"), tuple(_burst_finding(number) for number in range(6)))


def _burst_finding(number: int) -> Finding:
    deployer = Party("7c1a2f9e-0f52-4e55-9f0c-6f5d1a2b3c4d", "ci-deployer", "service_principal")
    apps = ("payroll-api", "hr-portal", "crm-sync", "invoice-ocr", "badge-reader", "data-export")
    time = NIGHT + timedelta(hours=31, seconds=47 * number)
    made = change(
        30 + number,
        time,
        deployer,
        Party(f"3b9c0000-0000-4000-8000-{number:012d}", apps[number], "application"),
        provider="entra",
        log="audit",
        tenant="5a1c9e70-0000-4000-8000-000000000001",
        region=None,
        operation="Update application – Certificates and secrets management",
        operation_id="entra.application.add-secret",
        credential_type="client_secret",
        outcome="failure" if number == 4 else "success",
        error="Insufficient privileges" if number == 4 else None,
        credential_ids=() if number == 4 else (f"9d2b4a10-77aa-4c1e-8f00-{number:012d}",),
        credential_used="2f6e0000-77aa-4c1e-8f00-00000000c0de",
        session_id="XPO8kX2Yv0WmZk1rT9wAAA",
        source_ip="20.79.14.203",
        user_agent="python-requests/2.32.3",
        mfa=None,
        source=Source("logs/entra/AuditLogs-2026-08-21.json", 1180 + number),
    )
    reasons = ("pattern",) if number == 4 else ("unauthorised", "atypical_actor", "pattern")
    decision = Decision(
        "escalate",
        reasons,
        "P3" if number == 4 else "P1",
        "No approved change covers it; the actor does not make such changes; it is one of several by the same hand.",
        ("Frankfurt am Main, DE (AS8075 Microsoft) is usual: 88 of 88 active days in " + LOOKBACK,),
        flip="An approved change for this actor, target, action and time",
    )
    return finding(
        made,
        _burst_answers(number),
        decision,
        "KW-M3XA7TQE",
        sentence=f"ci-deployer added a client secret to {apps[number]} at 10:12 UTC from 20.79.14.203.",
        place="Frankfurt am Main, DE (AS8075 Microsoft)",
        timeline=(TimelineEntry(time, f"client secret added to {apps[number]}", made.event_id, "change"),),
        containment=()
        if number == 4
        else (f"az ad app credential delete --id {made.target.id} --key-id {made.credential_id}",),
    )


def _burst_answers(number: int) -> dict[str, Answer]:
    used = Answer("yes", "first used 2 minutes later from 20.79.14.203, its creator's network", (event(50 + number),))
    unused = Answer("no", "not used in the 4 days of entra.sign-in log after it")
    return calm() | {
        "change_request": Answer(
            "no", "none of 212 change tickets comes near this actor, target, action and time", kind="none found"
        ),
        "off_hours": Answer("no", f"active around 12:00 on 84 of 88 active days in {LOOKBACK}"),
        "unusual_location": Answer(
            "no", f"Frankfurt am Main, DE (AS8075 Microsoft) is usual: 88 of 88 active days in {LOOKBACK}"
        ),
        "atypical_actor": Answer(
            "yes", f"0 times by this actor and by 0 of its peers in {LOOKBACK}; 9 times by 2 others"
        ),
        "pattern": Answer(
            "yes",
            "6 credential changes on 6 principals by the same hand within 24 hours, none covered by a change",
            tuple(event(30 + other) for other in range(6)),
        ),
        "identity_known": Answer("yes", "actor: ci-deployer (service principal, not admin); target: an application"),
        "unusual_client": Answer("yes", f"first time with python-requests: 0 of 88 active days in {LOOKBACK}"),
        "used_since": used if number < 2 else unused,
        "others_affected": Answer("yes", "5 uncovered changes on other principals", (event(30), event(31))),
    }


def upload() -> Case:
    """One change with long names: what a narrow page must hold."""
    actor = Party(LONG_ARN, None, "role")
    made = change(
        60,
        NIGHT + timedelta(days=2),
        actor,
        user("release-signing"),
        operation="iam:UploadSSHPublicKey",
        credential_type="ssh_public_key",
        change="uploaded",
        user_agent=LONG_AGENT,
        remarks=("the record names no MFA",),
    )
    decision = replace(
        ESCALATE, reasons=("unauthorised",), priority="P2", because="No approved change covers it.", against=()
    )
    answers = calm() | {"change_request": Answer("no", "none of 212 change tickets comes near this actor and target")}
    sentence = (
        f"{LONG_ARN} uploaded an SSH public key for release-signing on 2026-08-22 at 05:12:45 in Berlin (03:12:45 UTC)."
    )
    return Case(CaseId("KW-UPLOAD23"), (finding(made, answers, decision, "KW-UPLOAD23", sentence=sentence),))


def unsettled() -> Case:
    """A change that no ticket source and no history can settle."""
    actor = Party("lena@northwind.example", "lena@northwind.example", "user")
    target = Party("etl@data-platform.iam.gserviceaccount.com", "etl", "service_account")
    made = change(
        70,
        NIGHT + timedelta(days=1, hours=6, microseconds=250_000),
        actor,
        target,
        provider="gcp",
        log="audit",
        tenant="data-platform",
        region=None,
        operation="google.iam.admin.v1.CreateServiceAccountKey",
        credential_type="service_account_key",
        credential_ids=("projects/data-platform/serviceAccounts/etl/keys/3f0a9c1b2d4e5f60718293a4b5c6d7e8f9012345",),
        source=Source("logs/gcp/audit.ndjson.gz", 88123),
    )
    tickets, directory = "change tickets (changes.csv or a ticket system)", "identities (identities.csv)"
    answers = calm() | {
        "change_request": Answer("unknown", "no source of change tickets is configured", missing=(tickets,)),
        "atypical_actor": Answer(
            "unknown", "0 times before, but only 9 days of history", missing=("14 days of audit log before the change",)
        ),
        "identity_known": Answer("unknown", "no directory is given", missing=(directory,)),
    }
    decision = Decision(
        "review",
        (),
        "P3",
        "Not settled: no approved change covers it; the actor does not make such changes (unknown).",
        missing=(tickets, "14 days of audit log before the change"),
        flip=f"A settled answer to change_request: {tickets}",
    )
    sentence = (
        "lena@northwind.example created a service account key for etl on Friday at 11:12:45 in Berlin (09:12:45 UTC)."
    )
    command = (
        "gcloud iam service-accounts keys disable 3f0a9c1b2d4e --iam-account etl@data-platform.iam.gserviceaccount.com"
    )
    told = finding(
        made, answers, decision, "KW-RV5H2KLO", sentence=sentence, containment=(command,), place="Berlin, DE"
    )
    return Case(CaseId("KW-RV5H2KLO"), (told,))


def closed(number: int) -> Case:
    case = CaseId(f"KW-CLOSED{number:02d}")
    made = change(80 + number, NIGHT + timedelta(days=number, hours=5), user("dora"), user(f"svc-batch-{number}"))
    decision = Decision("close", (), "P4", "An approved change covers it.", flip="An indicator match")
    return Case(case, (finding(made, calm(), decision, case),))


def report() -> Report:
    cases = (stolen_key(), burst(), upload(), unsettled(), *(closed(number) for number in range(5)))
    coverage = (
        Coverage(
            "aws",
            "management",
            "418273645091",
            NIGHT - timedelta(days=92),
            NIGHT + timedelta(days=6),
            1_204_881,
            97,
            ("us-east-1", "eu-central-1"),
        ),
        Coverage(
            "entra",
            "audit",
            "5a1c9e70-0000-4000-8000-000000000001",
            NIGHT - timedelta(days=30),
            NIGHT + timedelta(days=5),
            48_210,
            35,
            (),
        ),
        Coverage(
            "gcp",
            "audit",
            "data-platform",
            NIGHT - timedelta(days=8),
            NIGHT + timedelta(days=5),
            9_014,
            13,
            ("global",),
        ),
    )
    rejects = (
        *(Reject(Source("logs/gcp/audit.ndjson.gz", n), "the line is not JSON", '{"protoPay') for n in (14, 15, 16)),
        *(Reject(Source("logs/entra/AuditLogs-2026-08-21.json", n), "the record has no time") for n in range(4)),
        Reject(Source("logs/notes.docx"), "the file is no log that keywitness knows"),
    )
    context = {
        "organisation": "org.toml",
        "changes": "changes.csv",
        "identities": "",
        "indicators": "indicators.csv",
        "city": "",
    }
    return Report(cases, coverage, rejects, 41, 1_262_105, context, "Northwind", "0.1.0")
