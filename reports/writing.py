"""Writes all that a run leaves behind, each file whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from reports import gherkin_docs, model
from reports.cucumber import cucumber_html
from reports.index_page import html
from reports.junit import junit
from reports.messages import messages
from reports.model import RunTold
from reports.summary import summary


class Written(list[Path]):
    """The files that were written; ``warnings`` says in words what could not be."""

    def __init__(self) -> None:
        super().__init__()
        self.warnings: list[str] = []


def write(
    run: RunTold,
    folder: Path,
    *,
    features_root: Path,
    formatter_jar: Path | None,
    environment: Mapping[str, str] = os.environ,
) -> Written:
    """Writes every report of ``run`` below ``folder``.

    ``features_root`` is the folder named ``features`` with which the scenarios' uris begin.
    Trouble with one report does not keep the others back; it is told in the result's ``warnings``.
    OSError, naming the folder: nothing can be written there.
    """
    _prepare(folder)
    written = Written()
    docs = documents(run, features_root, written.warnings)
    kept = folder / "messages.ndjson"
    makers: list[tuple[str, Callable[[], str]]] = [
        ("run.json", lambda: as_json(run)),
        ("messages.ndjson", lambda: messages(run, features_root)),
        ("index.html", lambda: html(run, docs)),
        ("junit.xml", lambda: junit(run)),
        ("summary.md", lambda: summary(run)),
    ]
    if formatter_jar is None:
        written.warnings.append("cucumber.html was not made: Cucumber's html-formatter is not to be had")
        (folder / "cucumber.html").unlink(missing_ok=True)
    else:
        makers.append(("cucumber.html", lambda: cucumber_html(kept, formatter_jar)))
    for name, make in makers:
        try:
            written.append(atomically(folder / name, make()))
        except Exception as error:  # one report's trouble must not lose the others
            written.warnings.append(f"{name} was not made: {type(error).__name__}: {error}")
            (folder / name).unlink(missing_ok=True)  # that of an earlier run would mislead
    _for_the_job(folder / "summary.md", environment.get("GITHUB_STEP_SUMMARY"), written)
    return written


def documents(run: RunTold, features_root: Path, warnings: list[str]) -> dict[str, gherkin_docs.FeatureDoc]:
    """The feature of each uri that the run names; from the run alone where the file cannot be had."""
    docs = {}
    for uri in dict.fromkeys(told.uri for told in run.scenarios):
        try:
            docs[uri] = gherkin_docs.load(features_root, uri)
        except (OSError, ValueError) as error:
            warnings.append(f"{uri} is told from the run alone: {error}")
            docs[uri] = gherkin_docs.from_told(uri, [told for told in run.scenarios if told.uri == uri])
    return docs


def atomically(path: Path, text: str) -> Path:
    """Writes a file beside its place and moves it there, so that no reader sees half of it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    return path


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(error.errno, f"the report folder cannot be written ({error.strerror})", str(folder)) from error


def _for_the_job(made: Path, target: str | None, written: Written) -> None:
    """Appends the summary to the page of a GitHub job, where there is one."""
    if not target or made not in written:
        return
    try:
        with open(target, "a", encoding="utf-8") as file:
            file.write(made.read_text(encoding="utf-8"))
    except OSError as error:
        written.warnings.append(f"the job's summary was not written: {error}")


def as_json(run: RunTold) -> str:
    """The run as JSON, from which :func:`from_json` makes it again."""
    return json.dumps(run, default=vars, ensure_ascii=False) + "\n"  # six times as fast as asdict


def from_json(text: str) -> RunTold:
    """The run that :func:`as_json` wrote. ValueError: the text is no such run."""
    try:
        data: dict[str, Any] = json.loads(text)
        scenarios = [model.scenario(item) for item in data["scenarios"]]
        known = {item.name for item in fields(RunTold)} - {"scenarios"}
        return RunTold(**{name: data[name] for name in known if name in data}, scenarios=scenarios)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a run as this suite writes it: {type(error).__name__}: {error}") from error
