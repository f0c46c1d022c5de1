"""A catalogue file is read whole or refused with the entry's name."""

import pytest

from keywitness.catalogue.content import parse
from keywitness.errors import KeywitnessError

ENTRY = """
[[operation]]
id = "aws.iam.x"
events = ["iam:X"]
credential_type = "access_key"
change = "created"
scope = "core"
technique = "T1098.001"
rests_on = "log"
reference = "https://example.org"
"""


def test_an_entry_becomes_an_operation() -> None:
    (found,) = parse("aws", ENTRY + 'contain = ["a", "b"]\n')
    assert (found.id, found.provider, found.events, found.contain) == ("aws.iam.x", "aws", ("iam:X",), ("a", "b"))


def test_defined_expressions_are_filled_in() -> None:
    text = '[define]\nname = "a || b"\nboth = "[$name, c]"\n' + ENTRY + 'target = "$both[0]"\n'
    (found,) = parse("aws", text)
    assert found.target == "([(a || b), c])[0]"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('when = "a ||"', "is not JMESPath"),
        ('when = "nope(a)"', "no function nope"),
        ('when = "!a.b"', "write '!(a.b)'"),
        ('target = "$nothing"', "$nothing is not defined"),
        ('wehn = "a"', "wehn"),
    ],
)
def test_a_bad_line_names_its_entry(line: str, said: str) -> None:
    with pytest.raises(KeywitnessError, match=r"aws\.iam\.x") as raised:
        parse("aws", ENTRY + line + "\n")
    assert said in str(raised.value)


@pytest.mark.parametrize(("key", "value"), [("change", "made"), ("scope", "none"), ("rests_on", "hearsay")])
def test_words_outside_the_vocabulary_are_refused(key: str, value: str) -> None:
    text = "\n".join(f'{key} = "{value}"' if line.startswith(f"{key} =") else line for line in ENTRY.splitlines())
    with pytest.raises(KeywitnessError, match=f"{key} must be one of"):
        parse("aws", text)


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(KeywitnessError, match="reference"):
        parse("aws", ENTRY.replace('reference = "https://example.org"\n', ""))


def test_a_bad_definition_is_refused() -> None:
    with pytest.raises(KeywitnessError, match="definition name"):
        parse("aws", '[define]\nname = "a ||"\n')


def test_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(KeywitnessError, match="no TOML"):
        parse("aws", "[[operation")
