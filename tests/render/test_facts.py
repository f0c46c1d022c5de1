from dataclasses import replace

from keywitness.model import Case, Party
from keywitness.render.facts import facts, party, shared
from tests.render.sample import burst, stolen_key, upload


def test_a_change_is_told_with_its_ids_in_full() -> None:
    told = dict(facts(stolen_key().findings[1]))
    assert told["Event"] == "e0b6fbb6-5ca0-4c17-9c6d-000000000002"
    assert told["Credential"] == "its id is not in the record"
    assert told["Made by"] == "the credential that e0b6fbb6-5ca0-4c17-9c6d-000000000001 made"
    assert told["Address"] == "45.137.21.9 in Bucharest, RO (AS9009 M247)"
    assert told["Record"].endswith(".json.gz, record 2")


def test_what_the_record_does_not_say_is_left_out() -> None:
    given = upload().findings[0]
    silent = replace(given, change=replace(given.change, user_agent=None, mfa=None, source_ip=None), place=None)
    assert {"Client", "MFA", "Address"}.isdisjoint(dict(facts(silent)))
    assert dict(facts(given))["MFA"] == "no"


def test_an_actor_that_is_its_own_target_is_not_named_twice() -> None:
    given = upload().findings[0]
    own = replace(given, change=replace(given.change, target_principal=given.change.actor_principal))
    assert dict(facts(own))["Target"] == "the actor itself"


def test_shared_facts_are_those_that_all_changes_have() -> None:
    told = dict(shared(burst()))
    assert told["Address"].startswith("20.79.14.203")
    assert {"Event", "Target", "Credential", "Outcome"}.isdisjoint(told)
    alone = Case(burst().case_id, burst().findings[:1])
    assert shared(alone) == facts(alone.findings[0])


def test_a_party_is_named_once() -> None:
    assert party(Party("id-1", "dora", "user")) == "dora (user, id-1)"
    assert party(Party("id-1", None, None)) == "id-1"
    assert party(Party(None, None, None)) == "unknown"
