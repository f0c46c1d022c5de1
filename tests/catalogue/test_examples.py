"""Every entry of the catalogue: its example is the change that it says, and its words are well formed."""

import json
import re
import string
from collections import Counter
from typing import Final

import pytest

from keywitness.catalogue import Operation
from keywitness.detect import is_finding
from keywitness.model import ADDING
from keywitness.readers import READERS
from tests.catalogue.walk import changes, example, shipped

ALL: Final = pytest.mark.parametrize("operation", shipped().operations, ids=lambda o: o.id)
PLACEHOLDERS: Final = {"target", "target_name", "actor_name", "credential_id", "tenant", "region"}
INVENTED_ACCOUNTS: Final = {"111122223333", "444455556666"}
ACTION: Final = r"[a-z0-9]+\.[a-z0-9-]+\.[a-z0-9-]+"
FIELD: Final = re.compile(r"(?<!\{)\{\w+\}")
QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
LOGS: Final = {"cloudtrail", "audit", "signin", "sp-signin", "mi-signin", "activity", "data_access", "system"}


@ALL
def test_the_example_is_exactly_this_change(operation: Operation) -> None:
    found = changes(example(operation))
    assert [c.operation_id for c in found] == [operation.id]
    assert operation.expect
    change = found[0]
    seen = {
        "target": change.target.id,
        "target_name": change.target.name,
        "credential_id": change.credential_id,
        "outcome": change.outcome,
    }
    assert seen | dict(operation.expect) == seen
    assert change.credential_id == operation.expect.get("credential_id"), "an id that is found must be expected"


def test_an_example_is_a_finding_when_its_entry_adds() -> None:
    for operation in shipped().operations:
        adds = operation.change in ADDING and operation.scope != "lineage"
        assert [is_finding(c) for c in changes(example(operation))] == [adds], operation.id


def test_the_words_are_well_formed() -> None:
    for operation in shipped().operations:
        path = rf"{operation.provider}\.[a-z0-9-]+\.[a-z0-9-]+"
        assert re.fullmatch(path, operation.id)
        assert re.fullmatch(r"[a-z][a-z0-9_]+", operation.credential_type), operation.id
        assert re.fullmatch(r"T\d{4}(\.\d{3})?", operation.technique), operation.id
        assert operation.reference.startswith("https://"), operation.id
        assert operation.events, operation.id
        assert not operation.containment or re.fullmatch(ACTION, operation.containment), operation.id


def test_what_adds_a_credential_can_be_taken_back() -> None:
    """Each core entry that adds names the commands, or says why there are none; the others have nothing to undo."""
    adding = [o for o in shipped().operations if o.change in ADDING]
    assert not [o.id for o in adding if o.scope == "core" and not (o.contain or o.note)]
    assert not [o.id for o in shipped().operations if o.contain and o not in adding]
    assert not [o.id for o in shipped().operations if o.contain and not o.containment]


def test_commands_use_known_placeholders_and_no_quotes() -> None:
    for operation in shipped().operations:
        for command in operation.contain:
            fields = {name for _, name, _, _ in string.Formatter().parse(command) if name is not None}
            assert fields <= PLACEHOLDERS, operation.id
            assert not any(FIELD.search(part) for part in QUOTED.findall(command)), operation.id
            assert not set("`;|&<>\n") & set(command), operation.id


def test_use_shows_in_a_log_that_a_reader_knows() -> None:
    """A log of the same provider, or another's with its name in front: ``entra.signin``."""
    wrong = [o.id for o in shipped().operations if o.use_log and o.use_log.rpartition(".")[2] not in LOGS]
    assert not wrong


def test_examples_are_invented() -> None:
    for operation in shipped().operations:
        assert isinstance(json.loads(operation.example), dict)
        accounts = set(re.findall(r"(?<![0-9a-zA-Z-])\d{12}(?![0-9a-zA-Z])", operation.example))
        assert operation.provider != "aws" or accounts <= INVENTED_ACCOUNTS, operation.id


def test_ids_are_unique() -> None:
    repeated = [ident for ident, n in Counter(o.id for o in shipped().operations).items() if n > 1]
    assert not repeated


def test_every_provider_has_a_reader() -> None:
    assert {o.provider for o in shipped().operations} <= {r.provider for r in READERS}


def test_no_two_entries_are_the_same() -> None:
    """Of entries with the same events and condition only the first would ever count."""
    keys = Counter((e, o.provider, o.credential_type, o.when) for o in shipped().operations for e in o.events)
    assert not [k for k, n in keys.items() if n > 1]
