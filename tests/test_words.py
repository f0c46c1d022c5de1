import pytest

from keywitness.words import at_most, counted, kind, named


@pytest.mark.parametrize(
    ("credential_type", "said"),
    [
        ("access_key", "an access key"),
        ("ssh_public_key", "an SSH public key"),
        ("mfa_method", "an MFA method"),
        ("saml_provider", "a SAML provider"),
        ("api_key", "an API key"),
        ("user_password", "a user password"),
        ("hmac_key", "an HMAC key"),
        ("vm_password", "a VM password"),
        ("oauth_client", "an OAuth client"),
    ],
)
def test_a_credential_type_reads_as_people_write_it(credential_type: str, said: str) -> None:
    assert named(credential_type) == said
    assert said.endswith(kind(credential_type))


def test_one_is_not_many() -> None:
    assert [counted(n, "day") for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]
    assert [counted(n, "identity", "identities") for n in (1, 2)] == ["1 identity", "2 identities"]


def test_never_so_far_is_not_never() -> None:
    assert [at_most(n) for n in (30, 2)] == ["at most 10% of days, 95 % sure", "at most 100% of days, 95 % sure"]
