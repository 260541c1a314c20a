"""Who is who on the listener with mutual TLS of the embedded cluster."""

from __future__ import annotations

from pathlib import Path

from cluster import interface
from cluster.certificates import Authority
from cluster.local import senders
from cluster.ports import HOST


class Identities(interface.OffersTls):
    """The certificates of a cluster on loopback, which lie in its folder."""

    folder: Path

    def tls_files(self) -> dict[str, Path]:
        """What a client of the "tls" listener needs: its certificate, key and the authority's certificate."""
        return senders.tls_files(self.folder / "certificates")

    def authority(self) -> Authority:
        """Who signs the certificates that count here."""
        return Authority.load(self.folder / "certificates")

    def tls_name(self, broker: int) -> tuple[str, list[str]]:
        """The subject of a broker's certificate, and the names and addresses that it is good for."""
        return f"broker-{broker}", ["localhost", HOST]

    def place_key(self, broker: int, file: Path) -> str:
        """Bring a file with key and certificate to where a broker can read it; its path there."""
        return str(file)
