"""A plugin for runs that tests make: a machine without Docker, ``-p tests.mysql.without_docker``."""

from __future__ import annotations

from cluster.mysql import engine

engine.SOCKET = "/var/run/no-such-docker.sock"
