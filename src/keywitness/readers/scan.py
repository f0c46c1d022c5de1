"""JSON objects found by counting brackets, in a text that no parser takes whole."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from keywitness.readers import MAX_RECORD

CONTAINERS: Final = (
    *("Records", "records", "value", "Events", "events", "entries", "logEvents"),
    *("results", "Results", "receivedMessages", "Messages", "findings", "Findings"),
)
"""The keys under which pages, batches and exports keep their records."""

_INSIDE: Final = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)  # of a string, to its end or the buffer's
_NEXT: Final = re.compile(  # past whole strings and all else to the next bracket, or the quote of a string not closed
    rb'[^"{}\[\]]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"{}\[\]]*)*["{}\[\]]', re.DOTALL
)
_CONTAINER: Final = re.compile(rf'"(?:{"|".join(CONTAINERS)})"\s{{0,8}}:\s{{0,8}}$'.encode())
_LOOK_BACK: Final = 40  # the longest key with its quotes, colon and spaces
_QUOTE, _BRACE, _BRACKET = b'"{['


def scan(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The JSON objects in a text that is truncated, has a broken record, or holds objects in a row.

    Yields each object that stands at the top, in a top-level array, or in an array under a known container key.
    Counts brackets only, so that nesting of any depth costs no stack. What is cut off at the end is yielded too, and
    then rejected as invalid JSON where it is decoded. Of a record larger than MAX_RECORD just so much is kept and
    yielded that it is still too large.
    """
    yield from _Scanner().run(blocks)


class _Scanner:
    """Bracket counting over blocks; ``base`` is the depth at which records stand."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.position = 0  # of the next byte to look at, in the buffer
        self.start = -1  # where the record that is open began, in the buffer
        self.depth = 0
        self.base = 0
        self.in_string = False

    def run(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.buffer += block
            yield from self._advance()
            self._forget()
        if self.start >= 0:
            yield bytes(self.buffer[self.start :])

    def _advance(self) -> Iterator[bytes]:
        if self.in_string and not self._close_string():
            return
        while token := _NEXT.match(self.buffer, self.position):
            self.position = token.end()
            char = self.buffer[self.position - 1]
            if char in (_BRACE, _BRACKET):
                self._open(self.position - 1, char)
            elif char != _QUOTE:
                if (record := self._close(self.position)) is not None:
                    yield record
            else:
                self._close_string()
                return
        self.position = len(self.buffer)

    def _close_string(self) -> bool:
        """Go to the end of the string that is open; False when it is not in the buffer yet."""
        if self.position > len(self.buffer):  # a backslash still waits for its character
            return False
        inside = _INSIDE.match(self.buffer, self.position)
        self.position = inside.end() if inside else self.position
        self.in_string = self.position >= len(self.buffer) or self.buffer[self.position] != _QUOTE
        if not self.in_string:
            self.position += 1
        elif self.position < len(self.buffer):  # a backslash at the very end takes the next character with it
            self.position = len(self.buffer) + 1
        return not self.in_string

    def _open(self, at: int, char: int) -> None:
        if char == _BRACE and self.depth == self.base:
            self.start = at
        elif char == _BRACKET and self.depth == self.base:
            self.base += 1
        elif char == _BRACKET and self.depth == self.base + 1 and self._names_container(at):
            self.base, self.start = self.depth + 1, -1
        self.depth += 1

    def _names_container(self, at: int) -> bool:
        return bool(_CONTAINER.search(self.buffer[max(0, at - _LOOK_BACK) : at]))

    def _close(self, end: int) -> bytes | None:
        self.depth = max(0, self.depth - 1)
        if self.depth < self.base:
            self.base = 0 if self.depth == 0 else self.base
            self.start = -1
        elif self.depth == self.base and self.start >= 0:
            record, self.start = bytes(self.buffer[self.start : end]), -1
            return record
        return None

    def _forget(self) -> None:
        """Drop what is behind; of a record past the bound, all but what shows that it is too large."""
        ahead = self.position - len(self.buffer)
        if self.start >= 0 and len(self.buffer) - self.start > MAX_RECORD + _LOOK_BACK:
            del self.buffer[self.start + MAX_RECORD + 1 :]
        cut = self.start if self.start >= 0 else len(self.buffer)
        cut = max(0, cut - _LOOK_BACK)
        del self.buffer[:cut]
        self.start -= cut if self.start >= 0 else 0
        self.position = len(self.buffer) + ahead
