"""A broker that the controllers do not hear."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_bdd import given, then, when

from fixtures import reckoning
from fixtures.clients import Topic
from fixtures.fencing import Fencing
from fixtures.judging import Judge
from fixtures.phrases import phrase
from fixtures.sending import Producers, Sent
from fixtures.telling import Teller
from history.judge import EXACTLY_ONCE_IN_ORDER


@given(
    phrase(
        "broker {broker:Partition} is cut off from the controllers and fetches nothing from broker {source:Partition}"
    )
)
def cut_off(fencing: Fencing, broker: int, source: int) -> None:
    """Neither hears the other, and the other brokers have been told that it is gone."""
    fencing.cut_off(broker, source)


@then(phrase("broker {broker:Partition} leads no partition and is in sync with none"))
def leads_nothing(fencing: Fencing, topic: Topic, broker: int, tell: Teller) -> None:
    """As the others see it."""
    tell(fencing.require_out(topic))


@then(
    phrase("heard again, it is in sync with partition {partition:Partition} only once it has every record")
)
def in_sync_with_every_record(
    fencing: Fencing, judging: Judge, topic: Topic, partition: int, tell: Teller
) -> None:
    """Heard first and fed later; what it has stored is read from its own segment files."""
    tell(fencing.let_back(topic, partition))
    judging.read_log(topic)
    judging.forbid(EXACTLY_ONCE_IN_ORDER)


@when(
    phrase(
        "a {client:Client} producer with acks 1 that reaches only broker {broker:Partition}"
        " sends records {numbers:Numbers}"
    )
)
def sends_to_it_alone(
    fencing: Fencing, producers: Producers, sent: Sent, topic: Topic, client: str, numbers: Sequence[int]
) -> None:
    """To partition 0, which that broker believes to lead."""
    fencing.send_to_it(producers, sent, topic, client, numbers)


@then(phrase("they are lost once broker {broker:Partition} is heard again"))
def lost_once_heard(judging: Judge, sent: Sent, topic: Topic) -> None:
    """It follows the leader that there has been all the while, and gives up what that one does not have."""
    judging.read_log(topic)
    judging.show("lost")
    reckoning.require_all_lost(judging, len(sent.deliveries()))
