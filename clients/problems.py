"""What went wrong in a call to Kafka, in one form for both libraries, and what it says of the outcome.

The table is that of the project's notes on outcomes: *fail* only where the broker or the library
certainly did nothing, *unknown* wherever a record may be in the log all the same.  Names and codes are
those of Kafka's protocol guide, "Error Codes".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kafka.errors import kafka_errors

from history.events import FAIL, UNKNOWN

#: Kafka's own names where a library has another for the same code.
_NAMES = {
    2: "CORRUPT_MESSAGE",
    3: "UNKNOWN_TOPIC_OR_PARTITION",
    4: "INVALID_FETCH_SIZE",
    6: "NOT_LEADER_OR_FOLLOWER",
    10: "MESSAGE_TOO_LARGE",
    11: "STALE_CONTROLLER_EPOCH",
    14: "COORDINATOR_LOAD_IN_PROGRESS",
    15: "COORDINATOR_NOT_AVAILABLE",
    16: "NOT_COORDINATOR",
    17: "INVALID_TOPIC_EXCEPTION",
    18: "RECORD_LIST_TOO_LARGE",
    39: "INVALID_REPLICA_ASSIGNMENT",
    -1: "UNKNOWN_SERVER_ERROR",
}

#: The broker refused and wrote nothing: authorization, invalid topic, too large, invalid request or
#: format, fenced producers and members, wrong generation. Retrying clients do not retry these.
_REFUSED = frozenset(
    {10, 17, 18, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 42, 43, 44}
    | {47, 49, 50, 53, 54, 58, 65, 68, 69, 73, 76, 79, 81, 82, 83, 84, 85, 87, 90, 91, 110, 111, 112, 113}
)

#: librdkafka's own codes for what it refused before anything was sent: unknown partition or topic,
#: invalid argument, queue full, existing subscription, conflict, wrong state, not implemented, no offset,
#: unsupported, (de)serialization, purged in its queue, poll interval, fenced, application error,
#: assignment lost, no operation, no reset policy, truncation, a bad neighbour in the batch.
#: _PURGE_INFLIGHT, _FATAL, _MSG_TIMED_OUT and everything of the network stay unknown.
_LOCAL_REFUSED = frozenset(
    {-190, -188, -186, -184, -176, -173, -172, -170, -168, -165, -162, -161, -160, -159, -152, -147}
    | {-144, -143, -142, -141, -140, -139, -138}
)
NOT_ENOUGH_REPLICAS = 19
#: kafka-python's own classes for what it refused before anything was sent.
_PYTHON_REFUSED = frozenset(
    {"IllegalArgumentError", "IllegalStateError", "KafkaConfigurationError", "CommitFailedError"}
    | {"NoOffsetForPartitionError", "UnsupportedCodecError", "TransactionAbortedError", "LogTruncationError"}
    | {"IncompatibleBrokerVersion", "QuotaViolationError", "UnknownBrokerIdError"}
)
#: What it raises when it could not reach a broker: 3.0.12 does so in poll, commit and committed, where
#: librdkafka goes on by itself.
_PYTHON_UNREACHED = frozenset({"KafkaConnectionError", "NodeNotReadyError"})
#: What its transaction manager refuses by itself with a bare KafkaError.
_PYTHON_REFUSALS = ("Cannot execute transactional method", "Invalid transition attempted", "not in an active")


@dataclass(frozen=True)
class KafkaProblem:
    """One error, in one form for both libraries.

    ``code`` is Kafka's error code, a negative one librdkafka's own, None where kafka-python has only a
    class. ``name`` is the code's name, or the class. ``outcome`` is "fail" or "unknown".
    ``retriable`` and ``fatal`` are the library's own word, None where it has none.
    """

    code: int | None
    name: str
    text: str
    outcome: str
    retriable: bool | None = None
    fatal: bool = False
    abortable: bool = False  # the transaction has to be aborted

    @property
    def unreached(self) -> bool:
        """Whether no broker had a part in it: the library could not reach the one that it wanted to ask."""
        return self.name in _PYTHON_UNREACHED

    def __str__(self) -> str:
        number = "" if self.code is None else f" ({self.code})"
        return f"{self.name}{number}: {self.text}"


class ClientError(Exception):
    """A verb of a client that did not succeed; ``problem`` says how."""

    def __init__(self, problem: KafkaProblem, client: str = "") -> None:
        super().__init__(problem, client)
        self.problem = problem
        self.client = client

    def __str__(self) -> str:
        return f"{self.client}: {self.problem}" if self.client else str(self.problem)


class ClientDied(ClientError):
    """The client's process ended while a verb was pending, or before."""


class NotInTime(ClientError):
    """A verb did not end within its time. ``so_far`` is what there was until then, if anything."""

    def __init__(self, problem: KafkaProblem, client: str = "", so_far: Any = None) -> None:
        super().__init__(problem, client)
        self.args = (problem, client, so_far)
        self.so_far = so_far


def code_of(name: str) -> int:
    """The code of an error by its name in the protocol guide, "Error Codes". KeyError if there is none."""
    known: dict[str, int] = {
        str(error.message): code for code, error in kafka_errors.items() if error.message
    }
    known |= {told: code for code, told in _NAMES.items()}
    return known[name]


def name_of(code: int) -> str:
    """The name of an error code in the protocol guide, or the number where it has none."""
    error = kafka_errors.get(code)
    return _NAMES.get(code) or str(getattr(error, "message", None) or code)


def local(name: str, text: str, outcome: str = FAIL) -> KafkaProblem:
    """A problem that no broker and no library told."""
    return KafkaProblem(None, name, text, outcome)


def problem_of(error: BaseException, *, sent: bool = True, only_attempt: bool = False) -> KafkaProblem:
    """What an exception of either library says.

    ``sent=False``: the call raised before anything went out, so it certainly did nothing.
    ``only_attempt``: retries were off, so the broker's last word is about the only attempt.
    """
    if isinstance(error, ClientError):
        return error.problem
    module = type(error).__module__
    if module.startswith("cimpl") or module.startswith("confluent_kafka"):
        inner = error.args[0] if error.args else None
        if hasattr(inner, "code") and hasattr(inner, "name"):
            return of_confluent(inner, sent=sent, only_attempt=only_attempt)
    if module.startswith("kafka"):
        return of_kafka_python(error, sent=sent, only_attempt=only_attempt)
    refused = not sent or isinstance(error, (TypeError, ValueError, BufferError))
    name = "_QUEUE_FULL" if isinstance(error, BufferError) else type(error).__name__
    return KafkaProblem(None, name, str(error), FAIL if refused else UNKNOWN)


def of_confluent(error: Any, *, sent: bool = True, only_attempt: bool = False) -> KafkaProblem:
    """``error`` is a confluent_kafka.KafkaError."""
    code = error.code()
    return KafkaProblem(
        code,
        _NAMES.get(code, error.name()),
        error.str(),
        outcome_of(code, sent, only_attempt),
        retriable=error.retriable(),
        fatal=error.fatal(),
        abortable=error.txn_requires_abort(),
    )


def of_kafka_python(error: BaseException, *, sent: bool = True, only_attempt: bool = False) -> KafkaProblem:
    """``error`` is a kafka.errors.KafkaError."""
    if any(refusal in str(error) for refusal in _PYTHON_REFUSALS):
        sent = False
    code = getattr(error, "errno", None)
    retriable = getattr(error, "retriable", None)
    if isinstance(code, int):
        name = _NAMES.get(code, str(getattr(error, "message", type(error).__name__)))
        return KafkaProblem(code, name, str(error), outcome_of(code, sent, only_attempt), retriable)
    refused = not sent or type(error).__name__ in _PYTHON_REFUSED
    outcome = FAIL if refused else UNKNOWN
    return KafkaProblem(None, type(error).__name__, str(error), outcome, retriable)


def outcome_of(code: int, sent: bool = True, only_attempt: bool = False) -> str:
    """ "fail" or "unknown" for an error code of Kafka (or librdkafka, negative)."""
    if not sent or code in _REFUSED or code in _LOCAL_REFUSED:
        return FAIL
    return FAIL if code == NOT_ENOUGH_REPLICAS and only_attempt else UNKNOWN
