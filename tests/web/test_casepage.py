"""A case's page tells what the report tells, in its order, with hostile text inert; its picture and exports too."""

from html import unescape
from urllib.parse import quote

import pytest

from keywitness.exports import EXPORTS
from keywitness.store.engine import Store
from keywitness.store.load import load
from keywitness.web.casepage import SVG_POLICY
from tests.render.poison import TEXTS, poisoned
from tests.web.desk import at_desk


def test_the_page_has_its_parts_in_order(store: Store) -> None:
    text = unescape(at_desk(store, "vera").get("cases/KW-4F7QZ2AB").text)
    order = ["Escalate to Tier 2", "Change request", "Time and place", "Since then", "Against this verdict"]
    order += ["Hours of the week", "Places", "Timeline", "Genealogy", "Related cases", "Notes and files", "The record"]
    places = [text.index(part, text.index('class="sentence"')) for part in order]
    assert places == sorted(places)
    assert "triage:case:opened" in text


def test_a_viewer_sees_no_button_that_would_be_refused(store: Store) -> None:
    text = at_desk(store, "vera").get("cases/KW-4F7QZ2AB").text
    assert 'name="act"' not in text
    assert 'value="overturn"' in at_desk(store, "tim").get("cases/KW-4F7QZ2AB").text


@pytest.mark.parametrize("name", [name for name in TEXTS if name != "surrogates"])
def test_hostile_text_is_inert_in_every_field(store: Store, name: str) -> None:
    loaded = list(load(store, "default", poisoned(name).cases))
    tim = at_desk(store, "tim")
    tim.act(quote(loaded[0].case_id, safe=""), "note", text=TEXTS[name] or "x")
    case = quote(loaded[0].case_id, safe="")
    for path in ("queue?show=all", f"cases/{case}", "shift"):
        answer = tim.get(path)
        if (answer.status_code == 404 and set(loaded[0].case_id) & set("/\n")) or not case:
            continue  # such an id has no address; triage makes none
        assert answer.status_code == 200
        for sign in ("<script>alert", "<img src=x", '<a href="javascript', "\x1b", "\u202e", "\u2028"):
            assert sign not in answer.text


def test_the_lineage_is_a_picture_that_runs_nothing(store: Store) -> None:
    answer = at_desk(store, "vera").get("cases/KW-4F7QZ2AB/lineage.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == SVG_POLICY
    assert "break-glass-admin" in answer.text


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_a_case_can_be_saved_in_each_format(store: Store, export: object) -> None:
    name = export.name  # type: ignore[attr-defined]
    answer = at_desk(store, "vera").get(f"cases/KW-4F7QZ2AB/export/{name}")
    assert answer.status_code == 200
    assert "KW-4F7QZ2AB" in answer.text
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_format_or_case_that_is_none_is_not_found(store: Store) -> None:
    vera = at_desk(store, "vera")
    assert vera.get("cases/KW-4F7QZ2AB/export/exe").status_code == 404
    assert vera.get("cases/KW-NOTHERE1").status_code == 404
