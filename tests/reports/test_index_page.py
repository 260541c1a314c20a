"""Our page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from reports import gherkin_docs, words
from reports.index_page import TEMPLATES, html, linked, local
from reports.model import GOOD, RunTold
from reports.writing import documents
from tests.reports import samples

VOID = {"meta", "link", "input", "br", "hr", "img"}
RUNS = [samples.all_held, samples.violated, samples.mixed, samples.interrupted, samples.environment]


class Walk(HTMLParser):
    """Checks nesting, and keeps ids, links and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []
        self.scripts = 0
        self.feed(page)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice in {tag}"
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.targets.append(given["href"])
        else:
            self.loads += [value for name, value in attrs if name in ("src", "href", "data", "poster", "action")]
        self.scripts += tag == "script"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(run: RunTold, root=samples.FEATURES) -> str:
    return html(run, documents(run, root, []))


@pytest.mark.parametrize("make", RUNS)
def test_it_is_well_formed_with_unique_ids_and_links_that_lead_somewhere(make):
    walk = Walk(page(make()))
    assert len(walk.ids) == len(set(walk.ids))
    assert {target[1:] for target in walk.targets if target.startswith("#")} <= set(walk.ids)


@pytest.mark.parametrize("make", RUNS)
def test_it_needs_no_network_and_no_file_beside_it(make):
    text = page(make())
    assert [load for load in Walk(text).loads if not load.startswith("data:")] == []
    assert "@import" not in text
    assert not re.search(r"url\((?!['\"]?(data:|#))", text)


@pytest.mark.parametrize("make", RUNS)
def test_every_scenario_is_there_with_its_verdict(make):
    run = make()
    walk = Walk(page(run))
    for told in run.scenarios:
        assert words.anchor(told) in walk.ids
        assert told.title in walk.text
        assert told.reason in walk.text


def test_eighty_scenarios_fit(tmp_path):
    run = samples.many(tmp_path)
    text = page(run, tmp_path / "features")
    assert len(run.scenarios) == 80
    assert {words.anchor(told) for told in run.scenarios} <= set(Walk(text).ids)
    assert len(text) < 1_000_000


def test_the_sentences_of_an_outline_stand_once_with_both_clients_beside():
    walk = Walk(page(samples.all_held()))
    assert walk.text.count("the log holds records 1 to 100 exactly once") == 1
    assert walk.text.count("an idempotent client producer") == 2  # the two outlines of the samples


def test_a_violation_shows_sentence_error_counterexample_logs_and_overlays():
    text = page(samples.violated())
    said = Walk(text).text
    assert "failed here And the log holds records 1 to 100 exactly once" in said
    assert "repeated (17,)" in said
    assert "0.231 s broker 2 stored at offset 16" in said
    assert "Log of proxy rule 1 fired" in said
    assert "Settings laid over: producer enable.idempotence=false" in said
    assert text.index("0.231 s") < text.index('id="promises"'), "the story comes before the table"


def test_evidence_marks_the_rows_that_matter_by_a_sign_too():
    text = page(samples.all_held())
    assert len(re.findall(r'<tr class="marked"><td class="mark">▸', text)) == 2
    assert "KafkaTimeoutError" in Walk(text).text


def test_verdicts_are_told_by_sign_and_word_not_by_colour_alone():
    for sign, word in re.findall(r'class="verdict[^"]*"[^>]*><span class="sign"[^>]*>(.)</span> ([^<]+)<', page(samples.mixed())):
        assert words.SIGNS[re.sub(r"^\d+ | ×\d+$", "", word.strip())] == sign


def test_promise_and_twin_stand_side_by_side():
    text = page(samples.all_held())
    pair = text[text.index('class="pair both"'):]
    assert pair.index("The retry stores nothing") < pair.index("The same retry stores a duplicate")


def test_hostile_text_stays_text():
    run = samples.violated()
    evil = '"><script>alert(1)</script>{{ 7*7 }}'
    bad = next(told for told in run.scenarios if told.verdict not in GOOD)
    bad.title = bad.reason = bad.counterexample = bad.feature = bad.rule = evil
    bad.steps[-1].text = bad.steps[-1].error = bad.steps[-1].docstring = evil
    bad.steps[-1].notes, bad.steps[-1].evidence[0].rows[0][0] = [evil], evil
    bad.logs[0].lines[0] = run.facts["Kafka"] = run.overlays["x"] = evil
    bad.timeline["marks"][0]["label"] = bad.timeline["bands"][0]["label"] = evil
    bad.history = ["/etc/passwd", "../../x", 'javascript:"x"']
    run.environment_error = evil
    text = page(run)
    walk = Walk(text)
    assert "<script>alert" not in text
    assert walk.scripts == 1
    assert evil in walk.text
    assert not [target for target in walk.targets if target.startswith(("/", "..", "javascript:"))]


def test_without_feature_files_the_page_is_made_from_the_run(tmp_path):
    run = samples.violated()
    warnings: list[str] = []
    docs = documents(run, tmp_path / "features", warnings)
    said = Walk(html(run, docs)).text
    assert len(warnings) == len(docs) == 4
    assert "A record reported as timed out is in the log" in said


def test_a_scenario_that_left_its_feature_file_is_still_shown():
    run = samples.all_held()
    run.scenarios[0].line = 999
    assert "ordering" in {words.chapter(told.uri) for told in run.scenarios}
    assert words.anchor(run.scenarios[0]) in Walk(page(run)).ids


def test_what_was_not_run_of_a_feature_is_counted():
    run = samples.all_held()
    run.scenarios = [told for told in run.scenarios if told.ids == ["IDM-1"]]
    assert "2 more in this file were not part of this run" in Walk(page(run)).text


def test_issues_and_addresses_become_links_and_nothing_else():
    assert linked("see KAFKA-17754, <b>") == (
        'see <a href="https://issues.apache.org/jira/browse/KAFKA-17754">KAFKA-17754</a>, &lt;b&gt;'
    )
    assert linked("at https://kafka.apache.org/x.").endswith('">https://kafka.apache.org/x</a>.')


def test_history_files_are_linked_below_the_report_only():
    assert local("history/a b.jsonl") == "history/a%20b.jsonl"
    assert local("/etc/passwd") == local("../up") == "#"


def test_documents_are_read_once_for_each_feature():
    run = samples.all_held()
    docs = documents(run, samples.FEATURES, [])
    assert docs == {uri: gherkin_docs.load(samples.FEATURES, uri) for uri in samples.uris()}


def luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb (WCAG 2.2)."""
    digits = colour.lstrip("#")
    pairs = [digits[n : n + 2] for n in (0, 2, 4)] if len(digits) == 6 else [digit * 2 for digit in digits]
    parts = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("sheet", "grounds", "inks"),
    [("page.css", ("paper", "card", "faint"),
      ("ink", "soft", "link", "held", "twin", "limit", "violated", "invalid", "absent")),
     ("timeline.css", ("t-paper", "t-lane"), ("t-ink", "t-soft", "t-fail", "t-unknown", "t-info"))],
)  # fmt: skip
def test_text_can_be_read_in_both_themes(theme, sheet, grounds, inks):
    blocks = re.findall(r"(?::root|\.timeline) \{(.*?)\}", (TEMPLATES / sheet).read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", blocks[theme]))
    for ground in grounds:
        for ink in inks:
            dark, bright = sorted((luminance(colours[ground]), luminance(colours[ink])))
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
