"""What README.md and CONTRIBUTING.md say is true of the code: quotations, options, targets, files, words."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps import check, producer, sink, tables
from cluster import __main__ as cluster_command
from cluster.proxy import faults
from fixtures import tags
from fixtures.feature_text import ScenarioText
from fixtures.run import ENVIRONMENT_FAILED
from reports.model import GOOD, VERDICTS, is_id
from reports.words import CHAPTERS, MEANINGS
from steps import _contents, _glossary

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DOCUMENTS = {"README.md": README, "CONTRIBUTING.md": CONTRIBUTING}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
#: What only a run makes, below the folder that is named first.
MADE = {"reports/latest": {"history/", "logs/"}}

PROGRAMS = {"tables": tables, "producer": producer, "sink": sink, "check": check}

document = pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def table(heading: str, text: str = README) -> list[list[str]]:
    """The cells of the table whose first column is headed so, without its head."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {heading} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def unticked(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def commands(text: str) -> Iterator[str]:
    """Every command that is shown: in a block of its own, or between backticks."""
    for block in blocks(text, "sh"):
        yield from (line.partition("  #")[0].strip() for line in block.splitlines())
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (part for part in unticked(prose) if part.startswith(("pytest ", "make ", "python ", "--")))


def scenarios() -> list[ScenarioText]:
    return [scenario for feature in _glossary.features() for scenario in feature.scenarios]


@pytest.fixture(scope="module")
def asked_for_help() -> str:
    return pytest_says("--help")


def pytest_says(*arguments: str) -> str:
    """What pytest prints at the root of the checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


@document
def test_quoted_gherkin_stands_in_a_feature(text: str) -> None:
    features = [feature.path.read_text(encoding="utf-8") for feature in _glossary.features()]
    quoted = blocks(text, "gherkin")
    assert quoted
    for block in quoted:
        assert any(block in feature for feature in features), f"stands in no feature any more:\n{block}"


def test_quoted_python_stands_in_the_code() -> None:
    code = [
        path.read_text(encoding="utf-8")
        for name in ("steps", "fixtures", "clients")
        for path in sources(name)
    ]
    quoted = blocks(CONTRIBUTING, "python")
    assert len(quoted) >= 3
    for block in quoted:
        assert any(block in one for one in code), f"stands nowhere in the code any more:\n{block}"


def sources(*names: str) -> list[Path]:
    return [path for name in names for path in sorted((ROOT / name).rglob("*.py"))]


@document
def test_every_option_exists(text: str, asked_for_help: str) -> None:
    known = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", asked_for_help))
    known |= {option for sub in ("up", "down") for option in cluster_options(sub)}
    known |= {option for program in PROGRAMS.values() for option in program.parser()._option_string_actions}
    for command in commands(text):
        for option in re.findall(r"(?:^|(?<=[ \"]))--?[a-zA-Z][\w-]*", command):
            if not command.startswith("python -m venv") and option not in ("-m",):
                assert option in known or option[:2] in known, f"{option} of: {command}"


def test_the_programs_take_what_the_readme_gives_them() -> None:
    told = [command for command in commands(README) if command.startswith("python -m apps.")]
    assert {command.split()[2] for command in told} == {f"apps.{name}" for name in PROGRAMS}
    for command in told:
        _, _, module, *arguments = shlex.split(command, comments=True)
        if arguments != ["--help"]:
            PROGRAMS[module.removeprefix("apps.")].parser().parse_args(arguments)


def cluster_options(verb: str) -> list[str]:
    parser = cluster_command.parser()
    sub = next(action for action in parser._subparsers._group_actions if action.choices)  # type: ignore[union-attr]
    return list(sub.choices[verb]._option_string_actions)  # type: ignore[index]


def test_options_of_our_own_are_all_explained(asked_for_help: str) -> None:
    group = re.search(r"^kafka guarantees:\n(.*?)\n\n", asked_for_help, re.MULTILINE | re.DOTALL)
    assert group
    ours = set(re.findall(r"^  (--[a-z-]+)", group[1], re.MULTILINE))
    assert len(ours) > 8
    told_elsewhere = {"--seed"}
    assert {one for one in ours if one not in README} <= told_elsewhere


@document
def test_every_make_target_exists(text: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = {word for command in commands(text) if command.startswith("make ")
             for word in command.split()[1:] if re.fullmatch("[a-z]+", word)}  # fmt: skip
    assert {"verify", "test"} & named or {"docs"} & named
    assert named <= targets


@document
def test_every_file_named_exists(text: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = [part for part in re.findall(r"[`\s](\w+/[\w./-]+)", text) if part.split("/")[0] in TOP]
    assert links
    for name in [*links, *paths]:
        if not name.startswith("reports/latest"):
            assert (ROOT / name.rstrip(".")).exists(), f"there is no {name}"


TOP = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}


def test_the_folders_in_one_screen_are_the_folders_there_are() -> None:
    screen = next(block for block in blocks(CONTRIBUTING, "text") if "features/" in block)
    named = set(re.findall(r"^(\w+)/", screen, re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"features"}
    assert named == packages


@document
def test_every_scenario_named_and_selection_shown_finds_something(text: str) -> None:
    marks = {tag for scenario in scenarios() for tag in scenario.tag_names} | set(tags.WORDS) | tags.DATABASE
    for command in commands(text):
        for selected in re.findall(r'-m ("[^"]+"|[\w-]+)', command.replace("python -m", "python")):
            for word in re.findall(r"[\w-]+", selected):
                if word not in ("and", "or", "not", "cluster"):
                    assert word in marks, f"{word} of: {command}"
    titles = {scenario.title for scenario in scenarios()}
    for title in re.findall(r"\.feature::([^\"`]+)", text):
        assert title in titles
    for word in re.findall(r'-k "(\w+)"', text):
        assert any(word in title for title in titles)


def test_the_samples_are_of_scenarios_there_are() -> None:
    rows = {(one.title, text) for one in scenarios() for _, text in _glossary.said(one)}
    titles = {title for title, _ in rows}
    shown = re.findall(r"^(?:  (?:held|twin seen)  +[A-Z0-9 -]+?  |violated: )(.+?) \[", README, re.MULTILINE)
    assert len(shown) == 5 and set(shown) <= titles
    steps = re.findall(
        r"^(?:  |> )(?:Given|When|Then|And|But) (.+?)(?:   +[\d.]+ s)?$", blocks(README, "text")[1], re.M
    )
    assert len(steps) == 6
    assert {(shown[-1], step) for step in steps} <= rows


def test_the_verdicts_are_those_of_the_model() -> None:
    rows = table("verdict")
    assert [unticked(row[0])[0] for row in rows] == list(VERDICTS)
    for name, meaning, good in rows:
        word = unticked(name)[0]
        assert meaning.startswith(MEANINGS[word])
        assert (good == "yes") == (word in GOOD)


def test_the_exit_codes_are_those_of_the_code() -> None:
    codes = [int(code) for row in table("exit code") for code in row[0].split(",")]
    assert ENVIRONMENT_FAILED == cluster_command.ENVIRONMENT
    assert codes[2] == ENVIRONMENT_FAILED and codes[:2] == [0, int(pytest.ExitCode.TESTS_FAILED)]
    assert set(codes) - {ENVIRONMENT_FAILED} <= set(map(int, pytest.ExitCode))
    assert len(codes) == len(set(codes)) == 7


def test_every_limit_is_in_the_table_and_no_other() -> None:
    limits = {tag for one in scenarios() if "limit" in one.tag_names for tag in one.tag_names if is_id(tag)}
    rows = table("entry")
    assert {row[0] for row in rows} == limits
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for row in rows:
        library, version = row[1].split()
        assert f"{library}=={version}" in required


def test_the_chapters_that_are_there_and_that_are_not() -> None:
    there = {feature.path.parent.name for feature in _glossary.features()}
    said = README.partition("## What is not there yet")[2].partition("##")[0]
    has, _, lacks = " ".join(said.split()).partition("Not there:")
    for chapter in CHAPTERS:
        assert (chapter in has) == (chapter in there), chapter
        assert (chapter in lacks.partition(".")[0]) == (chapter not in there), chapter


def strings(*names: str) -> set[str]:
    """All text in the code, with the Makefile as one more."""
    found = {MAKEFILE}
    for path in sources(*names):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def test_the_texts_of_trouble_are_those_of_the_code() -> None:
    said = strings("cluster", "fixtures", "clients")
    rows = table("it says")
    assert len(rows) > 8
    for row in rows:
        for text in unticked(row[0]):
            assert any(text in one for one in said), f"nothing says: {text}"
    for text in ("the twin showed nothing", "no longer seen with these versions"):
        assert text in CONTRIBUTING and any(text in one for one in said)


def test_the_actions_of_the_proxy_are_all_named() -> None:
    actions = {one.__name__ for one in faults.Action.__args__}
    section = CONTRIBUTING.partition("## A fault\n")[2].partition("\n## ")[0]
    assert {word for word in unticked(section) if word[0].isupper()} - {"Fault"} == actions


def test_the_contents_know_the_family_of_every_section() -> None:
    """Sections name entries that exist as ids; a slip of the pen would hide one."""
    for entries in _contents.SECTIONS.values():
        assert all(is_id(name) for name in _contents.expanded(entries))
        assert _contents.compact(_contents.expanded(entries))
