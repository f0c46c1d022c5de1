"""Upkeep: retries, moves and sessions as AWS logs them."""

from keywitness.simulate.company import locate
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide.cast import SSO
from tests.simulate.sample import Record, time_of


def test_a_denied_call_names_its_target_in_the_message_alone(wide_kinds: dict[str, list[Record]]) -> None:
    for record in wide_kinds["o-denied-first"]:
        assert (record["requestParameters"], record["responseElements"]) == (None, None)
        assert " on resource: user svc-" in record["errorMessage"]
    assert {r["errorCode"] for r in wide_kinds["o-limit-reached"]} == {"LimitExceededException"}


def test_four_renewals_have_one_ticket_for_four(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    rows = [ticket for ticket in wide_stage.tickets if ticket.max_uses]
    assert len(wide_kinds["o-quarterly"]) == 4
    assert len({row.id for row in rows}) == 1
    assert len(rows) in {1, 4}


def test_the_first_key_is_gone_unused_before_the_second(wide_stage: Stage, wide_kinds: dict[str, list[Record]]) -> None:
    first, second = wide_kinds["o-made-again"]
    lost = first["responseElements"]["accessKey"]["accessKeyId"]
    records = wide_stage.logs["aws/111122223333"]
    gone = [r for r in records if (r["requestParameters"] or {}).get("accessKeyId") == lost]
    assert time_of(first) < time_of(gone[0]) < time_of(second)
    assert not [r for r in records if r["userIdentity"].get("accessKeyId") == lost]


def test_builds_come_from_the_new_network_only_after_the_move(
    wide_stage: Stage, wide_kinds: dict[str, list[Record]]
) -> None:
    assert wide_stage.builds
    since, _ = wide_stage.builds
    every = [*wide_kinds["o-builds-moved"], *wide_kinds["b4-ci-keypair"]]
    moved = {time_of(r).date() for r in every if locate(r["sourceIPAddress"]).owner == "Buildyard Inc."}
    assert min(moved) >= since
    assert all(locate(r["sourceIPAddress"]).owner == "Buildyard Inc." for r in wide_kinds["o-builds-moved"])


def test_an_identity_center_session_is_named_after_the_person(wide_kinds: dict[str, list[Record]]) -> None:
    (key,) = wide_kinds["o-identity-center"]
    assert f"/{SSO}/" in key["userIdentity"]["arn"]
    assert key["userIdentity"]["arn"].endswith("@alderfinch.example")
    assert wide_kinds["o-break-glass"][0]["userIdentity"]["type"] == "Root"
