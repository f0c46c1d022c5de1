"""A pipeline's deployment authorises what it was approved to make, and nothing beside."""

from datetime import timedelta
from typing import Any

import pytest

from keywitness.context.deployments import Deployment, Resource
from keywitness.context.identities import Directory
from keywitness.context.latest import Gap
from keywitness.errors import Source
from keywitness.model import CredentialChange, Party
from keywitness.questions.authorisation import Authorisation, authorise
from keywitness.questions.change_request import ask
from keywitness.questions.deployed import hands, sessions
from tests.support import AT, ago, change, context, facts, later, ticket

ROLE = Party("arn:aws:iam::111122223333:role/Deploy", "Deploy/GitHubActions", "role")
GITHUB = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
GITLAB = "arn:aws:iam::111122223333:oidc-provider/gitlab.com"
MAIN = "repo:acme/infra:ref:refs/heads/main"


def deployment(**given: Any) -> Deployment:
    values: dict[str, Any] = {
        "id": "run-7",
        "actor": "Deploy",
        "commit": "abc123def4567890",
        "environment": "prod",
        "started": ago(minutes=5),
        "finished": later(minutes=5),
        "approver": "boss",
        "status": "success",
        "issuer": "",
        "resources": (Resource("aws_iam_access_key.ci", "access_key", ("svc",)),),
        "source": Source("deployments.csv", 2),
    }
    return Deployment(**values | given)


def session(subject: str, provider: str = GITHUB) -> CredentialChange:
    """The record of a web identity that was given the key ASIA1."""
    return change(
        time=ago(minutes=1),
        actor=Party(f"{provider}:{subject}", subject, "federated"),
        target=ROLE,
        scope="lineage",
        credential_type="role_session",
        credential_ids=("ASIA1",),
    )


def made(**given: Any) -> CredentialChange:
    return change(**{"actor": ROLE, "credential_used": "ASIA1", **given})


def judge(*changes: CredentialChange, subject: str = "", tickets: Any = (), **given: Any) -> list[Authorisation]:
    provider = given.pop("provider", GITHUB)
    issued = sessions([session(subject, provider)] if subject else [])
    return authorise(changes or [made()], tickets, Directory(), [deployment(**given)], issued)


def test_it_covers_what_it_made() -> None:
    (found,) = judge()
    assert (found.kind, found.covered) == ("deployed", True)
    said = ask(facts(change=made(), authorisation=found))
    assert (said.answer, said.kind, said.evidence) == ("yes", "deployed", ("run-7",))
    assert (
        "deployment run-7 of commit abc123def456, approved by boss, made aws_iam_access_key.ci in prod" in said.because
    )
    assert "actor, target, action, window, approval all agree" in said.because


@pytest.mark.parametrize(
    ("given", "test"),
    [
        ({"actor": "Other"}, "actor"),
        ({"actor": ""}, "actor"),
        ({"started": later(minutes=1)}, "window"),
        ({"finished": ago(minutes=1)}, "window"),
        ({"approver": ""}, "approval"),
        ({"approver": "Deploy"}, "approval"),
        ({"status": "failure"}, "approval"),
        ({"status": ""}, "approval"),
        ({"resources": (Resource("a", "access_key", ("svc-other",)),)}, "target"),
        ({"resources": (Resource("a", "access_key", ()),)}, "target"),
        ({"resources": (Resource("a", "access_key", ("*",)),)}, "target"),
        ({"resources": (Resource("a", "console_password", ("svc",)),)}, "action"),
    ],
)
def test_one_failed_test_is_too_many_and_is_named(given: dict[str, Any], test: str) -> None:
    (found,) = judge(**given)
    assert (found.kind, found.covered) == ("none found", False)
    assert found.deployment is not None
    assert {"actor", "target", "action", "window", "approval"} - found.deployment.passed == {test}
    said = ask(facts(change=made(), authorisation=found))
    assert said.answer == "no"
    assert said.against[0].startswith("deployment run-7 (a")
    assert test not in said.against[0].rpartition("agrees on ")[2]


@pytest.mark.parametrize("given", [{"resources": ()}, {"actor": "x", "started": later(minutes=1)}])
def test_what_agrees_on_less_is_not_shown(given: dict[str, Any]) -> None:
    assert judge(**given)[0].deployment is None


def test_each_resource_covers_one_change() -> None:
    first, second = judge(made(time=ago(minutes=1)), made())
    assert (first.kind, second.kind) == ("deployed", "none found")
    attempt, then = judge(made(time=ago(minutes=1), outcome="failure"), made())
    assert (attempt.kind, then.kind) == ("deployed", "deployed"), "a failed attempt made nothing"


def test_a_ticket_comes_first_and_the_deployment_is_left_for_the_next() -> None:
    first, second = judge(made(time=ago(minutes=1)), made(), tickets=[ticket(actor="Deploy")])
    assert (first.kind, second.kind) == ("approved", "deployed")


def test_logs_round_down_to_the_second() -> None:
    assert judge(started=AT + timedelta(milliseconds=700))[0].covered


@pytest.mark.parametrize(
    ("subject", "actor", "fits"),
    [
        (MAIN, MAIN, True),
        (MAIN, "repo:acme/infra", True),
        (MAIN, "acme/infra", True),
        (MAIN, "ACME/Infra", True),
        (MAIN, "acme/inf", False),
        (MAIN, "acme", False),
        (MAIN, "acme/infra:ref:refs/heads/main", False),
        ("repo:acme/infra:ref:refs/heads/evil", MAIN, False),
        ("repo:acme/infra-evil:ref:refs/heads/main", "acme/infra", False),
        ("repo:evil/infra:ref:refs/heads/main", "acme/infra", False),
        ("repo:acme/infra:pull_request", "acme/infra", False),
        ("repo:acme/infra:environment:prod", "acme/infra", True),
        ("repo:acme/infra:environment:test", "acme/infra", False),
    ],
)
def test_the_subject_names_the_repository(subject: str, actor: str, fits: bool) -> None:
    assert judge(subject=subject, actor=actor)[0].covered == fits


def test_gitlab_too() -> None:
    subject = "project_path:acme/infra:ref_type:branch:ref:main"
    assert judge(subject=subject, actor="acme/infra", provider=GITLAB)[0].covered
    assert not judge(subject=subject, actor="acme/infra", provider=GITHUB)[0].covered


@pytest.mark.parametrize(
    "provider",
    [
        "arn:aws:iam::111122223333:oidc-provider/evil.example",
        "arn:aws:iam::111122223333:oidc-provider/evil-token.actions.githubusercontent.com",
        "evil.example",
        "",
    ],
)
def test_a_subject_is_only_as_good_as_who_vouches_for_it(provider: str) -> None:
    assert not judge(subject=MAIN, actor=MAIN, provider=provider)[0].covered


def test_a_provider_of_ones_own_is_named_in_the_deployment() -> None:
    own = "arn:aws:iam::111122223333:oidc-provider/ci.acme.example"
    assert judge(subject="job-1", actor="job-1", provider=own, issuer="https://ci.acme.example")[0].covered
    assert not judge(subject="job-1", actor="job-1", provider=own)[0].covered


def test_a_session_name_is_no_subject() -> None:
    liar = made(actor=Party(ROLE.id, f"Deploy/{MAIN}", "role"), credential_used=None)
    assert not judge(liar, actor=MAIN)[0].covered


def test_a_federated_principal_that_acts_itself() -> None:
    pool = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/github"
    actor = Party(f"{pool}/subject/{MAIN}", MAIN, "federated")
    assert judge(made(actor=actor), actor="acme/infra", issuer="workloadIdentityPools/github")[0].covered
    assert not judge(made(actor=actor), actor="acme/infra")[0].covered


def test_hands_reach_back_through_sessions_and_end() -> None:
    first = session(MAIN)
    chained = change(actor=ROLE, scope="lineage", credential_used="ASIA1", credential_ids=("ASIA2",))
    looping = change(actor="x", scope="lineage", credential_used="ASIA3", credential_ids=("ASIA3",))
    issued = sessions([first, chained, looping])
    assert [p.name for p in hands(made(credential_used="ASIA2"), issued)] == [ROLE.name, ROLE.name, MAIN]
    assert len(hands(made(credential_used="ASIA3"), issued)) == 2
    assert len(hands(made(time=ago(hours=1)), issued)) == 1, "a session that was issued later did nothing yet"


def test_without_tickets_a_deployment_can_say_yes_and_never_no() -> None:
    (yes,) = authorise([made()], None, Directory(), [deployment()])
    (unknown,) = authorise([made()], None, Directory(), [deployment(actor="x")])
    assert (yes.kind, unknown.kind) == ("deployed", "source unavailable")
    said = ask(facts(change=made(), authorisation=unknown, deployments=(deployment(),)))
    assert (said.answer, said.kind) == ("unknown", "source unavailable")
    assert said.because == "no source of change tickets is configured; none of 1 deployments covers it"
    assert said.missing == ("change tickets (changes.csv or a ticket system)",)
    assert said.against == ("deployment run-7 (aws_iam_access_key.ci) agrees on target, action, window, approval",)


@pytest.mark.parametrize(
    ("gap", "kind"),
    [
        (Gap("ServiceNow"), "source unavailable"),
        (Gap("ServiceNow", ago(hours=1)), "source unavailable"),
        (Gap("ServiceNow", later(hours=1)), "none found"),
    ],
)
def test_a_source_that_was_not_read_whole_makes_no_no(gap: Gap, kind: str) -> None:
    (found,) = authorise([change()], [ticket(actor="bob", target="x")], Directory(), gaps=[gap])
    assert (found.kind, found.known) == (kind, kind == "none found")
    (approved,) = authorise([change()], [ticket()], Directory(), gaps=[gap])
    assert approved.kind == "approved"


def test_the_source_that_failed_is_named() -> None:
    gaps = (Gap("ServiceNow"), Gap("Jira", later(hours=1)))
    (found,) = authorise([change()], [ticket(actor="bob")], Directory(), gaps=gaps)
    where = context(gaps=gaps, changes=(ticket(actor="bob"),))
    said = ask(facts(change=change(), authorisation=found, context=where))
    assert (said.answer, said.kind, said.missing) == (
        "unknown",
        "source unavailable",
        ("change tickets of ServiceNow",),
    )
    assert (
        said.because == "the change tickets of ServiceNow could not be read; none of 1 tickets from elsewhere covers it"
    )
    assert said.against == ("CHG1 agrees on target, action, window, approval",)
    nothing = ask(facts(change=change(), context=context(gaps=(Gap("ServiceNow"),))))
    assert (nothing.answer, nothing.missing) == ("unknown", ("change tickets of ServiceNow",))
