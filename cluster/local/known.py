"""Which settings a release knows.

Kafka passes over a setting that it does not know, with no more than a line in its log; here each is
written only to releases that have it.  ``KafkaConfig.configNames`` of 2.4.1, 3.9.2 and 4.4.0 was read
for it, and Kafka's documentation for what came in between.
"""

from __future__ import annotations

from collections.abc import Mapping

from cluster.release import Number

#: KRaft in its first form (KIP-500).
KRAFT = (2, 8)

#: The first release that knows a setting; what is not listed is older than any release here.
SINCE: dict[str, Number] = {
    "broker.session.timeout.ms": KRAFT,
    "broker.heartbeat.interval.ms": KRAFT,
    "controller.quorum.fetch.timeout.ms": KRAFT,
    "controller.quorum.election.timeout.ms": KRAFT,
    "controller.quorum.election.backoff.max.ms": KRAFT,
    "controller.quorum.request.timeout.ms": KRAFT,
    "producer.id.expiration.check.interval.ms": (3, 4),  # with KIP-854
    "group.consumer.min.session.timeout.ms": (3, 7),  # with KIP-848, as all that begin so
    "group.consumer.session.timeout.ms": (3, 7),
    "group.consumer.min.heartbeat.interval.ms": (3, 7),
    "group.consumer.heartbeat.interval.ms": (3, 7),
    "log.initial.task.delay.ms": (3, 7),
    "unclean.leader.election.interval.ms": (3, 9),  # KAFKA-12670
    "share.coordinator.state.topic.replication.factor": (4, 0),  # with KIP-932, as all that begin so
    "share.coordinator.state.topic.min.isr": (4, 0),
    "share.coordinator.state.topic.num.partitions": (4, 0),
}

#: The last release that knows a setting: ZooKeeper went with 4.0, and what was for controllers among brokers.
UNTIL: dict[str, Number] = {
    "zookeeper.session.timeout.ms": (3, 9),
    "zookeeper.connection.timeout.ms": (3, 9),
    "controlled.shutdown.retry.backoff.ms": (3, 9),
}


def known(properties: Mapping[str, str], release: Number) -> dict[str, str]:
    """Those of ``properties`` that ``release`` knows."""
    return {key: value for key, value in properties.items() if knows(release, key)}


def knows(release: Number, key: str) -> bool:
    return SINCE.get(key, release) <= release <= UNTIL.get(key, release)
