"""Many records of one reader at once, as columns; without the compiled module there is no such way.

The native walk gives a code for each value's text. Texts are decoded and parts
applied once for each new code or combination of codes; columns are then
gathered by code. A record that the walk or a part isn't sure of is *odd*: the
caller reads it by itself, so that the table is the same either way.
"""

import secrets
from array import array
from collections.abc import Callable, Iterable, MutableSequence, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from keywitness.errors import RecordError
from keywitness.event import SCHEMA
from keywitness.readers import Row, Wanted
from keywitness.readers.compiled import walk
from keywitness.readers.kept import kept, names
from keywitness.readers.parts import KEEP, WANTED, Leaf, Part, Parts, refuse
from keywitness.readers.scan import CONTAINERS

HELD: Final = 48 * 2**20
COMBINATIONS: Final = 150_000
"""What may be remembered from page to page: bytes of different texts, and combinations of them."""

_CODED, _PLAIN, _TIME = range(3)
_NONE, _BAD = -1, -3
_Codes = MutableSequence[int]
_ERRORS: Final = (RecordError, msgspec.MsgspecError, RecursionError, ValueError, OverflowError)
_NO_LISTS: Final = ("hits", "tables")
"""Keys beside ``CONTAINERS`` under which answers of searches have their records, in forms of their own."""


def available() -> bool:
    """Whether the compiled module is there."""
    return walk is not None


class Walked(NamedTuple):
    """Records of one page: where each is in its text, which are odd (a byte each), and the columns of all.

    Of an odd record the columns mean nothing.
    """

    starts: Sequence[int]
    ends: Sequence[int]
    odd: bytearray
    columns: Callable[[], list[pa.Array]]


class _Value:
    """A field or an output: its different values in the order of their codes, and the codes of the page's records."""

    __slots__ = ("_array", "absent", "codes", "index", "values")

    def __init__(self, absent: Any = None) -> None:
        self.absent = absent
        self.values: list[Any] = []
        self.index: dict[Any, int] = {None: _NONE}
        self.codes = b""
        self._array: pa.Array | None = None

    def code(self, value: Any) -> int:
        found = self.index.get(value)
        if found is None:
            found = self.index[value] = len(self.values)
            self.values.append(value)
        return found

    def __getitem__(self, code: int) -> Any:
        return self.values[code] if code >= 0 else self.absent

    def gathered(self, count: int, of: pa.DataType) -> pa.Array:
        """The page's column."""
        known = self._array
        if known is None:
            known = self._array = pa.array(self.values, of)
        elif len(known) < len(self.values):
            known = self._array = pa.concat_arrays([known, pa.array(self.values[len(known) :], of)])
        bits = walk.valid(self.codes)
        buffers = [None if bits is None else pa.py_buffer(bits), pa.py_buffer(self.codes)]
        return known.take(pa.Array.from_buffers(pa.int32(), count, buffers))


class _Made(_Value):
    """An output; of a record for which it couldn't be made the code is ``_BAD``."""

    __slots__ = ()


class _Step:
    """A part with its tables: of each combination of inputs the codes of the outputs."""

    __slots__ = ("grouper", "inputs", "missing", "of", "outputs", "tables")

    def __init__(self, part: Part, values: dict[str, _Value], wanted: Wanted) -> None:
        self.inputs = [values[name] for name in part.inputs if name != WANTED]
        self.outputs = [values.setdefault(name, _Made()) for name in part.outputs]
        self.tables = [array("i") for _ in part.outputs]
        self.missing: list[int] | None = None
        derived = any(isinstance(value, _Made) for value in self.inputs)
        self.grouper = walk.Grouper(len(self.inputs)) if derived or len(self.inputs) > 1 else None
        self.of = _bound(part, wanted)

    def run(self) -> bool:
        """Fill the outputs' codes for the page; False when too many combinations are held."""
        if self.grouper is None:
            (only,) = self.inputs
            codes = only.codes
            self._learn(zip(only.values[len(self.tables[0]) :], strict=True), self.tables)
            if self.missing is None:
                absent = [array("i") for _ in self.outputs]
                self._learn([(only.absent,)], absent)
                self.missing = [a[0] for a in absent]
        else:
            grouped = self.grouper.group(tuple(value.codes for value in self.inputs))
            if grouped is None:
                return False
            codes, fresh = grouped
            self._learn(self._given(fresh), self.tables)
            self.missing = [_BAD] * len(self.outputs)
        for value, table, missing in zip(self.outputs, self.tables, self.missing, strict=True):
            value.codes = walk.mapped(codes, table, missing)
        return True

    def _given(self, fresh: Sequence[tuple[int, ...]]) -> Iterable[Sequence[Any] | None]:
        """The inputs' values for each combination of codes; None where one couldn't be made."""
        columns, whole = [], True
        for value, codes in zip(self.inputs, zip(*fresh, strict=True), strict=False):
            values, absent = value.values, value.absent
            columns.append([values[c] if c >= 0 else absent for c in codes])
            whole = whole and min(codes) >= _NONE
        given = zip(*columns, strict=True)
        return given if whole else (g if min(f) >= _NONE else None for g, f in zip(given, fresh, strict=True))

    def _learn(self, combinations: Iterable[Sequence[Any] | None], tables: Sequence[_Codes]) -> None:
        of, one = self.of, len(self.outputs) == 1
        value, table = self.outputs[0], tables[0]
        for given in combinations:
            try:
                made = of(*given) if given is not None else None
            except _ERRORS:
                made = None
            if made is None:
                for several in tables:
                    several.append(_BAD)
            elif one:
                table.append(value.code(made[0]))
            else:
                for several, output, each in zip(tables, self.outputs, made, strict=True):
                    several.append(output.code(each))


def _bound(part: Part, wanted: Wanted) -> Callable[..., tuple[Any, ...]]:
    """The part's function of those inputs that differ."""
    thunks = [refuse] * len(part.rare)
    if WANTED not in part.inputs:
        return _with_last(part.of, thunks) if thunks else part.of
    at = part.inputs.index(WANTED)
    return lambda *given: part.of(*given[:at], wanted, *given[at:], *thunks)


def _with_last(of: Callable[..., Any], last: Sequence[Any]) -> Callable[..., Any]:
    return lambda *given: of(*given, *last)


class Columnar:
    """Reads pages of one reader's records, and remembers what it has seen: one for each file or task."""

    def __init__(self, parts: Parts, wanted: Wanted) -> None:
        self.parts = parts
        self.wanted = wanted
        self._forget()

    def walk(self, text: bytes, by_line: bool) -> Walked | None:
        """The records of a document or of lines. None when only a parser that repairs can tell its records."""
        if self._walker.held() > HELD or sum(len(s.tables[0]) for s in self._steps) > COMBINATIONS:
            self._forget()
        walked = self._walker.walk(text, by_line)
        if walked is None:
            return None
        count, starts, ends, odd_bytes, cells = walked
        odd = bytearray(odd_bytes)
        self._decode(cells, odd)
        if not all(step.run() for step in self._steps):
            self._forget()
            return None
        for step in self._steps:
            _mark(step.outputs[0].codes, odd)
        if self.parts.text:
            self._mark_rewritten(text, starts, ends, odd)
        places = memoryview(starts).cast("q"), memoryview(ends).cast("q")
        return Walked(*places, odd, lambda: self._columns(text, count, *places, cells, odd))

    def _forget(self) -> None:
        parts = self.parts
        self._leaves = [leaf for leaf in parts.leaves if leaf.path not in _only_rare(parts)]
        kinds = {parts.id[0]: _PLAIN, parts.time[0]: _TIME}
        self._kinds = bytes(kinds.get(leaf.path, _CODED) for leaf in self._leaves)
        marked = tuple(leaf.marked for leaf in self._leaves)
        self._walker = walk.Walker(marked, self._kinds, (*CONTAINERS, *_NO_LISTS), secrets.randbits(63))
        self._values = {leaf.path: _Value(_default(leaf)) for leaf in self._leaves}
        self._decoders = [_decoder(leaf) for leaf in self._leaves]
        self._unreadable: list[set[int]] = [set() for _ in self._leaves]
        self._made = {name for part in parts.parts for name in part.outputs}
        self._steps = [_Step(part, self._values, self.wanted) for part in parts.parts]

    def _decode(self, cells: Sequence[bytes], odd: bytearray) -> None:
        for i, leaf in enumerate(self._leaves):
            if self._kinds[i] != _CODED:
                continue
            value, decoder = self._values[leaf.path], self._decoders[i]
            value.codes = cells[i]
            for raw in self._walker.fresh(i):
                try:
                    value.values.append(decoder.decode(raw) if decoder else msgspec.Raw(raw))
                except (*_ERRORS, UnicodeDecodeError):
                    self._unreadable[i].add(len(value.values))
                    value.values.append(value.absent)
            if self._unreadable[i]:
                table = array("i", (_BAD if code in self._unreadable[i] else 0 for code in range(len(value.values))))
                _mark(walk.mapped(value.codes, table, 0), odd)

    def _columns(self, text: bytes, count: int, starts: Any, ends: Any, cells: Any, odd: bytearray) -> list[pa.Array]:
        ends_of, data = (pa.py_buffer(b) for b in cells[self._kinds.index(_PLAIN)])
        times = pa.py_buffer(cells[self._kinds.index(_TIME)])
        columns = [pa.Array.from_buffers(pa.string(), count, [None, ends_of, data])]
        columns.append(pa.Array.from_buffers(SCHEMA.field("time").type, count, [None, times]))
        for name in Row._fields[2:-1]:
            of = SCHEMA.field(name.rstrip("_")).type
            if name in self._made:
                columns.append(self._values[name].gathered(count, of))
            else:
                columns.append(pa.repeat(pa.scalar(self.parts.constants.get(name), of), count))
        return [*columns, self._raw(text, count, starts, ends, odd)]

    def _mark_rewritten(self, text: bytes, starts: bytes, ends: bytes, odd: bytearray) -> None:
        """Records that are kept otherwise than they are, are odd."""
        keep, decode, rewrite = self._values[KEEP], msgspec.json.Decoder(self.parts.record).decode, self.parts.text
        yes, places = (
            keep.index.get(True, _BAD),
            zip(memoryview(starts).cast("q"), memoryview(ends).cast("q"), strict=True),
        )
        for i, (code, (start, end)) in enumerate(zip(memoryview(keep.codes).cast("i"), places, strict=True)):
            if code == yes and not odd[i] and rewrite:
                raw = text[start:end]
                odd[i] = rewrite(raw, decode(raw)) != raw

    def _raw(self, text: bytes, count: int, starts: Any, ends: Any, odd: bytearray) -> pa.Array:
        keep = self._values[KEEP]
        found = names.keep(text, starts, ends, keep.codes, keep.index.get(True, _BAD), odd)
        offsets, data, there, hard = found
        bits = walk.valid(there)
        buffers = [None if bits is None else pa.py_buffer(bits), pa.py_buffer(offsets), pa.py_buffer(data)]
        texts = pa.Array.from_buffers(pa.string(), count, buffers)
        if not hard:
            return texts
        left = set(hard)
        made = pa.array([kept(text[starts[i] : ends[i]]) for i in hard], pa.string())
        return pc.replace_with_mask(texts, pa.array([i in left for i in range(count)]), made)


def _decoder(leaf: Leaf) -> msgspec.json.Decoder[Any] | None:
    return None if leaf.type is msgspec.Raw else msgspec.json.Decoder(leaf.type)


def _default(leaf: Leaf) -> Any:
    return None if leaf.default is msgspec.NODEFAULT else leaf.default


def _only_rare(parts: Parts) -> frozenset[str]:
    """Fields that hold anything and are looked at in few records: no code is made for each of their texts."""
    used = {name for part in parts.parts for name in part.inputs}
    return frozenset(name for part in parts.parts for name in part.rare) - used


def _mark(codes: bytes, odd: bytearray) -> None:
    if array("i", [_BAD]).tobytes() in codes:
        for i, code in enumerate(memoryview(codes).cast("i")):
            if code == _BAD:
                odd[i] = 1
