"""The table of figures: what is reached, from which side, and how it is laid out."""

from __future__ import annotations

from tests.bench.figures import Figure, table


def test_a_figure_is_reached_from_its_side() -> None:
    assert Figure("start", 4.9, "s", 5.0).reached
    assert not Figure("start", 5.1, "s", 5.0).reached
    assert Figure("share", 95, "%", 90, at_least=True).reached
    assert not Figure("share", 85, "%", 90, at_least=True).reached


def test_the_table_is_plain_text_with_ratios() -> None:
    figures = [
        Figure("start", 4.87654, "s", 5.0, beside="a plain node: 5.0 s", ratio=0.9753),
        Figure("share", 85, "%", 90, at_least=True),
    ]
    assert table(figures).splitlines() == [
        "figure  measured  aim      reached  ratio   to what",
        "------  --------  -------  -------  ------  -------------------",
        "start   4.877 s   <= 5 s   yes      0.98 x  a plain node: 5.0 s",
        "share   85 %      >= 90 %  no",
    ]
