"""Topics, and what is in them before anything happens."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, when

from clients import Admin
from fixtures.changes import create_partitions
from fixtures.clients import MakeTopic, Topic, await_topic
from fixtures.phrases import FLAWS, phrase
from fixtures.sending import IDEMPOTENT, Producers, Sent


@given("a topic with 1 partition", target_fixture="topic")
def topic_with_one_partition(make_topic: MakeTopic) -> Topic:
    """Three replicas, and the cluster's settings for all else."""
    return make_topic(1)


@given(phrase("a topic with {count:Number} partitions"), target_fixture="topic")
def topic_with_partitions(make_topic: MakeTopic, count: int) -> Topic:
    """Three replicas each; partition p is led by broker p % 3 + 1."""
    return make_topic(count)


@given(phrase("a topic with {count:Number} partitions of one replica each"), target_fixture="topic")
def topic_without_copies(make_topic: MakeTopic, count: int) -> Topic:
    """Partition p lives on broker p % 3 + 1 alone."""
    return make_topic(count, replication=1, configs={"min.insync.replicas": "1"})


@given(phrase("a topic that takes no record that {flaw:Flaw}"), target_fixture="topic")
def strict_topic(make_topic: MakeTopic, flaw: str) -> Topic:
    """A second topic, with the setting that makes the broker refuse such a record."""
    return make_topic(1, configs=FLAWS[flaw], suffix="-strict")


@given("a topic with 1 partition that allows unclean leader election", target_fixture="topic")
def unclean_topic(make_topic: MakeTopic) -> Topic:
    """One replica is enough to acknowledge, and one that lacks records may lead."""
    configs = {"unclean.leader.election.enable": "true", "min.insync.replicas": "1"}
    return make_topic(1, configs=configs, suffix="-unclean")


@given(phrase("records {numbers:Numbers} in partition {partition:Partition}"))
def records_there(
    producers: Producers, sent: Sent, topic: Topic, numbers: Sequence[int], partition: int
) -> None:
    """Written by an idempotent producer and acknowledged."""
    sent.send(producers.open("confluent-kafka", IDEMPOTENT), topic, numbers, partition=partition)
    sent.require_acknowledged(numbers)


@given(phrase("records {numbers:Numbers} in it, written by {client:Client}"))
def records_written_by(
    producers: Producers, sent: Sent, topic: Topic, numbers: Sequence[int], client: str
) -> None:
    """Spread over the partitions by key, with a header each, and acknowledged."""
    headers = [("writer", client.encode())]
    sent.send(producers.open(client, IDEMPOTENT), topic, numbers, key="k{n}", headers=headers)
    sent.require_acknowledged(numbers)


@when(phrase("the topic grows to {count:Number} partitions"))
def topic_grows(admin: Admin, topic: Topic, count: int) -> None:
    """Done by an admin client; every broker knows it when this ends."""
    create_partitions(admin, topic.cluster, topic.name, count)
    topic.partitions = count
    await_topic(topic)
