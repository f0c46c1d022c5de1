"""What of a record is kept: its text, without secrets, and only when it can be decoded again without harm."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Final

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
_MARKS: Final = (
    *('token"', 'password"', 'secret"', 'secretaccesskey"', 'secretstring"', 'secretbinary"', 'secrettext"'),
    *('keydata"', 'key_data"', 'privatekey"', 'private_key"', 'keystring"', 'keymaterial"', 'jwt"', 'blob"'),
)
"""How the names above end: a quick look, since hardly any record has a secret."""
_names: Final = walk.Names(tuple(_NAMES.split("|"))) if walk else None
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)


def redact(text: str) -> str:
    """``text`` (JSON) with the values of secret fields replaced; the keys stay, since their presence is evidence."""
    if _names and text.isascii():
        return _redact_at(text, _names.find) if _names.find(text.encode()) else text
    folded = text.encode("utf-8", errors="replace").lower().decode()  # ASCII only, so that places stay the same
    plain = folded.replace("\\", "")
    if not any(mark in plain for mark in _MARKS):
        return text
    for pattern in _SECRETS:
        if values := [found.span(1) for found in pattern.finditer(folded)]:
            text, folded = _blackened(text, values), _blackened(folded, values)
    return text


def _redact_at(text: str, find: Callable[[bytes], list[int]]) -> str:
    """The same by looking only where a name stands, which the compiled module finds."""
    for pattern, before in zip(_SECRETS, (0, 1), strict=True):
        folded, values, end = text.lower(), [], 0
        for at in find(text.encode()):
            if at - before >= end and (found := pattern.match(folded, at - before)):
                values.append(found.span(1))
                end = found.end()
        text = _blackened(text, values) if values else text
    return text


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
