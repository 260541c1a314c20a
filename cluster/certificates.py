"""Certificates for one run: an authority, a certificate per node, one for clients.

Kafka reads PEM since 2.7 (KIP-651), but keys only as PKCS#8, so no Java keystore is needed; earlier
releases get theirs as PKCS#12.
"""

from __future__ import annotations

import copy
import datetime
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: A run lasts minutes; a day before and after forgives a clock that is off.
VALID = datetime.timedelta(days=1)

#: From now to the end of a certificate that has expired.
EXPIRED = datetime.timedelta(minutes=-1)


@dataclass(frozen=True)
class Identity:
    """Files of one certificate: ``certificate`` and ``key`` apart for clients, ``both`` for Kafka."""

    certificate: Path
    key: Path
    both: Path


@dataclass(frozen=True)
class Stores:
    """The same as Java's key store and trust store, and the password of both."""

    key: Path
    trust: Path
    password: str


class Authority:
    """Signs certificates for nodes and clients, and writes them below ``folder``."""

    def __init__(
        self, folder: Path, name: str = "Kafka Guarantees, one run", valid: datetime.timedelta = VALID
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.valid = valid
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = certificate_of(self.name, self.name, self.key.public_key(), valid)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(pem(builder.sign(self.key, hashes.SHA256())))
        key = folder / "authority-key.pem"
        key.touch(mode=0o600)
        key.write_bytes(pkcs8(self.key))

    @classmethod
    def load(cls, folder: Path, valid: datetime.timedelta = VALID) -> Authority:
        """The authority that was made in ``folder``, to sign more. Raises OSError if there is none."""
        found = cls.__new__(cls)
        found.folder, found.valid, found.certificate = folder, valid, folder / "authority.pem"
        key = serialization.load_pem_private_key((folder / "authority-key.pem").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        found.key = key
        found.name = x509.load_pem_x509_certificate(found.certificate.read_bytes()).subject
        return found

    def into(self, folder: Path) -> Authority:
        """The same authority, which writes what it signs below another folder."""
        found = copy.copy(self)
        found.folder = folder
        return found

    def issue(self, name: str, hosts: Sequence[str] = (), expired: bool = False) -> Identity:
        """A certificate for ``name``; names and addresses of ``hosts`` go into its SAN.

        An ``expired`` one was good until a minute ago.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = certificate_of(subject, self.name, key.public_key(), EXPIRED if expired else self.valid)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if hosts:
            names = x509.SubjectAlternativeName([general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return self._write(name, pem(builder.sign(self.key, hashes.SHA256())), pkcs8(key))

    def stores(self, name: str, tls: Identity, password: str = "") -> Stores:
        """An issued certificate, and the authority's own, as PKCS#12 files; the password is a new one unless given."""
        password = password or secrets.token_urlsafe(12)
        # One round: deriving a key from the password many times over costs each broker two seconds at its
        # start, and the files are for their owner alone, for as long as the run lasts.
        form = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1)
        sealed = form.build(password.encode())
        key = serialization.load_pem_private_key(tls.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        own, trusted = (
            x509.load_pem_x509_certificate(file.read_bytes()) for file in (tls.certificate, self.certificate)
        )
        trusts = [pkcs12.PKCS12Certificate(trusted, b"authority")]
        files = Stores(self.folder / f"{name}-key.p12", self.folder / f"{name}-trust.p12", password)
        contents = (
            pkcs12.serialize_key_and_certificates(name.encode(), key, own, [trusted], sealed),
            pkcs12.serialize_java_truststore(trusts, sealed),
        )
        for file, content in zip((files.key, files.trust), contents, strict=True):
            write_private(file, content)
        return files

    def _write(self, name: str, certificate: bytes, key: bytes) -> Identity:
        files = Identity(*(self.folder / f"{name}{end}.pem" for end in ("", "-key", "-both")))
        contents = (certificate, key, key + certificate)
        for file, content in zip((files.certificate, files.key, files.both), contents, strict=True):
            write_private(file, content)
        return files


def write_private(file: Path, content: bytes) -> None:
    """Write what its owner alone may read."""
    file.touch(mode=0o600)
    file.write_bytes(content)


def certificate_of(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, valid: datetime.timedelta = VALID
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - VALID).not_valid_after(now + valid)


def general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def pkcs8(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The key as PKCS#8; Kafka refuses the older "BEGIN EC PRIVATE KEY"."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
