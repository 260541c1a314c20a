"""Which producers a leader remembers (KIP-664), asked by hand."""

from __future__ import annotations

from kafka.protocol.admin.transactions import DescribeProducersRequest

from clients.raw import RawConnection


def remembered(connection: RawConnection, topic: str, partition: int) -> list[int]:
    """The ids of the producers of which the leader of a partition knows numbers. ValueError if it refuses."""
    row = DescribeProducersRequest.TopicRequest(name=topic, partition_indexes=[partition])
    answer = connection.send(DescribeProducersRequest[0](topics=[row]))
    (told,) = answer.topics[0].partitions
    if told.error_code:
        raise ValueError(f"error {told.error_code} for {topic}-{partition}")
    return [state.producer_id for state in told.active_producers]
