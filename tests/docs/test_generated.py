"""The documents that are made from features and steps are what would be made now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fixtures import phrases
from fixtures.feature_text import Sentence
from steps import _contents, _glossary
from steps.__main__ import documents

MADE = documents()


def stale(path: Path, text: str) -> str | None:
    """What to do about a file that is not what it would be now, None if it is."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return None
    return f"{path.parent.name}/{path.name} is not what the features and the steps say now: run make docs"


@pytest.mark.parametrize("path", MADE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_committed_document_is_what_would_be_made(path: Path) -> None:
    if found := stale(path, MADE[path]):
        pytest.fail(found, pytrace=False)


def test_a_stale_document_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    assert "run make docs" in (stale(path, "new") or "")
    path.write_text("old", encoding="utf-8")
    assert "run make docs" in (stale(path, "new") or "")
    assert stale(path, "old") is None


def test_every_feature_and_every_entry_is_in_the_contents() -> None:
    text = _contents.contents()
    read = _glossary.features()
    assert read
    for feature in read:
        assert feature.path.relative_to(_glossary.FEATURES).as_posix() in text
        for rule, _ in feature.rules:
            assert f"| {_glossary.cell(rule)} |" in text
    for name in _contents.ids(scenario for feature in read for scenario in feature.scenarios):
        assert re.search(rf"\| [A-Z0-9, -]*\b{name}\b", text)


def test_every_step_and_every_word_is_in_the_glossary() -> None:
    text = _glossary.glossary()
    for module in _glossary.modules():
        found = _glossary.entries(module)
        assert found, f"steps/{module}.py has no step"
        for entry in found:
            for sentence in entry.sentences:
                assert f"`{entry.kind} {sentence}`" in text
    for word in phrases.WORDS:
        assert f"| `{word}` |" in text, f"{word} has no comment in fixtures/phrases.py"


def test_the_steps_of_a_module_stand_in_its_order() -> None:
    places = [entry.contexts[0].step_func.__code__.co_firstlineno for entry in _glossary.entries("records")]
    assert places == sorted(places) and len(places) > 5


def test_a_use_is_counted_once_a_feature_and_shown() -> None:
    found = _glossary.entries("records")
    _glossary.note_uses(found, _glossary.features())
    acknowledged = found[0]
    assert acknowledged.sentences[0] == "records {Numbers} are acknowledged"
    assert {"idempotence.feature", "partition_order.feature"} <= acknowledged.features
    assert re.fullmatch(r"records? [\d,]+ (to [\d,]+ )?(are|is) acknowledged", acknowledged.example)


def test_the_rows_of_examples_are_filled_in() -> None:
    text = _glossary.filled("a <client> producer with <more>", {"client": "kafka-python"})
    assert text == "a kafka-python producer with <more>"
    for scenario in _glossary.features()[0].scenarios:
        assert isinstance(scenario.sentences[0], Sentence)
        assert not any("<client>" in sentence for _, sentence in _glossary.said(scenario))


def test_entries_are_written_short_and_read_long() -> None:
    names = ["BAS-1", "BAS-2", "BAS-3", "DUR-1", "DUR-10", "DUR-9"]
    assert _contents.compact(names) == "BAS-1..3, DUR-1, DUR-9..10"
    assert _contents.expanded("BAS-1..3, DUR-1, DUR-9..10") == [*names[:4], "DUR-9", "DUR-10"]
    assert _contents.compact([]) == "none"
