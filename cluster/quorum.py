"""What the controllers say of themselves: who is active, and who has the metadata log to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kafka.protocol.admin.cluster import DescribeQuorumRequest, DescribeQuorumResponse

from cluster.ports import HOST
from cluster.wire import Connection

METADATA = "__cluster_metadata"


@dataclass(frozen=True)
class Active:
    """The active controller, and the end of each controller's metadata log as it knows it."""

    controller: int
    epoch: int
    high_watermark: int
    ends: dict[int, int]


@dataclass(frozen=True)
class Quorum:
    """What each controller answered; ``active`` is None while none of them is."""

    active: Active | None
    silent: tuple[int, ...]  # those that did not answer

    def what_is_missing(self) -> str | None:
        """What keeps the quorum from being whole, in words; None if nothing."""
        if self.silent:
            return f"controller {self.silent[0]} does not answer"
        if self.active is None:
            return "no controller is active"
        if self.active.high_watermark < 0:
            return f"controller {self.active.controller} has not heard of a majority yet"
        for controller, end in self.active.ends.items():
            if end < 0:
                return f"controller {controller} has not fetched from controller {self.active.controller} yet"
            if end < self.active.high_watermark:
                return f"controller {controller} has metadata up to {end} of {self.active.high_watermark}"
        return None


def quorum_of(ports: Mapping[int, int], hosts: Mapping[int, str] | None = None) -> Quorum:
    """Ask each controller, by its port and host: only the active one answers for the quorum."""
    active, silent = None, []
    for controller, port in ports.items():
        try:
            told = ask(port, hosts[controller] if hosts else HOST)
        except OSError:
            silent.append(controller)
            continue
        if told is not None and (active is None or told.epoch > active.epoch):
            active = told
    return Quorum(active, tuple(silent))


def ask(port: int, host: str = HOST) -> Active | None:
    """What one controller says, None if it is not the active one. Raises OSError if it does not answer."""
    topic = DescribeQuorumRequest.TopicData
    partitions = [topic.PartitionData(partition_index=0)]
    request = DescribeQuorumRequest[0](topics=[topic(topic_name=METADATA, partitions=partitions)])
    with Connection(host, port) as connection:
        answer = connection.ask(request, DescribeQuorumResponse)
    if answer.error_code:
        return None
    (told,) = answer.topics[0].partitions
    if told.error_code:
        return None
    ends = {voter.replica_id: voter.log_end_offset for voter in told.current_voters}
    return Active(told.leader_id, told.leader_epoch, told.high_watermark, ends)
