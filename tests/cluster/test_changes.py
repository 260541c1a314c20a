"""Topics that are asked for twice, as a broker does whose controller gives up its office meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients import LIBRARIES, ClientError, ClientPool
from cluster.local.embedded import EmbeddedCluster
from fixtures.changes import create_topic, delete_topic

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("library", LIBRARIES)
def test_asking_again_for_what_was_done_is_no_error(
    standing: EmbeddedCluster, tmp_path: Path, library: str
) -> None:
    name = f"asked-twice-{library}"
    with ClientPool(tmp_path, standing.bootstrap(), "tests") as pool:
        admin = pool.admin(library)
        create_topic(admin, standing, name, 2)
        create_topic(admin, standing, name, 2)
        with pytest.raises(ClientError, match="INVALID_REPLICATION_FACTOR"):
            create_topic(admin, standing, f"{name}-more", 1, 9)
        delete_topic(admin, standing, name)
        delete_topic(admin, standing, name)
        assert name not in {topic for topic, _ in standing.view(1).partitions}
