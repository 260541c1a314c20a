"""Going on through an outage, and standing still in one."""

from __future__ import annotations

import pytest

from history.judge import AT_LEAST_ONCE, GOES_ON, judge
from history.progress import PROGRESS
from history.verdicts import Violated
from tests.history.script import Script


def outage(inside: int, *, before: int = 3, after: int = 3, over: bool = True) -> Script:
    """Records acknowledged before, inside and after an outage."""
    script = Script()
    numbers = iter(range(before + inside + after))
    stretches = [(before, "outage"), (inside, "over" if over else None), (after, None)]
    for count, mark in stretches:
        for number in [next(numbers) for _ in range(count)]:
            script.send(f"p:{number}", at=number)
        if mark:
            script.remark("controller", mark, f"no controller is active ({mark})", op=7)
    return script


@pytest.mark.parametrize("inside", range(PROGRESS))
def test_an_outage_with_few_acknowledgements_is_no_progress(inside: int) -> None:
    assert outage(inside).kinds() == {"no-progress"}


def test_an_outage_with_enough_is_innocent() -> None:
    assert outage(PROGRESS).kinds() == set()


def test_without_an_outage_nothing_has_to_go_on() -> None:
    script = Script()
    script.send("p:0", at=0)
    assert script.kinds() == set()


def test_an_outage_that_does_not_end_lasts_to_the_end() -> None:
    assert outage(0, after=PROGRESS - 1, over=False).kinds() == {"no-progress"}
    assert outage(0, after=PROGRESS, over=False).kinds() == set()


def test_only_acknowledgements_count() -> None:
    script = outage(0, after=0, over=False)
    for number in range(10, 10 + PROGRESS):
        script.send(f"p:{number}", phase="unknown")
    assert script.kinds() == {"no-progress"}


def test_a_record_that_was_on_its_way_when_the_outage_began_counts_when_it_is_acknowledged() -> None:
    script = Script()
    for number in range(PROGRESS):
        script.call(f"p:{number}")
    script.remark("controller", "outage", op=1)
    for number in range(PROGRESS):
        script.answer(f"p:{number}", at=number)
    assert script.kinds() == set()


def test_each_outage_is_judged_alone_and_ends_with_its_own_number() -> None:
    script = outage(PROGRESS)
    script.remark("controller", "outage", "the second one", op=8)
    script.remark("controller", "over", op=7)
    script.send("p:100", at=100)
    script.remark("controller", "over", op=8)
    (found,) = script.findings().of("no-progress")
    assert found.text == "1 record was acknowledged in 0.0 s, at least 6 had to be: the second one"


def test_it_breaks_availability_alone() -> None:
    findings = outage(0).findings()
    assert judge(findings, AT_LEAST_ONCE, floor=0).word == "unknown"  # nobody has read the records
    verdict = judge(findings, GOES_ON)
    with pytest.raises(Violated, match=r"^0 records were acknowledged in .* \(1 without progress\)$"):
        verdict.require()
    assert verdict.counterexample() == (
        "0 records were acknowledged in 0.0 s, at least 6 had to be: no controller is active (outage)\n"
        "      0.060 s  controller  outage  no controller is active (outage)\n"
        "      0.070 s  controller  over    no controller is active (over)"
    )
