"""Files: whole or not at all, and each for itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reports import writing
from reports.writing import as_json, atomically, from_json, write
from tests.reports import samples
from tests.reports.test_messages import make_jar

NAMES = ["run.json", "messages.ndjson", "index.html", "junit.xml", "summary.md"]
PAGE = "<script>[{{messages}}]</script><script>{{script}}</script>"


def write_sample(folder: Path, run=None, **more):
    given = {"features_root": samples.FEATURES, "formatter_jar": None, "environment": {}, **more}
    return write(run or samples.violated(), folder, **given)


def test_every_report_is_written_and_nothing_else_is_left(tmp_path):
    jar = make_jar(tmp_path / "formatter.jar", PAGE)
    written = write_sample(tmp_path / "latest", formatter_jar=jar)
    assert [path.name for path in written] == [*NAMES, "cucumber.html"]
    assert written.warnings == []
    assert sorted(os.listdir(tmp_path / "latest")) == sorted(path.name for path in written)


def test_without_the_formatter_all_others_are_written_and_the_lack_is_said(tmp_path):
    (tmp_path / "cucumber.html").write_text("of an earlier run")
    written = write_sample(tmp_path)
    assert [path.name for path in written] == NAMES
    assert written.warnings == ["cucumber.html was not made: Cucumber's html-formatter is not to be had"]
    assert not (tmp_path / "cucumber.html").exists()


def test_a_formatter_that_is_none_loses_nothing_else(tmp_path):
    written = write_sample(tmp_path / "out", formatter_jar=tmp_path / "missing.jar")
    assert [path.name for path in written] == NAMES
    assert "cucumber.html was not made" in written.warnings[0]
    assert "missing.jar" in written.warnings[0]


def test_one_reports_trouble_does_not_keep_the_others_back(tmp_path, monkeypatch):
    def trouble(run):
        raise RuntimeError("no XML today")

    monkeypatch.setattr(writing, "junit", trouble)
    (tmp_path / "junit.xml").write_text("of an earlier run")
    written = write_sample(tmp_path)
    assert [path.name for path in written] == [name for name in NAMES if name != "junit.xml"]
    assert "junit.xml was not made: RuntimeError: no XML today" in written.warnings
    assert not (tmp_path / "junit.xml").exists()


def test_a_write_that_fails_leaves_the_old_file_and_no_remains(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    atomically(path, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        atomically(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_readers_may_read_what_was_written(tmp_path):
    assert atomically(tmp_path / "a.txt", "x\n\ud800").stat().st_mode & 0o777 == 0o644


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="report folder cannot be written") as caught:
        write_sample(tmp_path / "file")
    assert caught.value.filename == str(tmp_path / "file")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")
def test_where_no_folder_can_be_made_it_is_named():
    with pytest.raises(OSError, match="report folder cannot be written"):
        write_sample(Path("/proc/self/latest"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(PermissionError, match=tmp_path.name):
        write_sample(tmp_path)


def test_the_summary_is_appended_to_the_page_of_the_job(tmp_path):
    page = tmp_path / "job.md"
    page.write_text("before\n")
    write_sample(tmp_path / "out", environment={"GITHUB_STEP_SUMMARY": str(page)})
    assert page.read_text() == "before\n" + (tmp_path / "out" / "summary.md").read_text()


def test_a_job_page_that_cannot_be_written_is_only_a_warning(tmp_path):
    written = write_sample(tmp_path, environment={"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "folder")})
    assert [path.name for path in written] == NAMES
    assert "the job's summary was not written" in written.warnings[-1]


@pytest.mark.parametrize("make", [samples.all_held, samples.mixed, samples.interrupted, samples.environment])
def test_a_run_is_read_back_as_it_was(make):
    assert from_json(as_json(make())) == make()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"scenarios": [1], "started": 0}', '{"scenarios": []}'])
def test_what_is_no_run_is_refused(text):
    with pytest.raises(ValueError):
        from_json(text)


def again(*arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "GITHUB_"))}
    return subprocess.run(
        [sys.executable, "-m", "reports", *arguments], cwd=root, env=environment, capture_output=True, text=True
    )


def test_the_command_makes_the_same_reports_again(tmp_path):
    first = write_sample(tmp_path / "first")
    ended = again(str(tmp_path / "first/run.json"), "--out", str(tmp_path / "again"), "--features", str(samples.FEATURES))
    assert ended.returncode == 1, "cucumber.html is missing, so not all were made"
    assert ended.stdout.startswith("1 promise violated (IDM-1)")
    assert "html-formatter" in ended.stderr
    for path in first:
        assert (tmp_path / "again" / path.name).read_text() == path.read_text(), path.name


def test_the_command_says_what_it_cannot_read(tmp_path):
    (tmp_path / "run.json").write_text(json.dumps({"no": "run"}))
    for path in (tmp_path / "run.json", tmp_path / "missing.json"):
        ended = again(str(path))
        assert ended.returncode == 2
        assert str(path) in ended.stderr
        assert "Traceback" not in ended.stderr
