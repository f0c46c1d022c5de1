"""A reader's rows in parts, so that one definition serves record by record and column by column.

A part turns a few fields of a record, or what earlier parts made of them, into
a few columns. Row by row all parts are applied to one record. Column by column
(:mod:`keywitness.readers.columnar`) a part is applied once to each different
combination of its inputs: a million records hold few.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property
from operator import attrgetter, itemgetter
from types import UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin

import msgspec

from keywitness.errors import RecordError
from keywitness.readers import Row, Wanted
from keywitness.readers.values import micros

WANTED: Final = "wanted"
KEEP: Final = "keep"
"""The input that is the run's :class:`Wanted`, and the output that says whether the record's text is kept."""


class Part(NamedTuple):
    """``of(*inputs, *rare)`` gives the values of ``outputs``: Row fields, or names (``_x``) that later parts take.

    Inputs are paths of fields (``protoPayload.methodName``), outputs of earlier parts, or ``WANTED``. Each of ``rare``
    is passed as a function of no arguments, for what few records need and what would differ in each. ``of`` is pure,
    and raises RecordError for what makes the record no event.
    """

    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    of: Callable[..., tuple[Any, ...]]
    rare: tuple[str, ...] = ()


class Leaf(NamedTuple):
    """A field that holds a value; ``path`` is as Python spells it.

    ``marked`` is as the record spells it, with ``!`` behind what must be there.
    """

    path: str
    marked: str
    type: Any
    default: Any


class Parts(msgspec.Struct, frozen=True, dict=True):
    """How a provider's records become rows: the struct that decodes them, and the parts in order.

    The event's id and time are the first of ``id`` and of ``time`` that a record fills. ``text`` gives what is kept of
    a record when that isn't always the record as it is.
    """

    record: type[msgspec.Struct]
    id: tuple[str, ...]
    time: tuple[str, ...]
    constants: Mapping[str, Any]
    parts: tuple[Part, ...]
    text: Callable[[bytes, Any], bytes] | None = None

    def row(self, raw: bytes, wanted: Wanted) -> Row:
        """One record as a row. Raises RecordError or a msgspec error for a record that can't be one."""
        record = self._decoder.decode(raw)
        values = dict(self._start)
        values[WANTED] = wanted
        values.update(zip(*self._flat(record), strict=True))
        for path, get in self._nested:
            values[path] = get(record)
        for outputs, one, of, inputs, rare in self._steps:
            made = of(*inputs(values), *(lambda p=p: values[p] for p in rare)) if rare else of(*inputs(values))
            if one:
                values[outputs[0]] = made[0]
            else:
                values.update(zip(outputs, made, strict=True))
        values["event_id"] = next((v for p in self.id if (v := values[p])), None)
        values["time"] = micros(next((v for p in self.time if (v := values[p])), None))
        values["raw"] = None
        if values[KEEP]:
            values["raw"] = self.text(raw, record) if self.text else raw
        return Row(*_COLUMNS(values))

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All fields of the record, also those of structs inside it; a struct that a part takes is one value."""
        whole = frozenset(name for part in self.parts for name in (*part.inputs, *part.rare))
        return tuple(_leaves(self.record, whole))

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.record)

    @cached_property
    def _start(self) -> Mapping[str, Any]:
        return dict.fromkeys(Row._fields) | dict(self.constants)

    @cached_property
    def _flat(self) -> Callable[[Any], tuple[tuple[str, ...], tuple[Any, ...]]]:
        """Names and values of the fields that aren't inside a struct; there are at least two."""
        names = tuple(leaf.path for leaf in self.leaves if "." not in leaf.path)
        get = attrgetter(*names)
        return lambda record: (names, get(record))

    @cached_property
    def _nested(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        return tuple((leaf.path, _getter(leaf)) for leaf in self.leaves if "." in leaf.path)

    @cached_property
    def _steps(self) -> tuple[tuple[Any, ...], ...]:
        return tuple((p.outputs, len(p.outputs) == 1, p.of, _several(p.inputs), p.rare) for p in self.parts)


_COLUMNS: Final = itemgetter(*Row._fields)


def _several(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) == 1:
        (name,) = names
        return lambda values: (values[name],)
    return itemgetter(*names)


def _getter(leaf: Leaf) -> Callable[[Any], Any]:
    first, *rest = leaf.path.split(".")

    def nested(record: Any) -> Any:
        found = getattr(record, first)
        for name in rest:
            if found is None:
                return leaf.default
            found = getattr(found, name)
        return found

    return nested


def _leaves(struct: type[msgspec.Struct], whole: AbstractSet[str], path: str = "", marked: str = "") -> Iterator[Leaf]:
    for field in msgspec.structs.fields(struct):
        own, key = path + field.name, marked + field.encode_name
        inside = None if own in whole else _inside(field.type)
        if inside:
            yield from _leaves(inside, whole, f"{own}.", f"{key}{'!' if field.required else ''}.")
        else:
            yield Leaf(own, key, field.type, field.default)


def _inside(of: Any) -> type[msgspec.Struct] | None:
    """The struct that a type is, or is when it isn't None."""
    if get_origin(of) in (Union, UnionType):
        several = [t for t in get_args(of) if t is not type(None)]
        of = several[0] if len(several) == 1 else None
    return of if isinstance(of, type) and issubclass(of, msgspec.Struct) else None


def refuse() -> Any:
    """Stands for a rare input where records are read by columns: the record is then read by itself."""
    raise RecordError("this record is read by itself")
