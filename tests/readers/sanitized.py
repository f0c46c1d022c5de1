"""Walks damaged texts with a module built for the address sanitizer.  sanitized.py FOLDER ROUNDS"""

import random
import sys

sys.path.insert(0, sys.argv[1])
import _walk  # type: ignore[import-not-found]

RECORD = (
    b'{"id":"e-1","t":"2026-03-02T10:00:00.123Z","who":{"name":"m\\u00e9\\ud83d\\ude00","deep":{"x":[1,-2.5e3,null]}},'
    b'"secret" : "abc\\"d","text":"{\\"password\\": \\"x\\"}","a":"\xc3\xa9\xf0\x9f\x98\x80","b":[true,false,{}]}'
)
NAMES = ("Records", "value", "hits", "tables")
DICE = random.Random(7)
TOKENS = (
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\n",
    b"\\u",
    b"\\ud8",
    b"\xf0",
    b"\x00",
    b"-",
    b"1e",
    b" " * 40,
)


def damaged(text: bytes) -> bytes:
    for _ in range(DICE.randrange(4)):
        at = DICE.randrange(len(text) + 1)
        text = text[:at] + DICE.choice(TOKENS) + text[at + DICE.randrange(20) :]
    return text[: DICE.randrange(len(text) + 1)] if DICE.random() < 0.3 else text


def main(rounds: int) -> None:
    walker = _walk.Walker(("id", "t", "who!.name", "who!.deep.x", "a", "secret"), bytes([1, 2, 0, 0, 0, 0]), NAMES, 3)
    names = _walk.Names(("secret", "password"))
    pairs = _walk.Grouper(2)
    for _ in range(rounds):
        by_line = DICE.random() < 0.5
        parts = [damaged(RECORD) if DICE.random() < 0.5 else RECORD for _ in range(DICE.randrange(1, 5))]
        text = b"\n".join(parts) if by_line else b'{"Records":[' + b",".join(parts) + b"]}"
        text = damaged(text) if DICE.random() < 0.3 else text
        names.find(text)
        walked = walker.walk(text, by_line)
        if walked:
            _, starts, ends, odd, cells = walked
            codes, _ = pairs.group((cells[2], cells[4]))
            _walk.valid(_walk.mapped(codes, bytes(8), -1))
            names.keep(text, starts, ends, bytes(len(odd) * 4), 0, odd)
        for path in range(2, 6):
            walker.fresh(path)


if __name__ == "__main__":
    main(int(sys.argv[2]))
