"""Sigma rules of the user's own: what becomes an entry, and what is refused and why."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest

from keywitness.catalogue import Operation, parse
from keywitness.catalogue.functions import evaluate
from keywitness.errors import UsageError
from keywitness.sigma.block import dump
from keywitness.sigma.read import entries
from keywitness.sigma.write import exported, rule
from tests.catalogue.walk import shipped

X = {"eventName": "X"}
MANY = {"type": "event_count", "rules": ["a"], "group-by": ["b"], "timespan": "1h", "condition": {"gte": 3}}
AWS = {"product": "aws", "service": "cloudtrail"}


def sigma(detection: dict[str, Any], logsource: dict[str, str] | None = None, /, **more: Any) -> str:
    head = {"title": "Vault Token", "id": "0f06a3a5-6a09-413f-8743-e6cf35561297", "logsource": logsource or AWS}
    return dump(head | {"detection": {"condition": "selection"} | detection} | more)


def taken(text: str, folder: Path) -> list[Operation]:
    path = folder / "own.yml"
    path.write_text(text, "utf-8")
    return [operation for provider, toml in entries(path) for operation in parse(provider, toml)]


def test_a_rule_becomes_an_entry(tmp_path: Path) -> None:
    asked = {"eventSource": "vault.amazonaws.com", "eventName": ["CreateToken", "RenewToken"]}
    tags = ["attack.persistence", "attack.t1098.001"]
    (entry,) = taken(sigma({"selection": asked}, tags=tags, references=["https://example.com/v"]), tmp_path)
    assert (entry.id, entry.events, entry.when) == (
        "aws.sigma.vault-token",
        ("vault:CreateToken", "vault:RenewToken"),
        "",
    )
    assert (entry.change, entry.scope, entry.technique) == ("created", "core", "T1098.001")
    assert (entry.credential_type, entry.rests_on) == ("credential", "documentation")
    assert entry.reference == "https://example.com/v"


def test_without_the_technique_of_this_runbook_it_is_adjacent(tmp_path: Path) -> None:
    (entry,) = taken(sigma({"selection": {"eventName": "X"}}, tags=["attack.t1552"]), tmp_path)
    assert (entry.scope, entry.technique, entry.events) == ("adjacent", "T1552", ("*:X",))


@pytest.mark.parametrize(
    "own", [{"keywitness.credential_type": "vault_token"}, {"keywitness": {"credential_type": "vault_token"}}]
)
def test_a_rule_may_name_the_credential(own: dict[str, Any], tmp_path: Path) -> None:
    assert taken(sigma({"selection": {"eventName": "X"}}, **own), tmp_path)[0].credential_type == "vault_token"


@pytest.mark.parametrize(
    ("asked", "yes", "no"),
    [
        ({"a.b": "Active"}, {"a": {"b": "ACTIVE"}}, {"a": {"b": "Inactive"}}),
        ({"a.b|contains": "x`'y"}, {"a": [{"b": "n"}, {"b": "1X`'Y2"}]}, {"a": {"b": "xy"}}),
        ({"a|startswith": "x"}, {"a": "Xy"}, {"a": "yx"}),
        ({"a": "x*z?"}, {"a": "x..z1"}, {"a": "x..z"}),
        ({"a": None}, {}, {"a": "x"}),
        ({"a|exists": True}, {"a": "x"}, {"a": None}),
        ({"a": 7}, {"a": 7}, {"a": 8}),
        ({"a": True}, {"a": True}, {"a": False}),
        ({"a": ["x", "y"], "b": "z"}, {"a": "y", "b": "z"}, {"a": "y"}),
        ({"A|contains|all": ["x", "y"]}, {"a": "yx"}, {"a": "y"}),
    ],
)
def test_what_a_selection_asks_is_asked(
    asked: dict[str, Any], yes: dict[str, Any], no: dict[str, Any], tmp_path: Path
) -> None:
    (entry,) = taken(sigma({"selection": {"eventName": "X"} | asked}), tmp_path)
    assert evaluate(entry.when, yes)
    assert not evaluate(entry.when, no)


def test_a_filter_takes_away(tmp_path: Path) -> None:
    detection = {"selection": {"eventName": "X"}, "filter": {"a": "b"}, "condition": "selection and not filter"}
    (entry,) = taken(sigma(detection), tmp_path)
    assert evaluate(entry.when, {"a": "c"})
    assert not evaluate(entry.when, {"a": "b"})


def test_alternatives_that_ask_for_more_become_entries_of_their_own(tmp_path: Path) -> None:
    found = taken(sigma({"selection": [{"eventName": "X"}, {"eventName": "Y", "a": "b"}]}), tmp_path)
    assert [(entry.id, entry.events, bool(entry.when)) for entry in found] == [
        ("aws.sigma.vault-token", ("*:X",), False),
        ("aws.sigma.vault-token-2", ("*:Y",), True),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (sigma({"selection": {"eventName": "X", "a|re": "x.*"}}), "regular expression"),
        (sigma({"selection": {"eventName": "X", "a|gt": 3}}), "compare"),
        (sigma({"selection": {"eventName": "X", "a|cidr": "192.0.2.0/24"}}), "c i d r"),
        (sigma({"selection": {"eventName|re": "X.*"}}), "only names"),
        (sigma({"selection": {"eventName": "*"}}), "may be anything"),
        (sigma({"selection": {"a": "x"}}), "which eventName"),
        (sigma({"selection": X, "filter": {"eventName": "Y"}, "condition": "selection and not filter"}), "not about"),
        (sigma({"selection": X, "words": ["a"], "condition": "selection and words"}), "anywhere"),
        (sigma({"selection": X}, {"product": "windows", "service": "security"}), "no log of keywitness"),
        (sigma({"selection": X, "condition": "selection | count() > 3"}), "own.yml"),
        (sigma({"selection": X}, **{"keywitness.credential_type": "no word!"}), "no word such as"),
        (dump({"title": "Many", "correlation": MANY}), "correlation"),
        ("title: [", "no Sigma rule"),
        ("just text", "no Sigma rule"),
    ],
)
def test_what_cant_be_taken_is_refused_by_name(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"own\.yml") as refused:
        taken(text, tmp_path)
    assert says in str(refused.value)


def test_a_missing_pysigma_is_said_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "sigma":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"keywitness\[sigma\]"):
        taken("", tmp_path)


def test_our_own_rules_come_back_and_find_their_examples(tmp_path: Path) -> None:
    """All of them but those with a regular expression; every seventh, as the parser is slow."""
    written = {o.id: dump(rule(o, ())) for o in exported(shipped().operations)[::7]}
    plain = {ident: text for ident, text in written.items() if "|re" not in text}
    assert len(plain) > len(written) - 3
    for ident, text in plain.items():
        found, operation = taken(text, tmp_path), shipped().get(ident)
        assert any(not entry.when or evaluate(entry.when, json.loads(operation.example)) for entry in found), ident
        assert {entry.credential_type for entry in found} == {operation.credential_type}
