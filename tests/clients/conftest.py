"""What tests of the clients share: clients of the cluster, and an admin client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import KAFKA_PYTHON, Admin, ClientPool


@pytest.fixture(scope="module")
def admin(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    with ClientPool(tmp_path_factory.mktemp("admin"), bootstrap, "tests") as pool:
        yield pool.admin(KAFKA_PYTHON)


@pytest.fixture
def pool(tmp_path: Path, bootstrap: str) -> Iterator[ClientPool]:
    with ClientPool(tmp_path, bootstrap, "tests") as made:
        yield made
