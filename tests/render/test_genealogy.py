"""A tree of credentials in words, as text and as JSON."""

import json
from dataclasses import replace
from typing import Final

import pytest

from keywitness.behaviour.usage import Use
from keywitness.genealogy import key_of, trees
from keywitness.lineage import SignIn
from keywitness.model import CredentialChange, EventId, Finding, Party, PrincipalId
from keywitness.render.genealogy import Genealogy, cards, render_json, render_text
from tests.render.parts import calm, finding
from tests.render.poison import TEXTS
from tests.render.sample import ESCALATE
from tests.support import AT, ago, change, later
from tests.test_lineage import made, session

SIGNED_IN: Final = SignIn(
    EventId("s1"), ago(hours=5), PrincipalId("ann"), "ann", None, None, "192.0.2.1", "aws.cloudtrail"
)
USE: Final = Use("198.51.100.1", "svc", "key", 3, 2, later(minutes=5), later(hours=1), "u1", "s3:ListBuckets", 2)


def run() -> list[CredentialChange]:
    """A sign-in makes a key, the key a session, the session another key; the first key is removed; one try fails."""
    first = made("AKIA1", time=ago(hours=4), event_id="e1", source_ip="192.0.2.1")
    role = session("ASIA1", "AKIA1", actor="svc", target="role", time=ago(hours=3), event_id="e2")
    second = made("AKIA2", actor="role", target="admin", credential_used="ASIA1", session_id="s", event_id="e3")
    failed = change("svc", "root", credential_used="AKIA1", outcome="failure", error="AccessDenied", event_id="e4")
    removed = change(change="removed", credential_ids=("AKIA1",), time=later(hours=1), operation="iam:DeleteAccessKey")
    return [first, role, second, failed, removed]


def judged(change: CredentialChange) -> Finding:
    return finding(change, calm(), ESCALATE, "KW-4F7QZ2AB")


def shown(changes: list[CredentialChange] | None = None, asked: str = "AKIA2") -> Genealogy:
    changes = changes or run()
    second = changes[2]
    grown = trees([second.event_id], changes, (SIGNED_IN,), {"ASIA1": (USE,)})
    findings = {key_of(second): judged(second)}
    return Genealogy(asked, frozenset({second.event_id}), grown, findings, {"192.0.2.1": "Berlin, DE"})


def test_the_text_is_a_tree_with_who_when_where_use_and_end() -> None:
    lines = render_text(shown()).splitlines()
    assert lines[0] == "Sign-in of ann"
    assert lines[1] == "│  Signed in 2026-09-15 05:00:00 UTC, from 192.0.2.1 in Berlin, DE (aws.cloudtrail)"
    assert lines[2] == "└─ access key AKIA1 for svc"
    assert "Removed 2026-09-15 11:00:00 UTC by ann (iam:DeleteAccessKey)" in lines[5]
    assert "   ├─ role session ASIA1 for role" in lines
    assert "   │  └─ * access key AKIA2 for admin  [▲ Escalate P1 KW-4F7QZ2AB]" in lines
    assert "   └─ Failed: access key for root" in lines
    assert "Used: 3 calls, the first 2026-09-15 10:05:00 UTC for s3:ListBuckets, from 198.51.100.1" in "\n".join(lines)
    assert lines[-1].endswith("; AccessDenied")


def test_a_card_says_how_long_after_its_maker_it_came() -> None:
    told = [card for tree in shown().trees for card in cards(shown(), tree)]
    assert [card.kind for card in told] == ["origin", "credential", "session", "credential", "attempt"]
    assert "60 minutes after" in told[2].lines[0]
    assert told[3].asked


def test_json_nests_as_the_tree_does() -> None:
    told = json.loads(render_json(shown()))
    (tree,) = told["trees"]
    assert tree["origin"]["sign_in"]["event_id"] == "s1"
    role = tree["children"][0]["children"][0]
    assert (role["credential_ids"], role["uses"][0]["calls"]) == (["ASIA1"], 3)
    assert role["children"][0]["case_id"] == "KW-4F7QZ2AB"
    assert tree["children"][0]["ends"][0]["change"] == "removed"


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_names_stay_one_plain_line(name: str) -> None:
    made_up = poisoned(TEXTS[name])
    text = render_text(made_up)
    assert len(text.splitlines()) == len(render_text(shown()).splitlines())
    assert all(line.isprintable() for line in text.splitlines())
    assert render_json(made_up).isascii()


def poisoned(text: str) -> Genealogy:
    """The sample with ``text`` for the names, client and error; ids and addresses stay, since they make the tree."""
    party = Party("x", text, "user")
    changes = [replace(c, target=party, user_agent=text, operation=text, error=c.error and text) for c in run()]
    made_up = shown([replace(changes[0], actor=party), *changes[1:]], asked=text)
    return replace(made_up, places={"192.0.2.1": text})


def test_what_is_not_known_is_said() -> None:
    alone = change(credential_type="console_password", time=AT)
    grown = trees([alone.event_id], [alone])
    text = render_text(Genealogy("x", frozenset(), grown, {}, {}))
    assert "No log shows the key or the sign-in of the 24 hours before" in text
    assert "No log shows whether it was used" in text
    assert "Not removed or disabled in the logs" in text
