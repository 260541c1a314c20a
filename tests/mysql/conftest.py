"""A real MySQL for tests. Where there is no Docker, or no image, they are skipped and say so."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cluster.errors import ClusterError, NotCheckable
from cluster.mysql import checks, engine, images, starting
from cluster.mysql.access import Access
from cluster.mysql.proxy import SqlProxy
from cluster.mysql.server import Server
from tests.end_to_end.conftest import begin

if TYPE_CHECKING:
    import docker

__all__ = ["begin"]


@pytest.fixture(scope="session")
def client() -> docker.DockerClient:
    try:
        return engine.connect()
    except (NotCheckable, ClusterError) as reason:
        pytest.skip(f"needs Docker: {reason}")


@pytest.fixture(scope="session")
def image(client: docker.DockerClient) -> str:
    try:
        return images.ensure(client)
    except ClusterError as reason:
        pytest.skip(f"needs an image of MySQL: {reason}")


@pytest.fixture(scope="session")
def server(image: str) -> Iterator[Server]:
    """One for all tests, which leave it running."""
    begun = starting.start(image)
    yield begun.ready()
    begun.end()


@pytest.fixture
def schema(server: Server) -> Iterator[Access]:
    """A schema of its own with a table of numbers."""
    name = f"{checks.PREFIX}test_{secrets.token_hex(4)}"
    with closing(server.access.connect()) as connection:
        checks.rows(connection, f"CREATE SCHEMA {name}")
        checks.rows(connection, f"CREATE TABLE {name}.numbers (n INT PRIMARY KEY, text LONGTEXT)")
    yield server.access.within(name)
    server.make_whole()
    checks.drop_schema(server.access, name)


@pytest.fixture
def proxy(server: Server) -> Iterator[SqlProxy]:
    with SqlProxy(server.access.host, server.access.port) as made:
        yield made


@pytest.fixture
def proxied(schema: Access, proxy: SqlProxy) -> Access:
    """The schema through the fault proxy."""
    return schema.at(proxy.host, proxy.port)
