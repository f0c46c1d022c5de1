"""An entry matches an operation however it is spelled."""

import re

import pytest

from keywitness.catalogue.entry import pattern
from keywitness.readers.values import operation_key
from tests.support import operation


@pytest.mark.parametrize(
    ("event", "logged"),
    [
        ("iam:CreateAccessKey", "iam:CreateAccessKey"),
        ("Reset user password", "Reset user password."),
        (
            "Update application - Certificates and secrets management",
            "Update application \u2013 Certificates and secrets management ",
        ),
        ("Microsoft.Storage/storageAccounts/listKeys/action", "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION"),
        ("*compute.instances.setMetadata", "beta.compute.instances.setMetadata"),
        ("google.iam.admin.v*.CreateServiceAccountKey", "google.iam.admin.v1.CreateServiceAccountKey"),
    ],
)
def test_spellings_of_one_operation_match(event: str, logged: str) -> None:
    assert operation(events=(event,)).matches(operation_key(logged))


@pytest.mark.parametrize("logged", ["iam:CreateAccessKeys", "xiam:CreateAccessKey", "iam:createaccesske", ""])
def test_the_whole_name_must_match(logged: str) -> None:
    assert not operation(events=("iam:CreateAccessKey",)).matches(operation_key(logged))


def test_a_star_stands_for_any_text_and_a_dot_for_itself() -> None:
    assert re.fullmatch(pattern("a.*.c"), "a.b.b.c")
    assert not re.fullmatch(pattern("a.*.c"), "axbxc")
