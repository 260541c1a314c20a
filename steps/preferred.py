"""Preferred leaders: the first replica of each partition."""

from __future__ import annotations

from pytest_bdd import given, then, when

from clients import ClientPool
from fixtures import preferred
from fixtures.clients import Topic
from fixtures.elections import Elections
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.telling import Teller


@given("controllers that look for preferred leaders every second")
def controllers_look(rebalancing: None) -> None:
    """They are started again with auto.leader.rebalance.enable, and at the end without it."""


@given("the leader of partition 0 has died and is back, and another one leads")
def died_and_back(elections: Elections, topic: Topic) -> None:
    """It is in sync again, and it was the first replica."""
    elections.come_back(topic)
    elections.now(topic)


@when("the leader of partition 0 dies and is back in sync")
def dies_and_is_back(elections: Elections, topic: Topic) -> None:
    """It was the first replica, and another one has led meanwhile."""
    elections.come_back(topic)


@when(phrase("a {client:Client} admin client asks for preferred leaders"))
def asks_for_preferred(clients: ClientPool, topic: Topic, client: str) -> None:
    """An election for partition 0, as kafka-leader-election.sh asks for it."""
    preferred.ask_for_preferred(clients.admin(client), topic)


@when("the controllers take another broker for dead, which takes them longer than a second")
def another_fenced(elections: Elections, faults: Faults, topic: Topic) -> None:
    """Its heartbeats are held for the session timeout; it follows in partition 0."""
    preferred.see_another_fenced(elections, faults, topic)


@then("the first replica leads again")
def first_leads(elections: Elections, topic: Topic, tell: Teller) -> None:
    """There were two elections: one when it died, one now."""
    tell(elections.require_preferred(topic))


@then("partition 0 is still led by the replica that took over")
def still_led(elections: Elections, topic: Topic, tell: Teller) -> None:
    """There was one election, when the leader died."""
    tell(elections.require_left(topic))
