"""The Event table: every record of every log as one flat row.

"Usual" is learned from all records, so all become rows; the full JSON is kept
in ``raw`` only for records that can change a verdict (credential, identity,
sign-in, risk and alert records). The rest is found again by ``file`` and
``record``.

A key that stands twice in a JSON object counts with its last value, as in the
providers' own SDKs; detection says so on the change that it touches.

How each reader fills the columns:

=================  ==========================  ============================  =============================  ==========================
column             aws (CloudTrail)            entra (audit, sign-in, risk)  azure (Activity Log)           gcp (Cloud Audit Logs)
=================  ==========================  ============================  =============================  ==========================
event_id           eventID                     id                            eventDataId, else row id       insertId
time               eventTime                   activityDateTime, created...  time, eventTimestamp           timestamp
log                cloudtrail                  audit, signin, sp-signin...   activity                       activity, data_access...
tenant             recipientAccountId          tenantId                      subscription id                project, folder, org
operation          iam:CreateAccessKey         activityDisplayName           operationName                  methodName
call_id            -                           -                             correlationId + resource       operation.id
outcome            errorCode, responseElements result, status.errorCode      resultType, status             status.code, granted
actor_id           principal ARN               object id of user or app      objectid claim, caller         principalEmail, subject
credential_used    accessKeyId                 servicePrincipalCredentialKey -                              serviceAccountKeyName tail
device_state       -                           deviceDetail                  -                              -
=================  ==========================  ============================  =============================  ==========================

===============  =============================  ==========================  ============================
column           m365 (Unified Audit Log)       okta (System Log)           github (audit log)
===============  =============================  ==========================  ============================
event_id         Id                             uuid                        _document_id, else digest
time             CreationTime, in UTC           published                   @timestamp, created_at
log              unified, signin                system                      audit
tenant           OrganizationId                 -                           org, business, repo's owner
operation        Operation                      eventType                   action
call_id          -                              -                           -
outcome          ResultStatus, UserLoginFailed  outcome.result              failure by the action's name
actor_id         object id in Actor, UserId     actor.id                    login
credential_used  -                              transaction's API token id  token_id, hashed_token
device_state     DeviceProperties               device.managed, registered  -
===============  =============================  ==========================  ============================

Entra's logs are ``audit``, ``risk``, ``signin`` (interactive), ``noninteractive-signin``, ``sp-signin`` and
``mi-signin`` (managed identities). A risky user or service principal has no id of its own: it is a state.

Alerts of security products are provider ``alerts`` with the product as ``log``, class ``alert`` and operation
``Alert: <title>``; their actor is the principal that they name, as the provider's own log names it, their time when
it was last seen, and what else they say (severity too) is in ``raw``.

A record without an id of its own gets ``sha256:`` and the digest of its
content, however it is laid out: the same record read twice is still one event.
"""

from typing import Final

import pyarrow as pa

SCHEMA: Final = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("provider", pa.string(), nullable=False),  # aws, entra, azure, gcp, ...
        pa.field("log", pa.string(), nullable=False),
        pa.field("tenant", pa.string()),  # account, tenant, subscription or project
        pa.field("region", pa.string()),
        pa.field("service", pa.string()),
        pa.field("operation", pa.string(), nullable=False),
        pa.field("class", pa.string(), nullable=False),  # one of CLASSES
        pa.field("read_only", pa.bool_()),
        pa.field("outcome", pa.string(), nullable=False),  # one of OUTCOMES
        pa.field("error", pa.string()),
        pa.field("actor_id", pa.string()),  # stable for the principal, whatever the session
        pa.field("actor_name", pa.string()),
        pa.field("actor_type", pa.string()),  # one of ACTOR_TYPES
        pa.field("session_id", pa.string()),
        pa.field("credential_used", pa.string()),  # the access key, key id or token that signed it
        pa.field("source_ip", pa.string()),  # an address; null when a cloud service called
        pa.field("source_service", pa.string()),  # the cloud's own service that called, if one did
        pa.field("user_agent", pa.string()),
        pa.field("device", pa.string()),
        pa.field("device_state", pa.string()),  # one of DEVICE_STATES, where a sign-in says it
        pa.field("mfa", pa.bool_()),
        pa.field("target_id", pa.string()),  # filled where the reader knows it cheaply
        pa.field("call_id", pa.string()),  # the same for all rows of one call that is logged in several
        pa.field("file", pa.string(), nullable=False),
        pa.field("record", pa.int64(), nullable=False),
        pa.field("raw", pa.string()),  # the record without its envelope, secrets redacted
    ]
)

CLASSES: Final = ("management", "data", "sign-in", "risk", "alert")
OUTCOMES: Final = ("success", "failure", "unknown")  # unknown: started or interrupted, no final row seen
ACTOR_TYPES: Final = (
    "user",
    "role",
    "root",
    "service_principal",
    "service_account",
    "application",
    "federated",
    "cloud_service",
    "anonymous",
)
DEVICE_STATES: Final = ("compliant", "managed", "joined", "non-compliant", "unmanaged")
"""What the directory says of the device: it meets the policy; it is managed, and whether it meets one isn't said; it
belongs to the directory; it is managed and breaks the policy; it is nobody's but perhaps its owner's.
"""
