"""What of a record is kept: its text, without secrets, and only when it can be decoded again without harm."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from keywitness.readers.compiled import walk

DEPTH: Final = 100
"""Nesting of a kept record. Providers document about 15 levels at most; a parser's stack ends near 1,000."""

_NAMES: Final = (
    "sessiontoken|secretaccesskey|secretstring|secretbinary|password|newpassword|oldpassword|masteruserpassword|"
    "adminpassword|temporarypassword|proposedpassword|previouspassword|servicepassword|servicecredentialsecret|"
    "privatekeydata|private_key_data|privatekey|private_key|keystring|keymaterial|secrettext|secret|sharedsecret|"
    "clientsecret|client_secret|accesstoken|access_token|refreshtoken|refresh_token|idtoken|id_token|"
    "authorizationtoken|signedjwt|signed_jwt|signedblob|signed_blob"
)
_SECRETS: Final = (  # the second: JSON inside a string, where each quote and backslash is escaped once more
    re.compile(rf'"(?:{_NAMES})"\s*:\s*"((?:[^"\\]+|\\.)+)', re.DOTALL),
    re.compile(rf'\\"(?:{_NAMES})\\"\s*:\s*\\"((?:[^"\\]+|\\\\(?:\\["\\]|[^"\\]))+)', re.DOTALL),
)
_ANY_CASE: Final = tuple(re.compile(pattern.pattern, pattern.flags | re.IGNORECASE) for pattern in _SECRETS)
_MARKS: Final = (
    *('token"', 'password"', 'secret"', 'secretaccesskey"', 'secretstring"', 'secretbinary"', 'secrettext"'),
    *('keydata"', 'key_data"', 'privatekey"', 'private_key"', 'keystring"', 'keymaterial"', 'jwt"', 'blob"'),
)
"""How the names above end: a quick look, since hardly any record has a secret."""
names: Final[Any] = walk.Names(tuple(_NAMES.split("|"))) if walk else None
"""Finds the names in a text, where the compiled module is there."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)


def redact(text: str) -> str:
    """``text`` (JSON) with the values of secret fields replaced; the keys stay, since their presence is evidence."""
    if names and text.isascii():
        return _redact_at(text, names.find(text.encode()))
    folded = text.encode("utf-8", errors="replace").lower().decode()  # ASCII only, so that places stay the same
    plain = folded.replace("\\", "")
    if not any(mark in plain for mark in _MARKS):
        return text
    for pattern in _SECRETS:
        if values := [found.span(1) for found in pattern.finditer(folded)]:
            text, folded = _blackened(text, values), _blackened(folded, values)
    return text


def _redact_at(text: str, places: Sequence[int]) -> str:
    """The same by looking only where a name stands, as the compiled module finds it in ASCII text."""
    inner = any(at and text[at - 1] == "\\" for at in places)
    text = _blackened_at(text, _ANY_CASE[0], places) if places else text
    if inner:
        text = _blackened_at(text, _ANY_CASE[1], [at - 1 for at in names.find(text.encode()) if at])
    return text


def _blackened_at(text: str, pattern: re.Pattern[str], places: Sequence[int]) -> str:
    values, end = [], 0
    for at in places:
        if at >= end and (found := pattern.match(text, at)):
            values.append(found.span(1))
            end = found.end()
    return _blackened(text, values) if values else text


def _blackened(text: str, values: Sequence[tuple[int, int]]) -> str:
    parts, rest = [], 0
    for start, end in values:
        parts += [text[rest:start], "[redacted]"]
        rest = end
    return "".join([*parts, text[rest:]])


def kept(raw: bytes) -> str:
    """The text to store: redacted, bad UTF-8 and lone surrogates replaced."""
    text = raw.decode("utf-8", errors="replace")
    if "\\u" in text and _SURROGATE.search(text):
        whole = json.dumps(json.loads(text, strict=False), ensure_ascii=False)
        text = whole.encode("utf-8", errors="replace").decode()
    return redact(text)


def too_deep(raw: bytes) -> bool:
    """Whether the record is nested deeper than DEPTH."""
    if raw.count(b"{") + raw.count(b"[") <= DEPTH:
        return False
    depth = 0
    for token in _TOKEN.finditer(raw):
        char = raw[token.start()]
        depth += 1 if char in b"{[" else -1 if char in b"}]" else 0
        if depth > DEPTH:
            return True
    return False
