"""JUnit XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from reports.junit import junit
from tests.reports import samples


def parsed(run) -> ET.Element:
    return ET.fromstring(junit(run).encode())


@pytest.mark.parametrize("make", [samples.all_held, samples.violated, samples.mixed, samples.interrupted])
def test_totals_agree_with_the_cases(make):
    run = make()
    root = parsed(run)
    for node in [root, *root.iter("testsuite")]:
        assert int(node.get("tests")) == len(list(node.iter("testcase")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(node.get(name)) == len(list(node.iter(tag)))
    assert int(root.get("tests")) == len(run.scenarios)


def test_a_case_says_where_it_stands_and_what_it_ran_against():
    case = next(c for c in parsed(samples.violated()).iter("testcase") if c.get("name") == "The retry stores nothing [confluent-kafka]")
    assert case.get("classname") == case.get("file") == "features/producing/idempotence.feature"
    assert case.get("line") == "20"  # of the sentence that failed
    properties = {item.get("name"): item.get("value") for item in case.iter("property")}
    assert properties["id"] == "IDM-1"
    assert properties["verdict"] == "violated"
    assert properties["Kafka"] == "4.4.0"
    assert properties["Backend"].startswith("local")


def test_a_failure_tells_the_whole_story():
    failure = next(parsed(samples.violated()).iter("failure"))
    assert failure.get("message") == "1 record of 100 is in the log twice."
    assert failure.get("type") == "violated"
    assert "0.342 s  producer-1  send 17 again" in failure.text
    assert "> And the log holds records 1 to 100 exactly once" in failure.text


def test_each_verdict_has_its_element():
    root = parsed(samples.mixed())
    told = {case.get("name"): [child.tag for child in case if child.tag != "properties"] for case in root.iter("testcase")}
    assert told["The partition stays offline until its last leader returns"] == ["skipped"]
    assert told["A new leader keeps the order"] == ["error"]
    assert told["The same retry stores a duplicate"] == ["failure"]
    assert told["Records committed but not processed are skipped"] == ["system-out"]


def test_an_environment_that_failed_is_an_error_even_without_scenarios():
    root = parsed(samples.environment())
    assert root.get("errors") == "1"
    assert "Address already in use" in next(root.iter("error")).text


def test_what_xml_forbids_is_replaced():
    run = samples.violated()
    run.scenarios[0].title = "a\x00b]]><&\ud800"
    run.scenarios[0].steps[0].notes.append("\x1b[31mred")
    assert parsed(run) is not None


def test_what_is_not_checkable_is_a_failure_where_all_is_required():
    run = samples.mixed()
    skipped = len(list(parsed(run).iter("skipped")))
    run.require_all = True
    root = parsed(run)
    assert skipped > 0
    assert root.get("skipped") == "0"
    failures = [one.get("type") for one in root.iter("failure")]
    assert failures.count("not checkable") == skipped
