"""How each broker sees the cluster: leaders, in-sync replicas, who is alive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kafka.protocol.metadata import MetadataRequest, MetadataResponse

from cluster.wire import Connection


@dataclass(frozen=True)
class PartitionView:
    leader: int  # -1: none
    leader_epoch: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]

    @property
    def whole(self) -> bool:
        return self.leader >= 0 and set(self.isr) == set(self.replicas)


@dataclass(frozen=True)
class View:
    """What one broker answers to a Metadata request."""

    brokers: tuple[int, ...]
    partitions: dict[tuple[str, int], PartitionView]
    #: The broker to ask for changes: with ZooKeepers the one that is controller, else any.
    controller: int = field(default=-1, compare=False)


def view_of(host: str, port: int, topics: Iterable[str] | None = None) -> View:
    """The view of the broker at ``host:port``; of all topics unless some are named. Raises OSError."""
    named = None if topics is None else [MetadataRequest.MetadataRequestTopic(name=name) for name in topics]
    request = MetadataRequest[9](topics=named, allow_auto_topic_creation=False)
    with Connection(host, port) as connection:
        answer = connection.ask(request, MetadataResponse)
    partitions = {
        (topic.name, part.partition_index): PartitionView(
            part.leader_id, part.leader_epoch, tuple(part.replica_nodes), tuple(sorted(part.isr_nodes))
        )
        for topic in answer.topics
        for part in topic.partitions
    }
    brokers = tuple(sorted(broker.node_id for broker in answer.brokers))
    return View(brokers, partitions, answer.controller_id)


def what_is_missing(views: dict[int, View | None], expected: Iterable[int]) -> str | None:
    """What keeps the cluster from being whole in every broker's own eyes, in words; None if nothing.

    Right after a fault a broker may still show the state before it, so all views must agree as well.
    """
    everyone = tuple(sorted(expected))
    for broker, view in views.items():
        if view is None:
            return f"broker {broker} does not answer"
        if view.brokers != everyone:
            return f"broker {broker} sees brokers {', '.join(map(str, view.brokers)) or 'none'}"
        for (topic, partition), state in view.partitions.items():
            if not state.whole:
                return f"broker {broker} sees {topic}-{partition} led by {state.leader}, in sync {list(state.isr)}"
    first = next(iter(views.values()))
    for broker, view in views.items():
        if view != first:
            return f"broker {broker} sees another state than the others"
    return None
