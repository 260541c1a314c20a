"""Changes of topics, and what becomes of them."""

from __future__ import annotations

from pytest_bdd import given, then, when

from fixtures.clients import Topic
from fixtures.metadata import Metadata
from fixtures.phrases import phrase
from fixtures.quorum import Controllers
from fixtures.telling import Teller


@then(phrase("a {client:Client} admin client makes a topic"))
def makes_a_topic(metadata: Metadata, client: str, tell: Teller) -> None:
    """Every broker knows it and its leader."""
    tell(metadata.make_topic(client))


@when(
    phrase("a {client:Client} admin client asks for a topic with {count:Number} partitions"),
    target_fixture="asked_by",
)
def asks_for_a_topic(metadata: Metadata, client: str, count: int) -> str:
    """It gives up after 2 seconds without an answer."""
    metadata.ask_in_vain(client, count)
    return client


@then("it is neither made nor refused")
def neither_made_nor_refused(metadata: Metadata, tell: Teller) -> None:
    """The client's own limit ends it, no controller is active then, and no broker knows the topic."""
    tell(metadata.require_neither_made_nor_refused())


@then("once the majority is back, asking again is answered and every broker has the whole topic")
def whole_when_asked_again(
    controllers: Controllers, metadata: Metadata, asked_by: str, tell: Teller
) -> None:
    """The answer may be that it exists: what nobody answered was done later."""
    controllers.come_back()
    tell(metadata.require_whole_when_asked_again(asked_by))


@given(
    phrase(
        "a {client:Client} admin client that gives it {count:Number} partitions and {setting:Setting} {value:Value}"
    )
)
def grows_and_sets(
    metadata: Metadata, topic: Topic, client: str, count: int, setting: str, value: str
) -> None:
    """Both are acknowledged, the second a moment ago."""
    metadata.grow(client, topic, count, setting, value)


@then(
    phrase(
        "a new {client:Client} admin client finds {count:Number} partitions and {setting:Setting} {value:Value}"
    )
)
def finds(
    metadata: Metadata, topic: Topic, client: str, count: int, setting: str, value: str, tell: Teller
) -> None:
    """As some broker tells it."""
    tell(metadata.require(client, topic, count, setting, value))
