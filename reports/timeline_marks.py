"""The shapes of a timeline: one small piece of SVG for each kind of mark."""

from __future__ import annotations

from html import escape

from reports.timeline_layout import BAR, CHAR, Placed, cut
from reports.words import clean

#: Moments that have a sign of their own: kind → (class, path around 0,0, what the legend says).
SIGNS: dict[str, tuple[str, str, str]] = {
    "kill": ("sign fail", "M-5,-5L5,5M5,-5L-5,5", "killed"),
    "stop": ("info", "M-5,-5h10v10h-10z", "stopped"),
    "pause": ("sign", "M-3,-5V5M3,-5V5", "paused"),
    "resume": ("info", "M-4,-6L6,0L-4,6z", "started or resumed"),
    "start": ("info", "M-4,-6L6,0L-4,6z", "started or resumed"),
    "leader": ("info", "M0,-7L2,-2.4L7,-2.2L3,1L4.4,6L0,3.2L-4.4,6L-3,1L-7,-2.2L-2,-2.4z", "becomes leader"),
    "armed": ("sign", "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0", "fault armed"),
    "fired": ("sign fault", "M2,-7L-5,1.4H-0.6L-2,7L5,-1.4H0.6z", "fault fired"),
    "released": ("sign", "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0M0,-1V1", "fault released"),
}
DIAMOND = "M0,-5L5,0L0,5L-5,0z"
ROUND = frozenset({"poll", "final-read", "position"})  # reading; all else that takes time is square


def el(name: str, *inside: str, **attributes: object) -> str:
    """An element; ``_`` in a name stands for ``-``, a trailing one is dropped. ``inside`` is markup already."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(clean(value)) if isinstance(value, str) else value}"'
        for key, value in attributes.items()
    )
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def words_in(text: str) -> str:
    """Text as markup."""
    return escape(clean(text), quote=False)


def text(said: str, x: float, y: float, class_: str = "", anchor: str = "") -> str:
    """A line of text whose foot stands at x, y."""
    more = {"class_": class_} if class_ else {}
    if anchor:
        more["text_anchor"] = anchor
    return el("text", words_in(said), x=round(x, 1), y=round(y, 1), **more)


def mark(item: Placed, y: float) -> str:
    """A mark with its tooltip, and its text where there is room."""
    told = item.mark
    drawn = _moment(item, y) if told.end is None else _bar(item, y)
    return el("g", el("title", words_in(tooltip(item))), *drawn)


def tooltip(item: Placed) -> str:
    """All that is known of a mark: "0.300 s to 0.410 s · send 17 to 0 · unknown"."""
    told = item.mark
    when = f"{told.start:.3f} s" if told.end is None else f"{told.start:.3f} s to {told.end:.3f} s"
    many = [f"{told.count} operations"] if told.count > 1 else []
    outcome = [] if told.outcome == "info" else [told.outcome]
    return " · ".join([when, told.label, *many, *outcome])


def _bar(item: Placed, y: float) -> list[str]:
    told, wide = item.mark, round(item.right - item.left, 1)
    outcome = told.outcome if told.outcome in ("ok", "fail", "unknown") else "info"
    top = y - BAR / 2
    radius = {"rx": BAR / 2} if told.kind in ROUND else {"rx": 1}
    drawn = [el("rect", class_=outcome, x=item.left, y=top, width=wide, height=BAR, **radius)]
    if outcome == "fail":
        size = min(wide, BAR)
        path = f"M{item.left},{top}l{size},{BAR}m0,-{BAR}l-{size},{BAR}"
        drawn.append(el("path", class_="cross", d=path))
    free = 0 if item.crowded else wide
    indent = 5 if outcome in ("ok", "info") else 13
    said = cut(told.label, free - indent - 6)
    if indent != 5 and said != told.label:
        said = ""  # half a label does not read well between a sign and a border
    if outcome == "unknown" and wide >= 8:
        drawn.append(text("?", item.left + 3 if said else item.left + wide / 2 - 3, y + 4, "q"))
    if said:
        drawn.append(text(said, item.left + indent, y + 4, "on" if indent == 5 else ""))
    if item.number:
        drawn.append(el("rect", class_="ring", x=item.left - 2, y=top - 2, width=wide + 4, height=BAR + 4, rx=3))
    return drawn


def _moment(item: Placed, y: float) -> list[str]:
    told = item.mark
    class_, path, _ = SIGNS.get(told.kind, (told.outcome, DIAMOND, ""))
    x = (item.left + item.right) / 2
    drawn = [el("path", class_=class_, d=path, transform=f"translate({x:.1f},{y:.1f})")]
    if told.kind not in SIGNS and told.outcome == "unknown":
        drawn.append(text("?", x + 6, y + 4, "q"))
    said = cut(told.label, item.room - 10)
    if said and (told.kind in SIGNS or len(said) * CHAR < item.room - 10):
        drawn.append(text(said, item.right + 3, y + 4, "halo soft"))
    if item.number:
        drawn.append(el("circle", class_="ring", cx=round(x, 1), cy=y, r=9))
    return drawn
