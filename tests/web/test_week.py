"""The hours of the week, in the actor's own zone."""

from dataclasses import replace
from datetime import timedelta, timezone

from keywitness.store.summary import case_of
from keywitness.web.week import week
from tests.render.parts import NIGHT, moment
from tests.store.made import judged


def test_a_change_stands_in_its_local_hour() -> None:
    zone = timezone(timedelta(hours=9), "JST")
    finding = judged(0)
    local = NIGHT.astimezone(zone)
    finding = replace(finding, local_time=local, timeline=(moment(0, "made", 0, "change"), moment(1, "used", 1, "use")))
    made = week(case_of("KW-1", [finding]))
    hour = dict(made.rows)[local.strftime("%a")][local.hour]
    assert (made.zone, made.moments, hour.number, hour.changes, hour.level) == ("JST", 2, 2, 1, 4)
    assert "1 of this case's changes" in hour.said
    assert sum(h.level > 0 for _, hours in made.rows for h in hours) == 1
