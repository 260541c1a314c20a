"""What leaders remember of producers."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from clients import Admin
from fixtures import memory, network
from fixtures.changes import delete_records
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.handmade import HandMade, HandMaker
from fixtures.memory import BrokerSettings
from fixtures.phrases import phrase
from fixtures.restarts import die_with_answers
from fixtures.telling import Teller


@when(
    phrase("the leader dies, and it repeats batches {numbers:Numbers} to the next one"),
    target_fixture="repeated",
)
def repeats_to_the_next(
    faults: Faults, hand_maker: HandMaker, hand_made: HandMade, numbers: Sequence[int]
) -> Sequence[int]:
    """SIGKILL; the next leader was in sync."""
    return memory.repeat_to_next_leader(faults, hand_maker, hand_made, numbers)


@when(
    phrase("all brokers {how:Ending} and start again, and it repeats batches {numbers:Numbers}"),
    target_fixture="repeated",
)
@when(
    phrase("all brokers {how:Ending} and start again, and it repeats batch {numbers:Numbers}"),
    target_fixture="repeated",
)
def repeats_after_a_restart(
    faults: Faults, hand_maker: HandMaker, hand_made: HandMade, how: str, numbers: Sequence[int]
) -> Sequence[int]:
    """One right after the other; every replica is in sync again when it repeats them."""
    return memory.repeat_after_restart(faults, hand_maker, hand_made, how, numbers)


@given(phrase("all brokers die with {count:Number} of their answers on the way, and start again"))
def brokers_die_with_answers(faults: Faults, topic: Topic, count: int) -> None:
    """SIGKILL when one of them has stored and answered so many batches and no answer has arrived."""
    die_with_answers(faults, topic, count)


@given(
    phrase("a hand-made producer whose batches numbered {numbers:Numbers} only the leader has"),
    target_fixture="hand_made",
)
def hand_made_producer_of_a_lonely_leader(
    faults: Faults, hand_maker: HandMaker, topic: Topic, numbers: Sequence[int]
) -> HandMade:
    """The followers get no answers to their fetches and are fenced; each batch is acknowledged."""
    producer = hand_maker.make(topic)
    network.isolate_leader(faults, topic)
    producer.begin(numbers)
    return producer


@when(
    phrase("the leader dies, one that lacks them leads, and it repeats batch {numbers:Numbers}"),
    target_fixture="repeated",
)
def repeats_to_one_that_lacks(
    faults: Faults, hand_maker: HandMaker, topic: Topic, hand_made: HandMade, numbers: Sequence[int]
) -> Sequence[int]:
    """SIGKILL, and an unclean election."""
    network.kill_isolated_leader(faults, topic)
    hand_maker.reconnect(hand_made)
    return hand_made.repeat(numbers)


@then("it is acknowledged with another offset than it had")
def acknowledged_elsewhere(hand_made: HandMade, repeated: Sequence[int], tell: Teller) -> None:
    """The leader takes it for new."""
    tell.evidence(hand_made.evidence())
    memory.require_new_offsets(hand_made, repeated)


@given(phrase("brokers with {setting:Setting} {value:Value}"))
def brokers_with(broker_settings: BrokerSettings, setting: str, value: str) -> None:
    """Changed while they run, on each of them, and taken back afterwards."""
    broker_settings.change(setting, value)


@given("the leader of partition 0 has forgotten every producer")
def forgotten(topic: Topic) -> None:
    """By its own word: it lists none."""
    memory.await_forgotten(topic)


@given("every record of it is deleted")
def records_deleted(admin: Admin, topic: Topic) -> None:
    """Done by an admin client: partition 0 begins at its end."""
    delete_records(admin, topic.name, 0, topic.end(0))
