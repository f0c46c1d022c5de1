"""No secret is stored, and nothing that could not be read again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.readers.kept import _NAMES, DEPTH, kept, redact, too_deep

NAMES = [name for known in _NAMES.split("|") for name in (known, known.upper())]
hostile = st.text(alphabet='ab"\\\n{}\u2013\0')


@given(hostile, st.sampled_from(NAMES))
def test_a_secret_goes_and_its_name_stays(secret: str, name: str) -> None:
    text = redact(json.dumps({"before": 1, name: secret, "after": {"key": "stays"}}))
    expected = "[redacted]" if secret else ""
    assert json.loads(text) == {"before": 1, name: expected, "after": {"key": "stays"}}


@given(hostile)
def test_a_secret_in_json_in_a_string_goes_too(secret: str) -> None:
    inner = json.dumps({"password": secret, "b": "stays"})
    text = redact(json.dumps({"requestbody": inner}))
    assert json.loads(json.loads(text)["requestbody"]) == {"password": "[redacted]" if secret else "", "b": "stays"}


def test_a_secret_cut_off_is_redacted() -> None:
    assert redact('{"clientSecret": "abc') == '{"clientSecret": "[redacted]'
    assert "abc" not in redact('{"clientSecret": "abc\\')


def test_ids_of_keys_are_no_secrets() -> None:
    text = '{"accessKeyId": "AKIA", "keyId": "k", "tokenIssuerType": "AzureAD", "passwordResetRequired": "true"}'
    assert redact(text) == text


@given(st.recursive(st.none() | hostile, lambda v: st.lists(v) | st.dictionaries(hostile, v)))
def test_redaction_leaves_json(value: object) -> None:
    json.loads(redact(json.dumps(value)))


def test_bad_characters_are_replaced() -> None:
    assert json.loads(kept(b'{"a": "\xff"}')) == {"a": "\ufffd"}
    assert json.loads(kept(b'{"a": "\\ud800", "b": "\\ud83d\\ude00"}')) == {"a": "?", "b": "\U0001f600"}


@pytest.mark.parametrize(("depth", "expected"), [(DEPTH - 1, False), (DEPTH, True), (100_000, True)])
def test_depth_is_bounded(depth: int, expected: bool) -> None:
    assert too_deep(b'{"a":' + b"[" * depth + b"]" * depth + b"}") is expected


def test_brackets_in_text_are_no_depth() -> None:
    assert not too_deep(b'{"a":"' + b'[{\\"' * 1_000 + b'"}')
    assert not too_deep(b"[" + b"{}," * 1_000 + b"{}]")
