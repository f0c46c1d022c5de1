"""Keeps hostile text inert and visible: a user agent or a secret's name may try to be anything but text."""

from typing import Final

_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that Python calls printable and that leave no ink; variation selectors are the others."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (CWE-1236)."""


def visible(text: str) -> str:
    r"""The text on one line, with all that is not plainly visible as an escape: ``\x1b``, ``\u202e``, ``\n``.

    Covers control characters, line ends, bidirectional overrides, zero-width
    characters, blanks other than the space, lone surrogates and unassigned
    characters. A backslash stays as it is, so Windows names can be read; doing
    it twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _has_ink(c) else c.encode("unicode_escape").decode("ascii") for c in text)


def _has_ink(character: str) -> bool:
    selects_variation = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return character.isprintable() and character not in _FILLERS and not selects_variation


def clip(text: str, length: int) -> str:
    """The text, or its start and how long it was: the whole is in the JSON and in the record."""
    if len(text) <= length:
        return text
    return f"{text[:length]}… ({len(text):,} characters)"


def cell(text: str) -> str:
    """The text as a spreadsheet cell that no program takes for a formula, on one line."""
    return ("'" if text.startswith(_FORMULA) else "") + visible(text)


def well_formed(text: str) -> str:
    """The text with U+FFFD for each lone surrogate, which no encoding can hold and strict JSON parsers refuse."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
