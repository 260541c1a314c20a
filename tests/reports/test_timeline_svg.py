"""The picture of a timeline."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET

import pytest

from history.timeline import Band, Lane, Mark, Timeline
from reports.timeline_layout import MOST_ROWS, WIDTH, cut, layout, ticks
from reports.timeline_svg import svg
from tests.reports import samples

SVG = "{http://www.w3.org/2000/svg}"
EMPTY = Timeline(0, [], [], [])
MOMENT = Timeline(0, [Lane("a", "client")], [Mark("a", 0, None, "send", "unknown", "send 1"),
                                             Mark("b", 0, 0, "send", "fail", "send 2")], [Band(0, 0, "cut")])  # fmt: skip


def drawn(timeline: Timeline) -> ET.Element:
    return ET.fromstring(svg(timeline, "a title"))


@pytest.mark.parametrize(
    "timeline", [EMPTY, MOMENT, samples.crowded(), samples.lost_acknowledgement(True), samples.leader_dies(2)]
)
def test_every_timeline_is_well_formed_and_within_the_picture(timeline):
    root = drawn(timeline)
    _, _, width, height = map(float, root.get("viewBox").split())
    for node in root.iter():
        for name, limit in (("x", width), ("x1", width), ("y", height), ("y1", height), ("cx", width)):
            if node.get(name) and node.tag != f"{SVG}g" and float(node.get(name)) >= 0:
                assert float(node.get(name)) <= limit
        assert float(node.get("width") or 0) >= 0


def test_every_mark_has_a_tooltip_with_its_whole_label():
    timeline = samples.crowded()
    titles = " ".join(node.text for node in drawn(timeline).iter(f"{SVG}title"))
    assert all(mark.label.strip() in titles for mark in timeline.marks)


def test_it_names_and_describes_itself_for_those_who_hear_it():
    root = drawn(samples.lost_acknowledgement(True))
    ids = {node.get("id"): node for node in root.iter() if node.get("id")}
    title, desc = (ids[name] for name in root.get("aria-labelledby").split())
    assert root.get("role") == "img"
    assert title.text == "a title"
    assert "acknowledgements to producer-1 are lost" in desc.text
    assert "2: producer-1" in desc.text


def test_outcomes_differ_in_shape_not_only_in_colour():
    marks = [Mark("a", n, n + 0.9, "send", outcome, outcome) for n, outcome in enumerate(("ok", "fail", "unknown"))]
    root = drawn(Timeline(3, [Lane("a", "client")], marks, []))
    assert sum(node.get("class") == "cross" for node in root.iter(f"{SVG}path")) == 1
    assert sum(node.get("class") == "q" for node in root.iter(f"{SVG}text")) == 1


def test_the_counterexample_is_numbered_in_the_order_of_time():
    plan = layout(samples.crowded())
    starts = [item.mark.start for _, item in plan.chosen]
    assert starts == sorted(starts)
    assert [item.number for _, item in plan.chosen] == [1, 2, 3, 4, 5, 6]


def test_a_band_covers_the_lanes_it_names_and_no_other():
    timeline = samples.leader_dies(2)
    bands = [node for node in drawn(timeline).iter(f"{SVG}rect") if node.get("class") == "band" and node.get("height") != "12"]
    assert len(bands) == 1
    timeline.bands[0].lanes = []
    bands = [node for node in drawn(timeline).iter(f"{SVG}rect") if node.get("class") == "band" and node.get("height") != "12"]
    assert len(bands) == len(timeline.lanes)


def test_marks_of_a_row_do_not_lie_over_each_other_until_the_rows_run_out():
    for lane in layout(samples.lost_acknowledgement(True)).lanes:
        for row in range(MOST_ROWS):
            items = sorted((item for item in lane.placed if item.row == row), key=lambda item: item.left)
            assert all(a.right <= b.left for a, b in itertools.pairwise(items))


def test_texts_of_bands_do_not_lie_over_each_other():
    places = layout(samples.crowded()).bands
    assert len({place.row for place in places}) == len(places)
    assert all(place.text_left < WIDTH for place in places)


@pytest.mark.parametrize("span", [0.001, 0.02, 0.7, 1.2, 3.4, 59, 600, 86400])
def test_ticks_are_few_round_and_distinct(span):
    told = ticks(span)
    assert 3 <= len(told) <= 11
    assert len({text for _, text in told}) == len(told)
    assert all(0 <= at <= span * 1.000001 for at, _ in told)


def test_a_name_is_cut_in_the_middle_where_its_end_matters():
    assert cut("consumer-in-a-long-group-17", 100, tail=4).endswith("p-17")
    assert cut("short", 100) == "short"
    assert cut("does not fit at all", 20) == ""


def test_hostile_labels_stay_text():
    mark = Mark("<b>", 0, 1, "send", "ok", "</svg><script>alert(1)</script>\x00&")
    root = drawn(Timeline(1, [], [mark], [Band(0, 1, "<i>")]))
    assert not list(root.iter(f"{SVG}script"))
    assert any("<script>" in (node.text or "") for node in root.iter(f"{SVG}title"))


def test_alone_it_brings_its_styles_and_in_a_page_it_does_not():
    assert "<style>" in svg(EMPTY, "t", alone=True)
    assert "<style>" not in svg(EMPTY, "t")
