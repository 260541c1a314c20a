"""What a coordinator tells about its groups, and what an administrator can do to them, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kafka.protocol.admin import AlterPartitionReassignmentsRequest, DescribeGroupsRequest
from kafka.protocol.consumer import LeaveGroupRequest, OffsetCommitRequest, OffsetFetchRequest
from kafka.protocol.consumer.metadata import ConsumerProtocolAssignment

from clients.raw import RawConnection

Places = frozenset[tuple[str, int]]


@dataclass(frozen=True)
class GroupMember:
    """A member as the coordinator knows it; what it owns is what the group's leader has assigned to it."""

    member_id: str
    client_id: str
    instance_id: str | None
    owned: Places


@dataclass(frozen=True)
class GroupSeen:
    """A group as its coordinator knows it; ``error`` is Kafka's code, 0 for none."""

    error: int
    state: str
    protocol: str
    members: tuple[GroupMember, ...] = field(default=())

    @property
    def stable(self) -> bool:
        return self.error == 0 and self.state == "Stable"


def describe_group(connection: RawConnection, group: str) -> GroupSeen:
    """The state of a classic group. NOT_COORDINATOR from a broker that does not coordinate it."""
    answer = connection.send(DescribeGroupsRequest[5](groups=[group], include_authorized_operations=False))
    (told,) = answer.groups
    members = tuple(
        GroupMember(
            one.member_id, one.client_id, one.group_instance_id, _places(bytes(one.member_assignment or b""))
        )
        for one in told.members
    )
    return GroupSeen(told.error_code, told.group_state, told.protocol_data, members)


def _places(assignment: bytes) -> Places:
    if not assignment:
        return frozenset()
    topics = ConsumerProtocolAssignment.decode(assignment).assigned_partitions
    return frozenset((one.topic, partition) for one in topics for partition in one.partitions)


def remove_member(connection: RawConnection, group: str, member_id: str) -> int:
    """Put a member out of its group, as kafka-consumer-groups.sh's admin client does: Kafka's error code."""
    member = LeaveGroupRequest.MemberIdentity(member_id=member_id, group_instance_id=None)
    answer = connection.send(LeaveGroupRequest[4](group_id=group, members=[member]))
    return int(answer.error_code or answer.members[0].error_code)


def committed(
    connection: RawConnection, group: str, rows: Sequence[tuple[str, int]], *, stable: bool
) -> tuple[int, dict[tuple[str, int], int]]:
    """(error code, offsets): the committed offsets of a group as a broker answers, -1 for none.

    ``stable`` asks for offsets that nothing under way can change (KIP-447), as read_committed clients do.
    """
    topics = [
        OffsetFetchRequest.OffsetFetchRequestTopic(
            name=topic, partition_indexes=[partition for name, partition in rows if name == topic]
        )
        for topic in sorted({topic for topic, _ in rows})
    ]
    request = OffsetFetchRequest[7](group_id=group, topics=topics, require_stable=True)
    if not stable:
        request = OffsetFetchRequest[6](group_id=group, topics=topics)
    answer = connection.send(request)
    found = [(topic.name, one) for topic in answer.topics for one in topic.partitions]
    error = answer.error_code or next((one.error_code for _, one in found if one.error_code), 0)
    return error, {(name, one.partition_index): one.committed_offset for name, one in found}


def commit_for(
    connection: RawConnection,
    group: str,
    where: tuple[str, int],
    offset: int,
    milliseconds: int,
    member_id: str = "",
    generation: int = -1,
) -> int:
    """Commit an offset that may be forgotten after so long: Kafka's error code.

    Version 4 of OffsetCommit, as clients before KIP-211 sent it; newer ones leave it to the broker how long.
    """
    topics = OffsetCommitRequest.OffsetCommitRequestTopic
    row = topics.OffsetCommitRequestPartition(
        partition_index=where[1], committed_offset=offset, committed_metadata=""
    )
    answer = connection.send(
        OffsetCommitRequest[4](
            group_id=group,
            generation_id_or_member_epoch=generation,
            member_id=member_id,
            retention_time_ms=milliseconds,
            topics=[topics(name=where[0], partitions=[row])],
        )
    )
    return int(answer.topics[0].partitions[0].error_code)


def reassign(connection: RawConnection, topic: str, partition: int, brokers: Sequence[int]) -> int:
    """Begin to have a partition's replicas on just these brokers: Kafka's error code."""
    topics = AlterPartitionReassignmentsRequest.ReassignableTopic
    row = topics.ReassignablePartition(partition_index=partition, replicas=list(brokers))
    answer = connection.send(
        AlterPartitionReassignmentsRequest[0](
            timeout_ms=10000, topics=[topics(name=topic, partitions=[row])]
        )
    )
    return int(answer.error_code or answer.responses[0].partitions[0].error_code)
