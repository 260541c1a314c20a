"""A tiny project for each test: our plugin, steps that need no cluster, features of the test."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: The plugins of a tiny project; what brings real brokers and clients is left out.
PLUGINS = "collection_check console feature_files lifecycle options releases run telling".split()

STEPS = """
import pytest
from pytest_bdd import given, parsers, when, then
from cluster.errors import ClusterError, NotCheckable
from history.verdicts import Inconclusive, KnownDefect, NotShown, StandingViolated, Violated
from fixtures.phrases import phrase

@given(phrase("a {client:Client} producer"), target_fixture="producer")
def a_producer(client):
    return client

@given("a topic")
def a_topic():
    pass

@when(phrase("it sends records {numbers:Numbers}"))
def sends(numbers, tell):
    tell(f"acknowledged {len(numbers):,}")
    tell.numbers({"acknowledged": len(numbers), "lost": 0})

@then("all is well")
def well():
    pass

@then("the promise is broken")
def broken():
    raise Violated("record 7 is lost", "sent 7 at 1.0 s\\nread 6, then 8")

@then("two is three")
def plain():
    assert 2 == 3, "two is not three"

@then("nothing is shown")
def nothing():
    raise NotShown("no record is in the log twice")

@then("too little happened")
def little():
    raise Inconclusive("the fault did not fire")

@then("the suite errs")
def errs():
    {}["missing"]

@then("it cannot be checked")
def cannot():
    raise NotCheckable("this cluster cannot pause a broker")

@then("the environment breaks")
def breaks():
    raise ClusterError("broker 2 is gone")

TROUBLES = {
    "records are lost": Violated("record 7 is lost"),
    "replicas differ": StandingViolated("the replicas differ"),
    "the environment breaks": ClusterError("broker 2 is gone"),
}

@then(parsers.parse("a client meets a known defect, and {trouble}"))
def meets_and_more(tell, trouble):
    def look():
        raise KnownDefect("producer-1 met a known defect: it sends nothing any more")
    tell.blames(look)
    raise TROUBLES[trouble]
"""

CONFTEST = """
import pytest
pytest.register_assert_rewrite("fixtures")
pytest_plugins = {plugins}
{steps}

def pytest_guarantees_start(config, options):
    with open({log!r}, "a") as log:
        log.write("start\\n")
    return {{"bootstrap": "127.0.0.1:41000"}}

def pytest_guarantees_stop(config, handle):
    with open({log!r}, "a") as log:
        log.write("stop\\n")

def pytest_guarantees_facts(config, handle):
    return {{"Kafka": "9.9.9"}}
{more}
"""

INI = """
[pytest]
testpaths = features
strict_markers = true
guarantee_features = features
pythonpath = {root}
"""


class Project:
    """A project in a folder of its own; ``run`` runs pytest in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.log = pytester.path / "lifecycle.log"
        self.report = pytester.path / "report"
        pytester.makeini(INI.format(root=ROOT))
        self.configure()

    def configure(self, more: str = "", steps: str = STEPS) -> None:
        """Writes the root conftest; ``more`` comes last and so overrides."""
        plugins = [f"fixtures.{name}" for name in PLUGINS]
        text = CONFTEST.format(plugins=plugins, steps=steps, log=str(self.log), more=more)
        (self.pytester.path / "conftest.py").write_text(text, encoding="utf-8")

    def feature(self, text: str, name: str = "chapter/some.feature") -> Path:
        path = self.pytester.path / "features" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def scenario(self, *sentences: str, tags: str = "@IDM-1", title: str = "It holds") -> None:
        """A feature with one scenario."""
        body = "\n".join(f"    {sentence}" for sentence in sentences)
        name = "".join(char if char.isalnum() else "_" for char in title)
        self.feature(
            f"Feature: {title} as a feature\n  {tags}\n  Scenario: {title}\n{body}\n",
            f"chapter/{name}.feature",
        )

    def run(self, *arguments: str, apart: bool = False) -> pytest.RunResult:
        """Runs pytest; in a process of its own when ``apart``."""
        given = ["-p", "no:cacheprovider", "--report", str(self.report), *arguments]
        return (
            self.pytester.runpytest_subprocess(*given) if apart else self.pytester.runpytest_inprocess(*given)
        )

    @property
    def lifecycle(self) -> list[str]:
        """What was started and stopped, in order."""
        return self.log.read_text().split() if self.log.exists() else []


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return Project(pytester)
