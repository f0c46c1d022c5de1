"""Ordinary life: enough of it, in working hours, from where people are."""

from collections import Counter
from datetime import timedelta

from keywitness.simulate.company import ROSTER, SERVICE_USERS
from tests.simulate.sample import Record, time_of


def test_everyone_signs_in_and_most_work_in_aws(records: list[Record]) -> None:
    sign_ins = Counter(r["userPrincipalName"] for r in records if r.get("isInteractive"))
    callers = Counter(str(r["userIdentity"].get("userName")) for r in records if "userIdentity" in r)
    names = {name for name, *_ in ROSTER}
    assert {email.partition("@")[0] for email in sign_ins} == names
    assert all(callers[name] > 50 for name in names | set(SERVICE_USERS))


def test_some_sign_ins_fail_and_some_calls_are_refused(records: list[Record]) -> None:
    failed = [r for r in records if (r.get("status") or {}).get("errorCode")]
    refused = [r for r in records if r.get("errorCode") == "AccessDenied"]
    assert 5 < len(failed) < 60
    assert 20 < len(refused) < 120


def test_there_is_noise_of_every_sort(records: list[Record]) -> None:
    names = {r.get("eventName") for r in records}
    assert {"AssumeRole", "ConsoleLogin", "DescribeInstances", "ListAccessKeys"} < names
    assert {r.get("eventCategory") for r in records if "eventCategory" in r} == {"Data", "Management"}
    assert "jobservice.jobcompleted" in {(r.get("protoPayload") or {}).get("methodName") for r in records}


def test_a_lab_session_uses_the_key_that_assuming_it_gave(records: list[Record]) -> None:
    given = {
        r["responseElements"]["credentials"]["accessKeyId"]: time_of(r)
        for r in records
        if r.get("eventName") == "AssumeRole"
    }
    used = [r for r in records if "/Engineer/" in (r.get("userIdentity") or {}).get("arn", "")]
    assert used
    for record in used:
        age = time_of(record) - given[record["userIdentity"]["accessKeyId"]]
        assert timedelta(0) <= age <= timedelta(hours=1)
