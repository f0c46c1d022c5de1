"""What a case is found by."""

from keywitness.store import terms
from tests.store.made import judged


def test_a_change_is_found_by_all_that_it_names() -> None:
    found = set(terms.of_finding(judged(1)))
    assert ("credential", "AKIAIOSFODNN7EX00001") in found
    assert ("credential", "ASIAQXMPLKEY00000001") in found
    assert ("address", "185.220.101.47") in found
    assert ("actor", "arn:aws:iam::418273645091:user/dora") in found
    assert ("word", "dora") in found
    assert ("operation", "iam:CreateAccessKey") in found
    assert {kind for kind, _ in found} >= set(terms.PIVOTS)


def test_terms_are_small_on_one_line_and_short() -> None:
    assert terms.normal("  ARN:x\n\ty ") == "arn:x y"
    assert len(terms.normal("ß" * 300)) == terms.LONGEST
    assert terms.rows("t", "KW-1", [("word", "A"), ("word", "a"), ("word", " ")]) == [
        {"tenant_id": "t", "case_id": "KW-1", "kind": "word", "term": "a"}
    ]
