"""The verbs of an admin client, in its own process, for both libraries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from confluent_kafka import (
    ConsumerGroupTopicPartitions,
    ElectionType,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from kafka import KafkaAdminClient, errors
from kafka import TopicPartition as PythonPartition
from kafka.admin import ConfigResource as PythonResource
from kafka.errors import KafkaError as PythonError
from kafka.errors import for_code
from kafka.structs import OffsetAndMetadata

from clients.problems import ClientError, KafkaProblem, of_confluent, problem_of
from clients.results import PartitionState
from clients.settings import KAFKA_PYTHON

_KINDS = {"topic": ResourceType.TOPIC, "broker": ResourceType.BROKER}
_ELECTIONS = {"preferred": 0, "unclean": 1}
LOOK_SECONDS = 10.0  # the longest wait for the metadata
Elected = dict[tuple[str, int], "KafkaProblem | None"]


def admin_verbs(spec: Any) -> Any:
    made = PythonAdmin if spec.library == KAFKA_PYTHON else ConfluentAdmin
    return _Guarded(made(spec.options), spec.name)


class _Guarded:
    """Verbs whose errors are told in our form."""

    def __init__(self, verbs: Any, name: str) -> None:
        self._verbs, self._name = verbs, name

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        call = getattr(self._verbs, verb)

        def guarded(*args: Any) -> Any:
            try:
                return call(*args)
            except ValueError:
                raise
            except Exception as error:
                raise ClientError(problem_of(error), self._name) from None

        return guarded


class PythonAdmin:
    def __init__(self, options: dict[str, Any]) -> None:
        self._admin = KafkaAdminClient(**options)

    def create_topic(
        self,
        name: str,
        partitions: int,
        replication: int,
        configs: Mapping[str, str],
        assignment: list[list[int]] | None,
        within: float,
    ) -> None:
        topic: dict[str, Any] = {"configs": dict(configs)}
        if assignment:
            topic |= {"assignments": dict(enumerate(assignment))}
        else:
            topic |= {"num_partitions": partitions, "replication_factor": replication}
        self._admin.create_topics({name: topic}, timeout_ms=_ms(within))

    def delete_topic(self, name: str, within: float) -> None:
        self._admin.delete_topics([name], timeout_ms=_ms(within))

    def describe_topic(self, name: str, within: float) -> list[PartitionState]:
        (told,) = self._admin.describe_topics([name])
        if told["error_code"]:
            raise for_code(told["error_code"])(name)
        states = [
            PartitionState(
                one["partition_index"],
                one["leader_id"] if one["leader_id"] >= 0 else None,
                tuple(one["replica_nodes"]),
                tuple(one["isr_nodes"]),
            )
            for one in told["partitions"]
        ]
        return sorted(states, key=lambda state: state.partition)

    def create_partitions(self, name: str, count: int, within: float) -> None:
        self._admin.create_partitions({name: count}, timeout_ms=_ms(within))

    def alter_configs(self, kind: str, name: str, changes: Mapping[str, str | None], within: float) -> None:
        ops = {key: ("DELETE", None) if new is None else ("SET", new) for key, new in changes.items()}
        self._admin.alter_configs([PythonResource(_kind(kind), name, ops)])

    def describe_configs(self, kind: str, name: str, within: float) -> dict[str, str | None]:
        told = self._admin.describe_configs([PythonResource(_kind(kind), name)], config_filter="all")
        return {key: entry["value"] for key, entry in told[kind][name].items()}

    def elect_leaders(self, kind: str, rows: Sequence[tuple[str, int]], within: float) -> Elected:
        asked: dict[str, list[int]] = {}
        for topic, partition in rows:
            asked.setdefault(topic, []).append(partition)
        election = _election(kind)
        told = self._admin.elect_leaders(election, asked, timeout_ms=_ms(within), raise_errors=False)
        found: Elected = {}
        for topic in told.replica_election_results:
            for one in topic.partition_result:
                error: PythonError | None = None
                if one.error_code:
                    error = for_code(one.error_code)(one.error_message)
                found[topic.topic, one.partition_id] = problem_of(error) if error else None
        return found

    def delete_records(self, rows: Sequence[tuple[str, int, int]], within: float) -> None:
        before = {PythonPartition(topic, partition): offset for topic, partition, offset in rows}
        self._admin.delete_records(before, timeout_ms=_ms(within))

    def alter_offsets(self, group: str, rows: Sequence[tuple[str, int, int]], within: float) -> None:
        told = {PythonPartition(t, p): OffsetAndMetadata(offset, "", -1) for t, p, offset in rows}
        for where, kind in self._admin.alter_group_offsets(group, told).items():
            if kind.errno:
                raise kind(f"{group}: {where}")

    def delete_group(self, group: str, within: float) -> None:
        (told,) = self._admin.delete_groups([group]).values()
        if told != "OK":
            raise getattr(errors, told)(group)

    def close(self, within: float) -> None:
        self._admin.close()


class ConfluentAdmin:
    def __init__(self, options: dict[str, Any]) -> None:
        self._admin = AdminClient(options)

    def create_topic(
        self,
        name: str,
        partitions: int,
        replication: int,
        configs: Mapping[str, str],
        assignment: list[list[int]] | None,
        within: float,
    ) -> None:
        # librdkafka takes either a number of replicas or the brokers that hold them.
        where = {"replica_assignment": assignment} if assignment else {"replication_factor": replication}
        count = len(assignment) if assignment else partitions
        topic = NewTopic(name, num_partitions=count, config=dict(configs), **where)
        times = {"operation_timeout": within, "request_timeout": within}
        self._of_controller(lambda: self._one(self._admin.create_topics([topic], **times)))

    def delete_topic(self, name: str, within: float) -> None:
        times = {"operation_timeout": within, "request_timeout": within}
        self._of_controller(lambda: self._one(self._admin.delete_topics([name], **times)))

    def describe_topic(self, name: str, within: float) -> list[PartitionState]:
        told = self._one(self._admin.describe_topics(TopicCollection([name]), request_timeout=within))
        return [
            PartitionState(
                one.id,
                one.leader.id if one.leader is not None and one.leader.id >= 0 else None,
                tuple(node.id for node in one.replicas),
                tuple(node.id for node in one.isr),
            )
            for one in sorted(told.partitions, key=lambda one: one.id)
        ]

    def create_partitions(self, name: str, count: int, within: float) -> None:
        more = [NewPartitions(name, count)]
        self._of_controller(lambda: self._one(self._admin.create_partitions(more, request_timeout=within)))

    def alter_configs(self, kind: str, name: str, changes: Mapping[str, str | None], within: float) -> None:
        entries = [
            ConfigEntry(
                key,
                new,
                incremental_operation=AlterConfigOpType.DELETE if new is None else AlterConfigOpType.SET,
            )
            for key, new in changes.items()
        ]
        resource = ConfigResource(_KINDS[_kind(kind)], name, incremental_configs=entries)
        self._one(self._admin.incremental_alter_configs([resource], request_timeout=within))

    def describe_configs(self, kind: str, name: str, within: float) -> dict[str, str | None]:
        resource = ConfigResource(_KINDS[_kind(kind)], name)
        told = self._one(self._admin.describe_configs([resource], request_timeout=within))
        return {key: entry.value for key, entry in told.items()}

    def elect_leaders(self, kind: str, rows: Sequence[tuple[str, int]], within: float) -> Elected:
        election = ElectionType.UNCLEAN if _election(kind) else ElectionType.PREFERRED
        asked = [TopicPartition(*row) for row in rows]
        # 2.16.1 cannot take the timeouts that it documents here: SystemError in the binding.
        told = self._of_controller(lambda: self._admin.elect_leaders(election, asked).result(within))
        return {
            (where.topic, where.partition): of_confluent(_inner(error)) if error else None
            for where, error in told.items()
        }

    def delete_records(self, rows: Sequence[tuple[str, int, int]], within: float) -> None:
        asked = [TopicPartition(*row) for row in rows]
        for future in self._admin.delete_records(asked, request_timeout=within).values():
            future.result()

    def alter_offsets(self, group: str, rows: Sequence[tuple[str, int, int]], within: float) -> None:
        asked = ConsumerGroupTopicPartitions(group, [TopicPartition(*row) for row in rows])
        told = self._one(self._admin.alter_consumer_group_offsets([asked], request_timeout=within))
        for where in told.topic_partitions:
            if where.error is not None:
                raise KafkaException(where.error)

    def delete_group(self, group: str, within: float) -> None:
        self._one(self._admin.delete_consumer_groups([group], request_timeout=within))

    def close(self, within: float) -> None:
        """librdkafka's admin client has nothing to say goodbye to."""

    def _of_controller(self, ask: Callable[[], Any]) -> Any:
        """What the controller answers to ``ask``.

        Before Kafka had controllers of its own, one of the brokers was it and said so to clients.
        librdkafka 2.16 goes on asking the one that was controller until it looks again, as here.
        """
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.NOT_CONTROLLER:
                raise
            self._admin.list_topics(timeout=LOOK_SECONDS)
            return ask()

    @staticmethod
    def _one(futures: Mapping[Any, Any]) -> Any:
        (future,) = futures.values()
        return future.result()


def _inner(error: Any) -> Any:
    return error.args[0] if isinstance(error, KafkaException) else error


def _kind(kind: str) -> str:
    if kind not in _KINDS:
        raise ValueError(f"no configuration of a {kind!r}; known: {', '.join(_KINDS)}")
    return kind


def _election(kind: str) -> int:
    if kind not in _ELECTIONS:
        raise ValueError(f"no {kind!r} election; known: {', '.join(_ELECTIONS)}")
    return _ELECTIONS[kind]


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
