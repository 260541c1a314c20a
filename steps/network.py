"""What the network and the brokers do to the scenario's clients."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given

from clients import Producer
from cluster.proxy import Armed
from fixtures import network, replication
from fixtures.clients import MakeTopic, Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.sending import Sent
from fixtures.unlisted import leave_out_leader


@given("a network that loses the first acknowledgement")
def loses_first_acknowledgement(faults: Faults, topic: Topic) -> None:
    """The batch is stored, its answer is eaten and the connection closed."""
    network.lose_first_acknowledgement(faults, topic)


@given("a network that loses every acknowledgement")
def loses_every_acknowledgement(faults: Faults, topic: Topic) -> None:
    """Batches are stored, their answers never arrive."""
    network.lose_every_acknowledgement(faults, topic)


@given("answers that name the leader of partition 0 and do not list it")
def not_listed(faults: Faults, topic: Topic) -> None:
    """All that the scenario's clients are told, for as long as it is a broker."""
    leave_out_leader(faults, topic)


@given(phrase("a network that holds back its first batch to partition {partition:Partition}"))
def holds_back_first_batch(faults: Faults, topic: Topic, partition: int) -> None:
    """Until the scenario ends or lets it go."""
    network.hold_first_batch(faults, topic, partition)


@given("a network in which every batch that is sent is counted", target_fixture="batches_sent")
def counts_batches(faults: Faults, topic: Topic) -> Armed:
    """Everything passes untouched."""
    return faults.watch_requests("Produce", topic=topic.name)


@given(phrase("a leader that refuses its first batch with {error:Error}"))
def answers_first_batch(faults: Faults, topic: Topic, error: str) -> None:
    """Instead of storing it. The answer is the fault proxy's, in the leader's place."""
    network.answer_first_batch(faults, topic, error)


@given(
    phrase("a leader that refuses its first batch with {error:Error} once {count:Number} are on their way")
)
def answers_first_of(faults: Faults, topic: Topic, error: str, count: int) -> None:
    """It holds the first one so long, and stores the others. The answer is the fault proxy's."""
    network.answer_first_of(faults, topic, error, count)


@given(phrase("a leader that refuses its first batch with {error:Error} once all are handed over"))
def answers_first_once_handed_over(
    faults: Faults, sent: Sent, producer: Producer, topic: Topic, make_topic: MakeTopic, error: str
) -> None:
    """It holds the first one until the client library has taken them all. The answer is the fault proxy's."""
    new = make_topic(1, suffix="-new")
    network.answer_first_once_handed_over(faults, sent, producer, topic, new, error)


@given("too few replicas in sync for its first batch, and enough for the others")
def starves_first_batch(faults: Faults, topic: Topic) -> None:
    """The broker's own answers: its followers are fenced when the first of five batches comes."""
    network.starve_first_batch(faults, topic, 5)


@given(phrase("the leader of partition 0 dies and starts again at each of records {numbers:Numbers}"))
def leader_dies_at(faults: Faults, producer: Producer, topic: Topic, numbers: Sequence[int]) -> None:
    """SIGKILL at each of these acknowledgements; the dead broker starts again at once."""
    network.kill_leader_at(faults, producer, topic, numbers)


@given(phrase("the leader of partition 0 dies with {count:Number} of its answers on the way"))
def leader_dies_with_answers(faults: Faults, topic: Topic, count: int) -> None:
    """SIGKILL when it has stored and answered so many batches and no answer has arrived."""
    network.kill_leader_with_answers(faults, topic, count)


@given("the leader of partition 0 dies with the first batch on its way")
def leader_dies_with_batch(faults: Faults, topic: Topic) -> None:
    """SIGKILL when the first batch has been sent and has not arrived."""
    network.kill_leader_with_batch(faults, topic)


@given("the leader of partition 0 is dead", target_fixture="dead_broker")
def leader_is_dead(faults: Faults, topic: Topic) -> int:
    """SIGKILL, and every other broker has noticed."""
    return network.bury_leader(faults, topic)


@given("a network that loses every batch")
def loses_every_batch(faults: Faults, topic: Topic) -> None:
    """No batch reaches a broker, and no connection breaks over it."""
    replication.lose_every_batch(faults, topic)
