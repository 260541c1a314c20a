"""A timeline as a picture: lanes for clients and brokers, operations, faults, the counterexample."""

from __future__ import annotations

from pathlib import Path

from history.timeline import Timeline, from_plain, thinned
from reports.model import GOOD, ScenarioTold
from reports.timeline_layout import (
    CHAR,
    GUTTER,
    STRIP,
    WIDTH,
    LanePlace,
    Layout,
    Placed,
    cut,
    layout,
    ticks,
    unit,
)
from reports.timeline_marks import ROUND, SIGNS, el, mark, text, tooltip, words_in
from reports.words import plural, slug, titled

STYLE = Path(__file__).parent / "templates" / "timeline.css"
MARKS_OF_HELD = 150
MOST_TOLD = 8  # marks of the counterexample that are told below the picture
MOST_THREADED = 6  # marks of the counterexample that are joined by a line


def picture(told: ScenarioTold, *, alone: bool = False) -> str:
    """The picture of a run, "" if it has no timeline.

    A promise that held is drawn with fewer marks: nothing is looked for there, and pages stay small.
    """
    if not told.timeline:
        return ""
    timeline = from_plain(told.timeline)
    if told.kind == "promise" and told.verdict in GOOD:
        timeline.marks = thinned(timeline.marks, MARKS_OF_HELD)
    return svg(timeline, f"Timeline of {titled(told)}, line {told.line} of {told.uri}", alone=alone)


def svg(timeline: Timeline, title: str, *, alone: bool = False) -> str:
    """The picture, as markup to put into a page.

    ``title`` names it for those who hear the page, and must differ from other titles of the page.
    ``alone`` adds the styles, for a picture that stands in no page of ours.
    """
    plan = layout(timeline)
    below, height = _below(plan)
    name = f"timeline-{slug(title)}"
    return el(
        "svg",
        el("title", words_in(title), id=f"{name}-title"),
        el("desc", words_in(_described(plan)), id=f"{name}-desc"),
        el("style", STYLE.read_text(encoding="utf-8")) if alone else "",
        el("rect", class_="paper", width=WIDTH, height=height),
        *_ground(plan),
        *_bands(plan),
        *(mark(item, lane.y(item.row)) for lane, item in _by_weight(plan)),
        *_thread(plan),
        *_badges(plan),
        *below,
        xmlns="http://www.w3.org/2000/svg",
        class_="timeline",
        viewBox=f"0 0 {WIDTH} {height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


def _described(plan: Layout) -> str:
    """The picture in words, for those who do not see it."""
    lanes = ", ".join(place.lane.name for place in plan.lanes)
    said = [f"{plural(sum(len(place.placed) for place in plan.lanes), 'mark')} on the lanes {lanes}."]
    for place in plan.bands:
        said.append(f"{place.band.start:.3f} s to {place.band.end:.3f} s: {place.band.label}.")
    for lane, item in plan.chosen[:MOST_TOLD]:
        said.append(f"{item.number}: {lane.lane.name}, {tooltip(item)}.")
    return " ".join(said)


def _by_weight(plan: Layout) -> list[tuple[LanePlace, Placed]]:
    """The marks in the order of drawing: what went wrong and what was chosen last, so on top."""
    weights = {"ok": 0, "info": 1, "fail": 2, "unknown": 3}
    pairs = [(lane, item) for lane in plan.lanes for item in lane.placed]
    return sorted(pairs, key=lambda pair: (bool(pair[1].number), weights.get(pair[1].mark.outcome, 1)))


def _ground(plan: Layout) -> list[str]:
    """Stripes, names of lanes, the grid and the axis of time."""
    drawn = []
    for number, place in enumerate(plan.lanes):
        if number % 2 == 0:
            drawn.append(el("rect", class_="stripe", y=place.top, width=WIDTH, height=place.height))
        drawn.append(_name(place))
    unit_name, parts = unit(plan.scale.seconds)
    for at, said in ticks(plan.scale.seconds * parts):
        x = plan.scale.x(at / parts)
        drawn.append(el("line", class_="grid", x1=x, x2=x, y1=plan.top, y2=plan.bottom + 4))
        drawn.append(text(said, x, plan.bottom + 16, "soft", "middle"))
    drawn.append(text(unit_name, 8, plan.bottom + 16, "soft"))
    return drawn


def _name(place: LanePlace) -> str:
    """A lane's name, with its note below where the lane is high enough, else beside where it fits."""
    name, note = place.lane.name, place.lane.note
    y = place.y(0) + 4
    shown = cut(name, GUTTER - 26, tail=8)
    drawn = [el("title", words_in(f"{name} ({place.lane.kind}{', ' + note if note else ''})"))]
    drawn.append(text(shown, 8, y, "name"))
    left = 8 + (len(shown) + 1.5) * CHAR
    if place.height >= 2 * STRIP + 6:
        drawn.append(text(cut(note, GUTTER - 16), 8, y + 13, "soft"))
    elif left + len(note) * CHAR < GUTTER:
        drawn.append(text(note, left, y, "soft"))
    return el("g", *drawn)


def _bands(plan: Layout) -> list[str]:
    """Faults in force, over the lanes that they concern, named above."""
    drawn = []
    for place in plan.bands:
        band, wide = place.band, round(place.right - place.left, 1)
        over = [lane for lane in plan.lanes if not band.lanes or lane.lane.name in band.lanes]
        shades = [
            el("rect", class_="band", x=place.left, y=lane.top, width=wide, height=lane.height) for lane in over
        ]
        foot = 6 + STRIP * (place.row + 1)
        edge = el("line", class_="edge", x1=place.left, x2=place.left, y1=foot - 3, y2=plan.bottom)
        said = text(cut(band.label, WIDTH - place.text_left - 6), place.text_left, foot - 5, "bandtext")
        title = el("title", words_in(f"{band.start:.3f} s to {band.end:.3f} s · {band.label}"))
        drawn.append(el("g", title, *shades, edge, said))
    return drawn


def _thread(plan: Layout) -> list[str]:
    """A line from one mark of the counterexample to the next."""
    chosen = plan.chosen
    if not 2 <= len(chosen) <= MOST_THREADED:
        return []
    points = [f"{(item.left + min(item.right, item.left + 24)) / 2:.1f},{lane.y(item.row):.1f}" for lane, item in chosen]
    return [el("polyline", class_="thread", points=" ".join(points))]


def _badges(plan: Layout) -> list[str]:
    """The numbers of the counterexample above its marks, kept apart."""
    drawn = []
    for lane in plan.lanes:
        free = 0.0
        for item in sorted((item for item in lane.placed if item.number), key=lambda item: item.number):
            x = max((item.left + min(item.right, item.left + 12)) / 2, free)
            free = x + 16
            drawn += _badge(item.number, x, lane.top + 9)
    return drawn


def _badge(number: int, x: float, y: float) -> list[str]:
    return [
        el("circle", class_="badge", cx=round(x, 1), cy=round(y, 1), r=7.5),
        text(str(number), x, y + 4, "badgetext", "middle"),
    ]


def _below(plan: Layout) -> tuple[list[str], float]:
    """What stands below the axis, the counterexample and the legend, and the height of the picture."""
    y = plan.bottom + 22
    drawn = []
    for lane, item in plan.chosen[:MOST_TOLD]:
        y += STRIP + 2
        drawn += _badge(item.number, 16, y - 4)
        drawn.append(text(f"{item.mark.start:.3f} s", 30, y, "soft"))
        drawn.append(text(cut(lane.lane.name, GUTTER - 20, tail=8), 84, y, "name"))
        drawn.append(text(cut(item.mark.label, WIDTH - GUTTER - 100), GUTTER + 84, y))
    if len(plan.chosen) > MOST_TOLD:
        y += STRIP
        drawn.append(text(f"and {len(plan.chosen) - MOST_TOLD} more", 30, y, "soft"))
    legend, y = _legend(plan, y + STRIP + 6)
    return drawn + legend, round(y + 10)


def _legend(plan: Layout, y: float) -> tuple[list[str], float]:
    """What the shapes mean; only those that are there."""
    drawn, x = [], 8.0
    for sample, said in _samples(plan):
        wide = 26 + CHAR * len(said) + 14
        if x + wide > WIDTH:
            x, y = 8.0, y + STRIP
        drawn.append(el("g", sample, transform=f"translate({x + 10:.0f},{y - 4:.0f})"))
        drawn.append(text(said, x + 24, y, "soft"))
        x += wide
    return drawn, y


def _samples(plan: Layout) -> list[tuple[str, str]]:
    marks = [item.mark for lane in plan.lanes for item in lane.placed]
    bars = [told for told in marks if told.end is not None]
    found = []
    for outcome, said in (("ok", "ok"), ("fail", "failed, certainly not done"), ("unknown", "? outcome unknown")):
        if any(told.outcome == outcome for told in marks):
            found.append((el("rect", class_=outcome, x=-9, y=-5, width=20, height=10, rx=1), said))
    if any(told.kind in ROUND for told in bars):
        found.append((el("rect", class_="ok", x=-9, y=-5, width=20, height=10, rx=5), "round: reads"))
    signs = {SIGNS[told.kind][2]: SIGNS[told.kind] for told in marks if told.end is None and told.kind in SIGNS}
    found += [(el("path", class_=class_, d=path), said) for said, (class_, path, _) in signs.items()]
    if plan.bands:
        found.append((el("rect", class_="band", x=-9, y=-6, width=20, height=12), "fault in force"))
    if plan.chosen:
        found.append((el("rect", class_="ring", x=-8, y=-5, width=18, height=10, rx=3), "the counterexample"))
    return found
