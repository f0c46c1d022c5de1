"""Cloud Audit Log entries as a sink writes them, one JSON object a line."""

from datetime import UTC, datetime, timedelta
from typing import Final

from keywitness.simulate.ids import digits, hex_id, insert_id
from keywitness.simulate.stage import Record, Stage

GCLOUD: Final = "google-cloud-sdk gcloud/489.0.0 command/gcloud.{command} invocation-id/{id} environment/None"
TERRAFORM: Final = "Terraform/1.9.5 (+https://www.terraform.io) Terraform-Plugin-SDK/2.33.0 provider-google/5.44.0"
_AUDIT_LOG: Final = "type.googleapis.com/google.cloud.audit.AuditLog"
_IAM: Final = "type.googleapis.com/google.iam.admin.v1."


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def gcloud(stage: Stage, command: str) -> str:
    return GCLOUD.format(command=command, id=hex_id(stage.rng, 32))


def project_of(account: str) -> str:
    """``name@project.iam.gserviceaccount.com`` → project."""
    return account.partition("@")[2].partition(".")[0]


def key_name(account: str, key: str) -> str:
    return f"projects/{project_of(account)}/serviceAccounts/{account}/keys/{key}"


def _principal(email: str, key: str) -> Record:
    kind = "serviceAccount" if email.endswith("gserviceaccount.com") else "user"
    who = {"principalEmail": email, "principalSubject": f"{kind}:{email}"}
    return who | ({"serviceAccountKeyName": f"//iam.googleapis.com/{key_name(email, key)}"} if key else {})


def entry(
    stage: Stage,
    when: datetime,
    actor: str,
    ip: str,
    agent: str,
    method: str,
    resource: str,
    permission: str,
    *,
    project: str,
    key: str = "",
    data: bool = False,
    labels: Record | None = None,
    request: Record | None = None,
    response: Record | None = None,
) -> str:
    """Log one entry; ``key`` is the service-account key that signed the call. Returns its insertId."""
    granted = {"granted": True, "permission": permission, "resource": resource, "resourceAttributes": {}}
    payload = {
        "@type": _AUDIT_LOG,
        "authenticationInfo": _principal(actor, key),
        "authorizationInfo": [granted],
        "methodName": method,
        "request": request or {},
        "requestMetadata": {
            "callerIp": ip,
            "callerSuppliedUserAgent": agent,
            "destinationAttributes": {},
            "requestAttributes": {"auth": {}, "time": _time(when)},
        },
        "resourceName": resource,
        "response": response or {},
        "serviceName": f"{permission.partition('.')[0]}.googleapis.com",
        "status": {},
    }
    log = "data_access" if data else "activity"
    kind = {"iam": "service_account", "bigquery": "bigquery_resource"}.get(permission.partition(".")[0], "gce_instance")
    record = {
        "insertId": insert_id(stage.rng),
        "logName": f"projects/{project}/logs/cloudaudit.googleapis.com%2F{log}",
        "protoPayload": payload,
        "receiveTimestamp": _time(when + timedelta(seconds=1)),
        "resource": {"labels": {"project_id": project} | (labels or {}), "type": kind},
        "severity": "NOTICE",
        "timestamp": _time(when),
    }
    return str(stage.log("gcp", record)["insertId"])


def _account_call(
    stage: Stage, when: datetime, who: tuple[str, str, str], verb: str, account: str, body: tuple[Record, Record]
) -> str:
    unique = stage.company.account_ids[account]
    actor, ip, agent = who
    return entry(
        stage,
        when,
        actor,
        ip,
        agent,
        f"google.iam.admin.v1.{verb.title()}ServiceAccountKey",
        f"projects/-/serviceAccounts/{unique}",
        f"iam.serviceAccountKeys.{verb}",
        project=project_of(account),
        labels={"email_id": account, "unique_id": unique},
        request=body[0],
        response=body[1],
    )


def create_key(stage: Stage, when: datetime, who: tuple[str, str, str], account: str) -> tuple[str, str]:
    """Create a key of a service account; ``who`` is (e-mail, address, agent). Returns the insertId and the key id."""
    key = hex_id(stage.rng, 40)
    request = {
        "@type": f"{_IAM}CreateServiceAccountKeyRequest",
        "name": f"projects/-/serviceAccounts/{account}",
        "private_key_type": 2,
    }
    response = {
        "@type": f"{_IAM}ServiceAccountKey",
        "name": key_name(account, key),
        "key_algorithm": 2,
        "key_origin": 2,
        "key_type": 1,
        "private_key_type": 2,
        "valid_after_time": {"seconds": int(when.timestamp())},
    }
    return _account_call(stage, when, who, "create", account, (request, response)), key


def delete_key(stage: Stage, when: datetime, who: tuple[str, str, str], account: str, key: str) -> None:
    request = {"@type": f"{_IAM}DeleteServiceAccountKeyRequest", "name": key_name(account, key)}
    _account_call(stage, when, who, "delete", account, (request, {}))


def query(stage: Stage, when: datetime, actor: str, ip: str, agent: str, *, key: str = "") -> None:
    """A finished BigQuery job: the data access that most of the company's GCP life is made of."""
    job = f"projects/alderfinch-insight/jobs/bquxjob_{digits(stage.rng, 8)}"
    entry(
        stage,
        when,
        actor,
        ip,
        agent,
        "jobservice.jobcompleted",
        job,
        "bigquery.jobs.create",
        project="alderfinch-insight",
        key=key,
        data=True,
    )
