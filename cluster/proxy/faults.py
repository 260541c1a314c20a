"""What can be asked of the fault proxy, and what it tells: faults, actions, firings.

The vocabulary follows Kafka's own fault proxy (KAFKA-21074): inject an error, disconnect, delay,
blackhole; once, after some calls, every time.  Hold and release, repeat and save are additions.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

REQUEST, RESPONSE = "request", "response"
LINKS = ("client", "replication", "controller", "zookeeper")


@dataclass(frozen=True)
class Hold:
    """The frame stops, and with it every later frame of its connection and direction (TCP order).

    ``linger``: what is held survives the close of the side that sent it and is still delivered
    upon release, as a late packet is.
    """

    linger: bool = False


@dataclass(frozen=True)
class Error:
    """The request is not passed on; the proxy answers with this error code for every partition."""

    code: int


@dataclass(frozen=True)
class ReplaceError:
    """The request was carried out, but its answer says this error code for every partition."""

    code: int


@dataclass(frozen=True)
class Unlist:
    """An answer to Metadata no longer lists this broker, though it names it as a leader if it did.

    Kafka 4 answers so by itself where it learns that the broker is dead while it makes the answer: it reads its
    metadata twice (KafkaApis.handleTopicMetadataRequest), for the leaders first.  Other answers pass untouched.
    """

    broker: int


@dataclass(frozen=True)
class LoseAnswer:
    """The request is carried out, its answer is eaten, the connection is closed."""


@dataclass(frozen=True)
class Disconnect:
    """The connection is closed instead of passing the frame."""


@dataclass(frozen=True)
class Delay:
    """The frame goes on this many seconds after it came; those behind it wait for it, as on a slow link."""

    seconds: float


@dataclass(frozen=True)
class Blackhole:
    """From this frame on nothing passes in this direction, and the connection stays open."""


@dataclass(frozen=True)
class Repeat:
    """The request is sent this many times more, each over a fresh connection, once it was answered.

    The client gets the first answer after the repeats are done, so what it does next comes later.
    """

    times: int = 1


@dataclass(frozen=True)
class Save:
    """The request is kept and the connection closed; ``Armed.replay`` sends it later."""


@dataclass(frozen=True)
class Watch:
    """Everything passes; frames are counted and recorded."""


Action = Hold | Error | ReplaceError | Unlist | LoseAnswer | Disconnect | Delay | Blackhole | Repeat | Save | Watch
ACTIONS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        Hold, Error, ReplaceError, Unlist, LoseAnswer, Disconnect, Delay, Blackhole, Repeat, Save, Watch
    )
}
ONLY_REQUESTS = (Error, Repeat, Save)
ONLY_ANSWERS = (ReplaceError, Unlist)


def action_told(action: Action) -> dict[str, Any]:
    """The action as JSON can carry it."""
    return {"action": type(action).__name__, **asdict(action)}


def action_from(told: dict[str, Any]) -> Action:
    """The action that :func:`action_told` told."""
    values = dict(told)
    made: Action = ACTIONS[values.pop("action")](**values)
    return made


@dataclass(frozen=True)
class Fault:
    """One rule of the proxy: which frames, and what happens to them.

    ``link`` and ``destination`` (a node id) choose the path, None is any.  On a "zookeeper" link nothing
    is read, and the client id is the source that the route names.  ``client_id`` is a glob
    for the client id of the request header.  ``api`` is a name of the protocol guide ("Produce"), its
    number, or several of them.  ``topic`` and ``partition`` match where the proxy can read the message;
    a frame that it cannot read does not match them.  Fetch from version 13 on names topics by id: the
    proxy knows the ids that went by in answers to Metadata, CreateTopics and DescribeTopicPartitions, and
    those of ``FaultProxy.name_topic``.  In a fetch session a request only names what changed in it, and an
    answer only what has news.
    ``skip`` matching frames pass first, then ``count`` are acted on (None: every one).
    ``name`` says in words what the fault does, for the history.
    """

    action: Action
    link: str | None = None
    destination: int | None = None
    client_id: str | None = None
    api: str | int | tuple[str | int, ...] | None = None
    topic: str | None = None
    partition: int | None = None
    direction: str = REQUEST
    skip: int = 0
    count: int | None = 1
    name: str = ""

    def __post_init__(self) -> None:
        kind = type(self.action).__name__
        if self.direction not in (REQUEST, RESPONSE):
            raise ValueError(f"direction is {self.direction!r}, known are 'request' and 'response'")
        if self.link is not None and self.link not in LINKS:
            raise ValueError(f"link is {self.link!r}, known are {', '.join(LINKS)}")
        if isinstance(self.action, ONLY_ANSWERS) and self.direction != RESPONSE:
            raise ValueError(f"{kind} acts on answers: give direction='response'")
        if isinstance(self.action, ONLY_REQUESTS) and self.direction != REQUEST:
            raise ValueError(f"{kind} acts on requests: give direction='request'")

    @property
    def words(self) -> str:
        """The name, or else the action itself."""
        return self.name or repr(self.action)


def fault_told(fault: Fault) -> dict[str, Any]:
    """The fault as JSON can carry it."""
    told = {name: getattr(fault, name) for name in fault.__dataclass_fields__}
    return {**told, "action": action_told(fault.action)}


def fault_from(told: dict[str, Any]) -> Fault:
    """The fault that :func:`fault_told` told."""
    api = told.get("api")
    return Fault(**{
        **told,
        "action": action_from(told["action"]),
        "api": tuple(api) if isinstance(api, list) else api,
    })


@dataclass(frozen=True)
class Batch:
    """The head of one record batch: who wrote it, and its place in the writer's sequence."""

    producer_id: int
    producer_epoch: int
    base_sequence: int
    last_sequence: int
    records: int


@dataclass(frozen=True)
class Answer:
    """What a broker answered: its error codes in the order of the message, and Produce's base offset."""

    errors: tuple[int, ...] = ()
    base_offset: int | None = None

    @property
    def error(self) -> int | None:
        """The first code that is not 0; 0 when all are; None when the proxy cannot read the answer."""
        if not self.errors:
            return None
        return next((code for code in self.errors if code), 0)


@dataclass(frozen=True)
class Firing:
    """One frame that a fault acted on.  ``t`` is in seconds of CLOCK_MONOTONIC.

    ``records`` and ``batches`` tell what a Produce carried.  ``answer`` is the broker's answer where
    it is known (for a watched request it comes later), ``repeated`` holds those to repeats.
    """

    t: float
    client_id: str
    api: str
    version: int
    link: str
    destination: int
    correlation: int
    topic_partitions: tuple[tuple[str, int | None], ...] = ()
    records: int | None = None
    batches: tuple[Batch, ...] = ()
    answer: Answer | None = None
    repeated: tuple[Answer, ...] = ()

    @property
    def error(self) -> int | None:
        """The error code of the answer, see :attr:`Answer.error`."""
        return self.answer.error if self.answer else None

    @property
    def base_offset(self) -> int | None:
        """The base offset that a Produce was answered with."""
        return self.answer.base_offset if self.answer else None


def answer_from(told: dict[str, Any]) -> Answer:
    """An answer as the proxy's control socket tells it."""
    return Answer(tuple(told["errors"]), told["base_offset"])


def firing_from(told: dict[str, Any]) -> Firing:
    """A firing as the proxy's control socket tells it."""
    return Firing(**{
        **told,
        "topic_partitions": tuple((topic, partition) for topic, partition in told["topic_partitions"]),
        "batches": tuple(Batch(**batch) for batch in told["batches"]),
        "answer": answer_from(told["answer"]) if told["answer"] else None,
        "repeated": tuple(answer_from(answer) for answer in told["repeated"]),
    })
