"""Cloud Audit Log entries as a sink writes them, one JSON object a line."""

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, from where, with which client; ``key`` is the service-account key that signs, if one does."""

    email: str
    ip: str
    agent: str
    key: str = ""

    def authentication(self) -> Record:
        kind = "serviceAccount" if self.email.endswith("gserviceaccount.com") else "user"
        who = {"principalEmail": self.email, "principalSubject": f"{kind}:{self.email}"}
        name = f"//iam.googleapis.com/{key_name(self.email, self.key)}"
        return who | ({"serviceAccountKeyName": name} if self.key else {})


@dataclass(frozen=True, slots=True)
class Act:
    """What is done: the method, the permission it takes, and the resource it is done to."""

    method: str
    permission: str
    resource: str
    project: str
    kind: str
    labels: Record = field(default_factory=dict)
    request: Record = field(default_factory=dict)
    response: Record = field(default_factory=dict)
    log: str = "activity"
    metadata: Record = field(default_factory=dict)


def entry(stage: Stage, when: datetime, who: Caller, act: Act) -> str:
    """Log one entry. Returns its insertId."""
    record = {
        "insertId": insert_id(stage.rng),
        "logName": f"projects/{act.project}/logs/cloudaudit.googleapis.com%2F{act.log}",
        "protoPayload": _payload(when, who, act),
        "receiveTimestamp": _time(when + timedelta(seconds=1)),
        "resource": {"labels": {"project_id": act.project} | act.labels, "type": act.kind},
        "severity": "NOTICE",
        "timestamp": _time(when),
    }
    return str(stage.log("gcp", record)["insertId"])


def _payload(when: datetime, who: Caller, act: Act) -> Record:
    granted = {"granted": True, "permission": act.permission, "resource": act.resource, "resourceAttributes": {}}
    payload = {
        "@type": _AUDIT_LOG,
        "authenticationInfo": who.authentication(),
        "authorizationInfo": [granted],
        "methodName": act.method,
        "request": act.request,
        "requestMetadata": {
            "callerIp": who.ip,
            "callerSuppliedUserAgent": who.agent,
            "destinationAttributes": {},
            "requestAttributes": {"auth": {}, "time": _time(when)},
        },
        "resourceName": act.resource,
        "response": act.response,
        "serviceName": f"{act.permission.partition('.')[0]}.googleapis.com",
        "status": {},
    }
    return payload | ({"metadata": act.metadata} if act.metadata else {})


def _key_act(stage: Stage, verb: str, account: str, request: Record, response: Record) -> Act:
    unique = stage.company.account_ids[account]
    return Act(
        method=f"google.iam.admin.v1.{verb.title()}ServiceAccountKey",
        permission=f"iam.serviceAccountKeys.{verb}",
        resource=f"projects/-/serviceAccounts/{unique}",
        project=project_of(account),
        kind="service_account",
        labels={"email_id": account, "unique_id": unique},
        request={"@type": f"{_IAM}{verb.title()}ServiceAccountKeyRequest"} | request,
        response=response,
    )


def create_key(stage: Stage, when: datetime, who: Caller, account: str) -> tuple[str, str]:
    """Create a key of a service account. Returns the insertId and the key id."""
    key = hex_id(stage.rng, 40)
    request = {"name": f"projects/-/serviceAccounts/{account}", "private_key_type": 2}
    response = {
        "@type": f"{_IAM}ServiceAccountKey",
        "name": key_name(account, key),
        "key_algorithm": 2,
        "key_origin": 2,
        "key_type": 1,
        "private_key_type": 2,
        "valid_after_time": {"seconds": int(when.timestamp())},
    }
    return entry(stage, when, who, _key_act(stage, "create", account, request, response)), key


def delete_key(stage: Stage, when: datetime, who: Caller, account: str, key: str) -> None:
    entry(stage, when, who, _key_act(stage, "delete", account, {"name": key_name(account, key)}, {}))


def query(stage: Stage, when: datetime, who: Caller) -> None:
    """A finished BigQuery job: the data access that most of the company's GCP life is made of."""
    project = "alderfinch-insight"
    job = f"projects/{project}/jobs/bquxjob_{digits(stage.rng, 8)}"
    act = Act("jobservice.jobcompleted", "bigquery.jobs.create", job, project, "bigquery_resource", log="data_access")
    entry(stage, when, who, act)


def list_instances(stage: Stage, when: datetime, who: Caller) -> None:
    """What Terraform's plan reads."""
    project = "alderfinch-core"
    zone = f"projects/{project}/zones/northamerica-northeast1-a/instances"
    act = Act("v1.compute.instances.list", "compute.instances.list", zone, project, "gce_instance")
    entry(stage, when, who, act)


def add_project_ssh_key(stage: Stage, when: datetime, who: Caller, project: str) -> str:
    """A public key that lets its owner into every machine of a project. The log names the metadata's key alone."""
    kind = "type.googleapis.com/google.cloud.audit.GceProjectAuditMetadata"
    delta = {"@type": kind, "projectMetadataDelta": {"modifiedMetadataKeys": ["ssh-keys"]}}
    resource, method = f"projects/{project}", "v1.compute.projects.setCommonInstanceMetadata"
    act = Act(method, "compute.projects.setCommonInstanceMetadata", resource, project, "gce_project", metadata=delta)
    return entry(stage, when, who, act)
