"""Texts from logs and people as a column takes them: well-formed, and without the one character PostgreSQL refuses."""

from keywitness.render.safe import well_formed


def clean(text: str) -> str:
    """U+FFFD for NUL and for lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return well_formed(text).replace("\0", "\ufffd")


def plain(text: str, most: int) -> str:
    """The same, at most ``most`` characters. The whole text is in the finding."""
    return clean(text[:most])
