"""Clients that come over TLS, what they show of themselves, and what brokers show them."""

from __future__ import annotations

from contextlib import ExitStack

from pytest_bdd import given, then, when

from clients import Producer
from fixtures.clients import Topic
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.processes import Processes
from fixtures.replication import restart_with
from fixtures.telling import Teller
from fixtures.tls import Door, Visit
from history.verdicts import NotShown, Violated


@given(
    phrase("a {client:Client} producer that comes over TLS with {shown:Certificate}"),
    target_fixture="producer",
)
def producer_over_tls(door: Door, client: str, shown: str) -> Producer:
    """It checks that the broker's certificate bears the name it asked for, which is the default."""
    return door.producer(client, door.identity(shown))


@given(
    phrase("a {client:Client} producer that knows only broker {broker:Partition} and checks no names"),
    target_fixture="producer",
)
def producer_without_names(door: Door, client: str, broker: int) -> Producer:
    """It comes over TLS with ssl.endpoint.identification.algorithm empty."""
    shown = door.identity("a certificate of the authority")
    return door.producer(client, shown, {"ssl.endpoint.identification.algorithm": ""}, broker)


@given("brokers whose TLS listener asks for no certificate")
def nobody_asks(faults: Faults, turn: ExitStack) -> None:
    """ssl.client.auth=none; each broker starts again with it, and with its own setting at the end."""
    name = "listener.name.tls.ssl.client.auth"
    for broker in faults.cluster.broker_ids:
        turn.callback(restart_with, faults, broker, {name: "required"})
        restart_with(faults, broker, {name: "none"})


@given(phrase("a broker {broker:Partition} whose certificate bears another name"))
def misnamed(door: Door, faults: Faults, turn: ExitStack, broker: int) -> None:
    """The authority has signed it, for somebody else; the broker starts again with its own at the end."""
    door.misname(faults, turn, broker)


@when(
    phrase("a {client:Client} producer that comes over TLS with {shown:Certificate} tries to send a record"),
    target_fixture="visit",
)
def tries(door: Door, topic: Topic, client: str, shown: str) -> Visit:
    """It knows all brokers, and tries for 3 seconds."""
    visit = Visit(door, door.identity(shown))
    visit.pay(client, topic)
    return visit


@when(
    phrase(
        "a {client:Client} producer that knows only broker {broker:Partition} tries to send a record over TLS"
    ),
    target_fixture="visit",
)
def tries_one(door: Door, topic: Topic, client: str, broker: int) -> Visit:
    """It shows a certificate of the authority, checks names, and tries for 3 seconds."""
    visit = Visit(door, door.identity("a certificate of the authority"))
    visit.pay(client, topic, broker)
    return visit


@then("the record is not acknowledged, for no broker answers such a client")
def no_answer(door: Door, visit: Visit, tell: Teller) -> None:
    """A request by hand gets no answer either, and one with a good certificate does."""
    visit.require_refused(tell)
    tell(f"by hand: {door.require_silence(visit.shown)}")


@then(phrase("the record is not acknowledged, for the client refuses broker {broker:Partition}"))
def refuses_broker(door: Door, visit: Visit, tell: Teller, broker: int) -> None:
    """It is the name: whoever checks none is answered."""
    visit.require_refused(tell)
    reason = door.answer(broker, visit.shown)
    if reason is None:
        raise Violated(f"a client that checks names talks to broker {broker}, which has another one")
    if trouble := door.answer(broker, visit.shown, names=False):
        raise NotShown(f"broker {broker} does not answer those either who check no names: {trouble}")
    tell(f"by hand: {reason}")


@when("every broker gets a new certificate")
def renewed(door: Door, turn: ExitStack, faults: Faults) -> None:
    """Of the same names, while it runs; its own comes back at the end."""
    for broker in faults.cluster.broker_ids:
        turn.callback(door.renew(broker))


@when("every broker's certificate is replaced by an expired one")
def expired(door: Door, turn: ExitStack, faults: Faults) -> None:
    """Of the same names, while it runs; its own comes back at the end."""
    for broker in faults.cluster.broker_ids:
        turn.callback(door.renew(broker, expired=True))


@then("no broker was started again")
def still_running(processes: Processes) -> None:
    """Each has the process that it had when the scenario began."""
    if restarted := processes.restarted():
        raise Violated(f"started again were {', '.join(restarted)}")


@then(phrase("a {client:Client} producer that comes now gets no record to them"))
def newcomer_refuses(door: Door, topic: Topic, tell: Teller, client: str) -> None:
    """Its library takes no expired certificate; whoever comes by hand and looks takes none either."""
    visit = Visit(door, door.identity("a certificate of the authority"))
    visit.pay(client, topic)
    visit.require_refused(tell)
    tell(f"by hand: {door.require_distrust(visit.shown)}")
