"""Cucumber's messages and Cucumber's viewer."""

from __future__ import annotations

import base64
import json
import os
import re
import zipfile
from pathlib import Path

import pytest
from cucumber_messages import Envelope, message_converter
from cucumber_messages import TestStepResultStatus as Status

from reports.cucumber import INSIDE, cucumber_html
from reports.messages import in_columns, messages
from reports.model import RunTold
from tests.reports import samples


def envelopes(run: RunTold, root: Path = samples.FEATURES) -> list[Envelope]:
    """The stream, each line taken apart by Cucumber's own types."""
    return [message_converter.from_dict(json.loads(line), Envelope) for line in messages(run, root).splitlines()]


def of(stream: list[Envelope], kind: str) -> list:
    return [found for item in stream if (found := getattr(item, kind)) is not None]


@pytest.mark.parametrize("make", [samples.all_held, samples.violated, samples.mixed, samples.environment])
def test_each_line_is_one_message_of_the_format(make):
    run = make()
    for line in messages(run, samples.FEATURES).splitlines():
        told = json.loads(line)
        assert len(told) == 1
        assert message_converter.to_dict(message_converter.from_dict(told, Envelope)) == told


@pytest.mark.parametrize("make", [samples.all_held, samples.mixed, samples.interrupted])
def test_every_run_is_one_test_case_and_all_ids_lead_somewhere(make):
    run = make()
    stream = envelopes(run)
    cases = {case.id: case for case in of(stream, "test_case")}
    pickles = {pickle.id: pickle for pickle in of(stream, "pickle")}
    assert len(cases) == len(run.scenarios) == len({case.pickle_id for case in cases.values()})
    starts = {start.id: cases[start.test_case_id] for start in of(stream, "test_case_started")}
    for told, case in zip(run.scenarios, cases.values(), strict=True):
        pickle = pickles[case.pickle_id]
        assert [step.text for step in pickle.steps] == [step.text for step in told.steps]
        assert pickle.uri == told.uri
        steps = [step.pickle_step_id for step in case.test_steps if step.pickle_step_id]
        assert steps == [step.id for step in pickle.steps]
    for kind in ("test_step_started", "test_step_finished", "attachment"):
        for item in of(stream, kind):
            assert item.test_step_id in {step.id for step in starts[item.test_case_started_id].test_steps}
    assert len(of(stream, "test_case_finished")) == len(cases)


def results(stream: list[Envelope], name: str) -> list[Status]:
    """The results of the last run of a scenario."""
    pickle = [pickle.id for pickle in of(stream, "pickle") if pickle.name == name][-1]
    case = next(case.id for case in of(stream, "test_case") if case.pickle_id == pickle)
    start = next(start.id for start in of(stream, "test_case_started") if start.test_case_id == case)
    ended = [item for item in of(stream, "test_step_finished") if item.test_case_started_id == start]
    return [item.test_step_result.status for item in ended]


def test_verdicts_become_statuses():
    passed, failed, skipped = (Status[name] for name in ("passed", "failed", "skipped"))
    stream = envelopes(samples.mixed())
    assert results(stream, "The retry stores nothing") == [passed] * 5 + [failed]
    assert set(results(stream, "The partition stays offline until its last leader returns")) == {skipped}
    assert results(stream, "A new leader keeps the order") == [passed, passed, failed, skipped, skipped]
    assert set(results(stream, "A record reported as timed out is in the log")) == {passed}
    # No sentence failed, yet nothing was proven: a step of our own says so.
    assert results(stream, "Records processed but not committed are delivered again") == [passed] * 7 + [failed]


def test_numbers_evidence_counterexample_and_picture_are_attached():
    attached = of(envelopes(samples.violated()), "attachment")
    texts = [item.body for item in attached if item.media_type.startswith("text/")]
    assert "acknowledged 100 · read 101 · lost 0 · repeated 1" in texts
    assert any("0.231 s  broker 2" in text for text in texts)
    assert any("> 16      producer-1:17" in text for text in texts)
    pictures = [base64.b64decode(item.body) for item in attached if item.media_type == "image/svg+xml"]
    assert len(pictures) == 9
    assert all(picture.startswith(b"<svg") and b"<style>" in picture for picture in pictures)


def test_success_is_that_of_the_run():
    finished = [of(envelopes(make()), "test_run_finished")[0] for make in (samples.all_held, samples.violated, samples.environment)]
    assert [item.success for item in finished] == [True, False, False]
    assert "Address already in use" in finished[2].message


def test_what_fits_no_feature_file_is_stated_anew(tmp_path):
    run = samples.all_held()
    run.scenarios[0].steps[0].text = "a sentence that the file does not hold"
    run.scenarios[1].steps[0].docstring = 'three """ quotes'
    changed = envelopes(run)
    assert len(of(changed, "test_case")) == len(run.scenarios)
    without = envelopes(run, tmp_path / "features")
    assert len(of(without, "test_case")) == len(of(without, "pickle")) == len(run.scenarios)
    assert len(of(without, "parse_error")) == 0


def test_evidence_of_uneven_rows_is_told():
    item = samples.delivery_reports()
    item.rows.append(["only one"])
    lines = in_columns(item).splitlines()
    assert lines[2].startswith("> producer-1:1  KafkaTimeoutError")
    assert lines[-1] == "  only one"


@pytest.fixture(scope="module")
def formatter_jar() -> Path:
    """Cucumber's html-formatter, where KG_FORMATTER_JAR names it."""
    path = Path(os.environ.get("KG_FORMATTER_JAR") or "/nowhere")
    if not path.is_file():
        pytest.skip("KG_FORMATTER_JAR names no jar of io.cucumber:html-formatter")
    return path


def test_the_viewer_holds_every_message_and_needs_no_network(tmp_path, formatter_jar):
    run = samples.violated()
    run.scenarios[0].title = "</script><script>alert(1)</script>"
    kept = tmp_path / "messages.ndjson"
    kept.write_text(messages(run, samples.FEATURES))
    page = cucumber_html(kept, formatter_jar)
    said = re.search(r"CUCUMBER_MESSAGES = (\[.*?\]);\n</script>", page, re.DOTALL)[1]
    assert "<" not in said
    assert len(json.loads(said.replace("\\x3C", "\\u003c"))) == len(kept.read_text().splitlines())
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"']?https?:", page)
    assert "{{" not in page[: page.index("CUCUMBER_MESSAGES")]


def make_jar(path: Path, page: str, names=("index.mustache.html", "icon.url", "main.css", "main.js")) -> Path:
    with zipfile.ZipFile(path, "w") as jar:
        for name in names:
            jar.writestr(INSIDE + name, page if name.startswith("index") else f"/* {name} {{{{css}}}} */")
    return path


def test_slots_are_filled_once_and_only_in_the_page(tmp_path):
    kept = tmp_path / "messages.ndjson"
    kept.write_text('{"a": "{{script}}"}\n')
    jar = make_jar(tmp_path / "a.jar", "{{title}}|{{messages}}|{{script}}")
    assert cucumber_html(kept, jar) == 'Kafka Guarantees|{"a": "{{script}}"}|/* main.js {{css}} */'


def test_another_jar_is_refused_by_name(tmp_path):
    kept = tmp_path / "messages.ndjson"
    kept.write_text("{}\n")
    strange = make_jar(tmp_path / "strange.jar", "{{messages}}{{script}}{{unheard_of}}")
    partial = make_jar(tmp_path / "partial.jar", "", names=("main.js",))
    broken = tmp_path / "broken.jar"
    broken.write_text("no zip")
    for jar in (strange, partial, broken):
        with pytest.raises(ValueError, match=jar.name):
            cucumber_html(kept, jar)
