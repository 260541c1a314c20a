"""Producers by which a cluster is tried, and the files that mutual TLS needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import Producer


def tls_files(certificates: Path) -> dict[str, Path]:
    """What a client of the "tls" listener needs: its certificate, key and the authority's certificate."""
    names = {"authority": "authority", "certificate": "client", "key": "client-key"}
    return {what: certificates / f"{name}.pem" for what, name in names.items()}


def sender(bootstrap: str, tls: Mapping[str, Path] | None = None) -> Producer:
    """A producer with acks=all that tries again soon; over mutual TLS if the files for it are given."""
    conf: dict[str, Any] = {
        "bootstrap.servers": bootstrap,
        "linger.ms": 0,
        "retry.backoff.ms": 20,
        "reconnect.backoff.ms": 20,
        "log_level": 0,
    }
    if tls:
        conf["security.protocol"] = "ssl"
        conf["ssl.ca.location"] = str(tls["authority"])
        conf["ssl.certificate.location"] = str(tls["certificate"])
        conf["ssl.key.location"] = str(tls["key"])
    return Producer(conf)
