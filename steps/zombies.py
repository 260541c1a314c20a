"""Sinks that stand still, and what those do that come after them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures import zombies
from fixtures.clients import Topic
from fixtures.database import Database
from fixtures.faults import Faults
from fixtures.phrases import phrase
from fixtures.programs import Programs
from fixtures.sinks import Sinks
from fixtures.telling import Teller


@given(phrase("it stands still {place:Place}, the {time:Ordinal} time"))
def stands_still_there(sinks: Sinks, place: str, time: int) -> None:
    """SIGSTOP by its own hand, at this point of its work; SIGCONT lets it go on."""
    sinks.stop_at("freeze", place, time)


@when("another one takes over its partition and does the rest, and it goes on")
def takes_over(sinks: Sinks) -> None:
    """The group misses it after a second, the least that the brokers allow. In the end it reads to the end as well."""
    zombies.take_over_and_end(sinks)


@when("another one takes over its partition and meets its lock, and it goes on")
def meets_lock(sinks: Sinks, database: Database) -> None:
    """The server is at a statement of the other one for two looks in a row."""
    zombies.meet_lock(sinks, database)


@when("another one shares the partitions with it and does its part, and it goes on")
def does_its_part(sinks: Sinks, faults: Faults, programs: Programs, topic: Topic) -> None:
    """Neither gets a record before both own a partition."""
    zombies.hold_until_shared(faults, programs, topic.partitions)
    zombies.write_beside(sinks)


@then("the database has refused its old batch")
def refused(sinks: Sinks, tell: Teller) -> None:
    """The first transaction that it tries changes no row; nothing of the batch is stored."""
    tell(zombies.require_refused(sinks))


@then("it has known its old batch")
def knows_it(sinks: Sinks, tell: Teller) -> None:
    """By its sequences; nothing of the batch is stored."""
    tell(zombies.require_refused(sinks))


@then("what the other one had read before was refused, or known already")
def found_out(sinks: Sinks, tell: Teller) -> None:
    """The first thing that it tries once the lock is gone."""
    tell(zombies.require_found_out(sinks))


@then(phrase("its first write has set the offset back from {before:Number} to {after:Number}"))
def set_back(sinks: Sinks, tell: Teller, before: int, after: int) -> None:
    """In the order in which they have stored it."""
    tell(zombies.require_set_back(sinks, before, after))
