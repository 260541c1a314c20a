"""What an owner can ask of an admin client. Limits (``within``) are in seconds.

Nothing of it goes into the history: a scenario's promises are about records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.handles import GRACE_SECONDS, Client
from clients.problems import KafkaProblem
from clients.results import PartitionState


class Admin(Client):
    kind = "admin"

    def look(self, within: float = 10) -> int:
        """Learn anew who is in the cluster; the broker to ask for changes, -1 if none is known.

        With ZooKeepers that is the broker that is controller. librdkafka 2.16 does not look for another one
        before its next change of metadata, five minutes later by default.
        """
        told: int = self._bounded("look", within)
        return told

    def create_topic(
        self,
        name: str,
        partitions: int = 1,
        replication: int = -1,
        configs: Mapping[str, str] | None = None,
        assignment: Sequence[Sequence[int]] | None = None,
        within: float = 30,
    ) -> None:
        """-1: as many as the cluster says. The controller has made it then; brokers learn it a moment later.

        ``assignment`` names the brokers of each partition, its preferred leader first.
        """
        brokers = None if assignment is None else [list(row) for row in assignment]
        self._bounded("create_topic", within, name, partitions, replication, dict(configs or {}), brokers)

    def delete_topic(self, name: str, within: float = 30) -> None:
        self._bounded("delete_topic", within, name)

    def describe_topic(self, name: str, within: float = 10) -> list[PartitionState]:
        """Leader, replicas and ISR of each partition, in order, as one broker sees them."""
        states: list[PartitionState] = self._bounded("describe_topic", within, name)
        return states

    def create_partitions(self, name: str, count: int, within: float = 30) -> None:
        """Grow a topic to ``count`` partitions."""
        self._bounded("create_partitions", within, name, count)

    def alter_configs(
        self, kind: str, name: str, changes: Mapping[str, str | None], within: float = 30
    ) -> None:
        """Change settings of a "topic" or "broker"; None takes one back to its default."""
        self._bounded("alter_configs", within, kind, name, dict(changes))

    def describe_configs(self, kind: str, name: str, within: float = 10) -> dict[str, str | None]:
        """All settings in force for a "topic" or "broker"; secrets are None."""
        told: dict[str, str | None] = self._bounded("describe_configs", within, kind, name)
        return told

    def elect_leaders(
        self, kind: str, rows: Sequence[tuple[str, int]], within: float = 30
    ) -> dict[tuple[str, int], KafkaProblem | None]:
        """A "preferred" or "unclean" election of (topic, partition) rows: each one's problem, or None."""
        told: dict[tuple[str, int], KafkaProblem | None] = self._bounded(
            "elect_leaders", within, kind, list(rows)
        )
        return told

    def delete_records(self, before: Mapping[tuple[str, int], int], within: float = 30) -> None:
        """Delete the records before these offsets."""
        self._bounded("delete_records", within, [(t, p, offset) for (t, p), offset in before.items()])

    def alter_offsets(self, group: str, offsets: Mapping[tuple[str, int], int], within: float = 30) -> None:
        """Have a group without members go on at these next offsets."""
        rows = [(topic, partition, offset) for (topic, partition), offset in offsets.items()]
        self._bounded("alter_offsets", within, group, rows)

    def delete_group(self, group: str, within: float = 30) -> None:
        """Delete a group without members, its offsets with it."""
        self._bounded("delete_group", within, group)

    def _bounded(self, verb: str, within: float, *args: Any) -> Any:
        return self._ask(verb, *args, within, limit=within + GRACE_SECONDS)
