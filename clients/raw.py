"""Requests made by hand, over a plain socket in the caller's own process.

For what no client library would send: a batch repeated, a gap in the sequence, an old epoch.  Requests
and answers are kafka-python's protocol classes, and what is produced are bytes as they are.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from kafka.protocol.admin.topics import DescribeTopicPartitionsRequest
from kafka.protocol.consumer import FetchRequest, ListOffsetsRequest
from kafka.protocol.consumer.fetch import FetchRequest as _Fetch
from kafka.protocol.metadata import FindCoordinatorRequest, MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.producer import EndTxnRequest, InitProducerIdRequest, ProduceRequest

from clients.record_batches import BatchSeen, batch, batches

LATEST, EARLIEST, LARGEST_TIME = -1, -2, -3  # the last one since KIP-734
CONSUMER, DEBUGGING = -1, -2  # who asks for offsets; the second one is shown what is not replicated yet
_READ_BYTES = 65536
_COORDINATORS = {"group": 0, "transaction": 1}


@dataclass(frozen=True)
class ProducerIdentity:
    """What the coordinator or controller gave a producer; error is Kafka's code, 0 for none."""

    error: int
    producer_id: int
    epoch: int


@dataclass(frozen=True)
class Replicas:
    """One partition with its eligible leaders (KIP-966); ``leader`` is None while there is none."""

    partition: int
    leader: int | None
    leader_epoch: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    elr: tuple[int, ...]
    last_known_elr: tuple[int, ...]


class RawConnection:
    """One connection to one broker. A context manager; errors of the network are OSError.

    The broker is not asked which versions it speaks: each request names its own, one that Kafka 2.4 knows
    unless what it is about came later.
    """

    def __init__(self, host: str, port: int, client_id: str, *, within: float = 10) -> None:
        self._socket = socket.create_connection((host, port), timeout=within)
        self._protocol = KafkaProtocol(client_id=client_id)

    def send(self, request: Any) -> Any:
        """Send one of kafka-python's requests and wait for its answer; None where none is due (acks=0)."""
        correlation = self._protocol.send_request(request)
        self._socket.sendall(self._protocol.send_bytes())
        if not request.expect_response():
            return None
        while True:
            got = self._socket.recv(_READ_BYTES)
            if not got:
                raise ConnectionError("the broker closed the connection")
            for number, answer in self._protocol.receive_bytes(got):
                if number == correlation:
                    return answer

    def init_producer_id(
        self, transactional_id: str | None = None, timeout_ms: int = 60000
    ) -> ProducerIdentity:
        """A new producer id; with a transactional id ask its coordinator, and get a higher epoch each time."""
        answer = self.send(
            InitProducerIdRequest[2](transactional_id=transactional_id, transaction_timeout_ms=timeout_ms)
        )
        return ProducerIdentity(answer.error_code, answer.producer_id, answer.producer_epoch)

    def produce_batch(
        self,
        topic: str,
        partition: int,
        values: Sequence[bytes],
        producer_id: int = -1,
        epoch: int = -1,
        base_sequence: int = -1,
        *,
        transactional_id: str | None = None,
        **sent: Any,
    ) -> tuple[int, int]:
        """Produce one batch, ``sent`` as for :meth:`produce_records`.

        A repeat that the broker knows gets error 0 and the offset of the first time.
        """
        records = batch(values, producer_id, epoch, base_sequence, transactional=transactional_id is not None)
        return self.produce_records(topic, partition, records, transactional_id=transactional_id, **sent)

    def produce_records(
        self,
        topic: str,
        partition: int,
        records: bytes,
        *,
        acks: int = -1,
        version: int = 8,
        transactional_id: str | None = None,
        timeout_ms: int = 10000,
    ) -> tuple[int, int]:
        """Produce bytes as they are, whole batches or not: (error code, base offset)."""
        topics = _nested(
            ProduceRequest, "TopicProduceData", "PartitionProduceData", topic, partition, records=records
        )
        answer = self.send(
            ProduceRequest[version](
                transactional_id=transactional_id, acks=acks, timeout_ms=timeout_ms, topic_data=topics
            )
        )
        if answer is None:
            return 0, -1
        (told,) = answer.responses[0].partition_responses
        return told.error_code, told.base_offset

    def list_offset(
        self,
        topic: str,
        partition: int,
        timestamp: int = LATEST,
        *,
        committed: bool = False,
        stored: bool = False,
    ) -> tuple[int, int]:
        """(error code, offset) for LATEST, EARLIEST, LARGEST_TIME or ms.

        The latest is the high watermark; with ``committed`` the last stable offset, with ``stored`` the
        end of the broker's own log.
        """
        row = ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition(
            partition_index=partition, current_leader_epoch=-1, timestamp=timestamp
        )
        topics = [ListOffsetsRequest.ListOffsetsTopic(name=topic, partitions=[row])]
        version = 7 if timestamp == LARGEST_TIME else 5
        asking = DEBUGGING if stored else CONSUMER
        answer = self.send(
            ListOffsetsRequest[version](replica_id=asking, isolation_level=int(committed), topics=topics)
        )
        told = answer.topics[0].partitions[0]
        return told.error_code, told.offset

    def metadata(self, *topics: str) -> Any:
        """This broker's own view of topics (kafka-python's MetadataResponse v7)."""
        asked = [MetadataRequest.MetadataRequestTopic(name=topic) for topic in topics]
        return self.send(MetadataRequest[7](topics=asked, allow_auto_topic_creation=False))

    def replicas(self, topic: str) -> list[Replicas]:
        """Leader, ISR and ELR of each partition as this broker knows them (brokers from 3.7 on)."""
        asked = [DescribeTopicPartitionsRequest.TopicRequest(name=topic)]
        answer = self.send(
            DescribeTopicPartitionsRequest[0](topics=asked, response_partition_limit=2000, cursor=None)
        )
        return [
            Replicas(
                one.partition_index,
                one.leader_id if one.leader_id >= 0 else None,
                one.leader_epoch,
                tuple(one.replica_nodes),
                tuple(one.isr_nodes),
                tuple(one.eligible_leader_replicas or ()),
                tuple(one.last_known_elr or ()),
            )
            for one in sorted(answer.topics[0].partitions, key=lambda one: one.partition_index)
        ]

    def find_coordinator(self, key: str, kind: str = "group") -> tuple[int, int]:
        """(error code, broker) for a group id, or with ``kind="transaction"`` a transactional id."""
        answer = self.send(FindCoordinatorRequest[3](key=key, key_type=_COORDINATORS[kind]))
        return answer.error_code, answer.node_id

    def fetch(
        self, topic: str, partition: int, offset: int = 0, *, committed: bool = False, max_bytes: int = 2**20
    ) -> tuple[int, list[BatchSeen]]:
        """(error code, batches) from an offset on, up to the high watermark; does not wait for more."""
        row = _Fetch.FetchTopic.FetchPartition(
            partition=partition,
            current_leader_epoch=-1,
            fetch_offset=offset,
            log_start_offset=-1,
            partition_max_bytes=max_bytes,
        )
        answer = self.send(
            FetchRequest[11](
                replica_id=-1,
                max_wait_ms=0,
                min_bytes=0,
                max_bytes=max_bytes,
                isolation_level=int(committed),
                session_id=0,
                session_epoch=-1,
                topics=[_Fetch.FetchTopic(topic=topic, partitions=[row])],
                forgotten_topics_data=[],
                rack_id="",
            )
        )
        told = answer.responses[0].partitions[0]
        return told.error_code, batches(bytes(told.records or b""))

    def end_transaction(
        self, transactional_id: str, producer_id: int, epoch: int, *, commit: bool, version: int = 3
    ) -> int:
        """EndTxn to the coordinator: Kafka's error code."""
        answer = self.send(
            EndTxnRequest[version](
                transactional_id=transactional_id,
                producer_id=producer_id,
                producer_epoch=epoch,
                committed=commit,
            )
        )
        return int(answer.error_code)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _nested(
    request: Any, topic_class: str, row_class: str, topic: str, partition: int, **row: Any
) -> list[Any]:
    topics = getattr(request, topic_class)
    rows = [getattr(topics, row_class)(index=partition, **row)]
    return [topics(name=topic, partition_data=rows)]
