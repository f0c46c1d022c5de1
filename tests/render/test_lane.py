from datetime import timedelta

from keywitness.model import TimelineEntry
from keywitness.render import story
from keywitness.render.lane import lanes
from tests.render.parts import NIGHT, moment
from tests.render.sample import burst, stolen_key


def test_moments_are_drawn_to_scale_in_a_lane_for_each_kind() -> None:
    drawn = lanes((moment(0, "", 1, "sign-in"), moment(30, "", 2, "change"), moment(120, "", 3, "use")))
    assert drawn is not None
    assert [(row.kind, row.marks) for row in drawn.rows] == [("sign-in", (2.0,)), ("change", (26.0,)), ("use", (98.0,))]
    assert (drawn.first, drawn.last) == (NIGHT, NIGHT + timedelta(minutes=120))


def test_a_picture_that_says_nothing_is_not_drawn() -> None:
    assert lanes(()) is None
    assert lanes((moment(0, "", 1, "change"), moment(9, "", 2, "use"))) is None
    assert lanes(tuple(moment(5, "", n, "use") for n in range(4))) is None


def test_marks_that_would_lie_on_each_other_are_drawn_once() -> None:
    crowd: list[TimelineEntry] = [moment(0, "", 1, "change"), *(moment(100, "", n, "use") for n in range(50))]
    drawn = lanes(crowd)
    assert drawn is not None
    assert len(drawn.rows[-1].marks) == 1


def test_cases_are_drawn() -> None:
    for case in (stolen_key(), burst()):
        assert lanes(story.timeline(case)) is not None
