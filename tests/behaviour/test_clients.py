"""One client across its versions, and hostile text that is no client."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.behaviour.clients import FAMILY, Clients, client_of
from tests.support import ago, ask_family, change, event, lake

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"


@pytest.mark.parametrize(
    ("client", "agents"),
    [
        (
            "aws-cli on Linux",
            [
                "aws-cli/1.22.34 Python/3.10.12 Linux/5.15.0-91-generic botocore/1.23.34",
                "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.0 exe/x86_64.ubuntu.22 prompt/off command/iam.create",
                "[aws-cli/2.27.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.3]",
            ],
        ),
        ("aws-cli on Windows", ["aws-cli/2.15.30 Python/3.11.8 Windows/10 exe/AMD64 prompt/off command/sts"]),
        ("aws-cli on macOS", ["aws-cli/2.15.30 Python/3.11.8 Darwin/23.4.0 source/arm64"]),
        ("aws-cli", ["aws-cli/2.27.1"]),
        (
            "Boto3 on Linux",
            ["Boto3/1.28.1 Python/3.9.2 Linux/5.10 Botocore/1.31.1", "Boto3/1.34.9 md/Botocore#1.34.9 os/linux#6.1"],
        ),
        ("aws-sdk-go", ["aws-sdk-go/1.44.1 (go1.19; freebsd; amd64)", "aws-sdk-go/1.55.5"]),
        (
            "aws-sdk-go-v2 on Linux",
            ["aws-sdk-go-v2/1.21.0 os/linux lang/go#1.20.7", "aws-sdk-go-v2/1.30.4 ua/2.1 os/linux"],
        ),
        (
            "Terraform",
            [
                "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io) terraform-provider-aws/5.31.0",
                "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 (+https://www.terraform.io) terraform-provider-aws/5.70.0",
            ],
        ),
        (
            "gcloud",
            ["google-cloud-sdk gcloud/442.0.0 command/gcloud.iam.service-accounts.keys.create"],
        ),
        (
            "Chrome on Windows",
            [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME.format(v)}" for v in ("124.0", "140.0")],
        ),
        ("Edge on Windows", [f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME.format('124.0')} Edg/124.0"]),
        ("Chrome on macOS", [f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME.format('124.0')}"]),
        ("Chrome on Android", [f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROME.format('124.0 Mobile')}"]),
        ("Firefox on Linux", ["Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"]),
        (
            "Safari on iOS",
            ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Safari/604.1"],
        ),
        ("a browser", ["Mozilla/5.0"]),
        ("python-requests", ["python-requests/2.31.0", "python-requests/2.32.3"]),
        ("curl", ["curl/8.5.0"]),
        ("signin.amazonaws.com", ["signin.amazonaws.com"]),
        ("AWS Internal", ["AWS Internal"]),
        ("Azure PowerShell on Windows", ["Azure PowerShell/11.0 (Windows)"]),
    ],
)
def test_versions_of_a_client_are_one_client(client: str, agents: list[str]) -> None:
    assert {client_of(agent) for agent in agents} == {client}


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_agent_is_no_client(nothing: str | None) -> None:
    assert client_of(nothing) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "A" * 10_000,
        "(" * 10_000,
        "a " * 5_000,
        "a-" * 5_000 + "\x00",
        "/" * 10_000,
        "\u202e" * 10_000,
        "a" + " " * 10_000 + "x",
        "\n",
    ],
)
def test_a_hostile_agent_is_a_short_client(hostile: str) -> None:
    assert 0 < len(client_of(hostile) or "") <= 80


@given(st.text(max_size=200))
def test_any_text_is_read_and_comes_out_inert(agent: str) -> None:
    client = client_of(agent)
    assert client is None or client.isprintable()


def test_days_by_client(tmp_path: Path) -> None:
    rows = [
        event(time=ago(days=5), user_agent="aws-cli/2.1.0"),
        event(time=ago(days=5, hours=1), user_agent="aws-cli/2.2.0"),
        event(time=ago(days=6), user_agent="aws-cli/2.3.0"),
        event(time=ago(days=6), user_agent="curl/8.5.0"),
        event(time=ago(days=7)),
        event(time=ago(hours=23), user_agent="evil/1.0"),
        event(time=ago(days=6), user_agent="Boto3/1.0", actor_id="bob"),
    ]
    (found,) = ask_family(FAMILY, lake(rows, tmp_path), change())
    assert found == Clients({"aws-cli": 2, "curl": 1})
