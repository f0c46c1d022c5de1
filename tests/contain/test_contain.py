"""Commands that a person may paste: exact, quoted, and none for what never happened."""

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness import catalogue
from keywitness.contain import commands
from keywitness.model import Party
from tests.support import change, operation

TWO = operation(
    contain=(
        "aws iam update-access-key --user-name {target_name} --access-key-id {credential_id} --status Inactive",
        "aws iam delete-access-key --user-name {target_name} --access-key-id {credential_id}",
    )
)
KEYS = ("AKIA1", "AKIA2")


def test_least_destructive_first_for_each_credential() -> None:
    found = commands(change(credential_ids=KEYS), TWO)
    assert [command.split()[2] for command in found] == ["update-access-key", "delete-access-key"] * 2
    assert [shlex.split(command)[6] for command in found] == ["AKIA1", "AKIA1", "AKIA2", "AKIA2"]


def test_a_command_without_the_credential_is_there_once() -> None:
    password = operation(contain=("aws iam delete-login-profile --user-name {target_name}",))
    assert commands(change(credential_ids=KEYS), password) == ("aws iam delete-login-profile --user-name svc",)


def test_a_failed_attempt_has_nothing_to_take_back_and_an_unfinished_one_may() -> None:
    assert commands(change(outcome="failure", credential_ids=KEYS), TWO) == ()
    assert commands(change(outcome="unknown", credential_ids=KEYS), TWO) != ()


def test_what_the_record_hides_is_a_placeholder_that_no_shell_redirects() -> None:
    command = commands(change(), TWO)[0]
    assert shlex.split(command)[6] == "<credential_id>"
    assert "'<credential_id>'" in command


@pytest.mark.parametrize(
    "hostile",
    [
        "; rm -rf /",
        "$(id)",
        "`id`",
        "a'b",
        'a"b',
        "a\nb",
        "{credential_id}",
        "a b",
        "*",
        "\x1b[2J",
        "\u202egnp",
        "&&id",
    ],
)
def test_a_hostile_name_stays_one_word(hostile: str) -> None:
    found = commands(change(target=Party("id", hostile, "user"), credential_ids=("AKIA1",)), TWO)[0]
    words = shlex.split(found)
    assert len(words) == 9
    assert words[4] == "".join(c if c.isprintable() else "?" for c in hostile)
    assert found.isprintable()


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_text_at_all_breaks_out_of_its_word(name: str, key: str) -> None:
    found = commands(change(target=Party("id", name, "user"), credential_ids=(key,)), TWO)[0]
    assert found.isprintable()
    assert len(shlex.split(found)) == 9


@pytest.mark.parametrize("entry", [o for o in catalogue.load().operations if o.contain], ids=lambda o: o.id)
def test_every_shipped_command_can_be_filled_and_keeps_values_in_their_words(entry: Any) -> None:
    plain = commands(change(target=Party("x", "x", "user"), tenant="x", region="x", credential_ids=("x",)), entry)
    wide = commands(
        change(target=Party("x x", "x x", "user"), tenant="x x", region="x x", credential_ids=("x x",)), entry
    )
    assert [len(shlex.split(c)) for c in wide] == [len(shlex.split(c)) for c in plain]
