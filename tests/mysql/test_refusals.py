"""What bad input gets: each says what is wrong and what helps, and none of it shows a password."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mysql.connector import Error

from cluster import debian
from cluster.errors import ClusterError, NotCheckable
from cluster.mysql import checks, engine, images, starting
from cluster.mysql.access import Access, parse
from cluster.mysql.server import Server
from cluster.ports import is_free
from cluster.waiting import eventually

if TYPE_CHECKING:
    import docker

SECRET = "a-password-that-nobody-sees"


def refused(access: Access) -> str:
    with pytest.raises(ClusterError) as found:
        checks.examine(access)
    assert SECRET not in str(found.value) and found.value.__cause__ is None
    return str(found.value)


# The server.


def test_one_that_is_well_is_taken(server: Server) -> None:
    assert checks.examine(server.access) == server.version


def test_nobody_at_the_address() -> None:
    assert is_free(29998)
    words = refused(parse(f"mysql://me:{SECRET}@127.0.0.1:29998"))
    assert words.startswith("no database answers at mysql://me@127.0.0.1:29998: Can't connect")


def test_no_such_host() -> None:
    words = refused(parse(f"mysql://me:{SECRET}@nobody.invalid"))
    assert words.startswith("no database answers at mysql://me@nobody.invalid:3306: Can't connect")


def test_somebody_who_is_no_database() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with ExitStack() as stack:
            from threading import Thread

            def hang_up() -> None:
                listener.accept()[0].close()

            thread = Thread(target=hang_up)
            thread.start()
            stack.callback(thread.join)
            assert "no database answers at" in refused(Access("127.0.0.1", port, "me", SECRET))


def test_a_login_that_is_refused(server: Server) -> None:
    access = Access(server.access.host, server.access.port, "stranger", SECRET)
    assert "refuses the login: Access denied for user 'stranger'" in refused(access)


@pytest.fixture
def account(server: Server) -> Iterator[Callable[[str], Access]]:
    """Makes an account with a right: ``account("SELECT ON *.*")``."""
    made: list[str] = []

    def make(right: str) -> Access:
        name = f"few{len(made)}"
        made.append(name)
        as_root(server, f"CREATE USER {name}@'%' IDENTIFIED BY '{SECRET}'; GRANT {right} TO {name}@'%'")
        return Access(server.access.host, server.access.port, name, SECRET)

    yield make
    for name in made:
        as_root(server, f"DROP USER {name}@'%'")


def as_root(server: Server, statements: str) -> None:
    """What only the container's root may do, done in the container; its password is in a file there."""
    script = 'MYSQL_PWD=$(cat /run/mysql-root-password) mysql -u root -h localhost -e "$SQL"'
    code, said = server.container.exec_run(["sh", "-c", script], environment={"SQL": statements})
    assert code == 0, said


def test_an_account_without_rights(account: Callable[[str], Access]) -> None:
    words = refused(account("USAGE ON *.*"))
    assert "lacks rights: Access denied" in words
    assert "GRANT ALL ON `kg\\_%`.* TO 'few0'@'%'" in words


def test_an_account_that_may_make_schemas_and_write_nothing(account: Callable[[str], Access]) -> None:
    words = refused(account("CREATE, DROP ON `kg\\_%`.*"))
    assert "lacks rights: INSERT command denied" in words


def test_a_server_that_insists_on_tls(server: Server) -> None:
    as_root(server, "SET GLOBAL require_secure_transport = ON")
    try:
        words = refused(server.access)
    finally:
        as_root(server, "SET GLOBAL require_secure_transport = OFF")
    assert "takes no login without TLS" in words and "set require_secure_transport=OFF" in words


def test_a_server_whose_tables_have_no_transactions(server: Server) -> None:
    as_root(server, "SET GLOBAL default_storage_engine = MyISAM")
    try:
        words = refused(server.access)
    finally:
        as_root(server, "SET GLOBAL default_storage_engine = InnoDB")
    assert "makes tables with MyISAM, which has no transactions" in words


def test_the_look_at_rights_leaves_nothing(server: Server, account: Callable[[str], Access]) -> None:
    refused(account("CREATE, DROP ON `kg\\_%`.*"))
    with closing(server.access.connect()) as connection:
        assert checks.rows(connection, "SHOW SCHEMAS LIKE 'kg\\_rights%'") == []


@pytest.mark.parametrize(
    ("version", "comment", "words"),
    [
        (
            "10.11.19-MariaDB-0+deb12u1",
            "Debian 12",
            "is MariaDB, it says 10.11.19-MariaDB-0+deb12u1 (Debian 12)",
        ),
        ("11.8.2", "MariaDB Server", "is MariaDB, it says 11.8.2 (MariaDB Server)"),
        ("8.0.43", "MySQL Community Server - GPL", "is too old, it says 8.0.43"),
        ("8.3.0", "Source distribution", "is too old, it says 8.3.0"),
        ("5.7.44-log", "MySQL", "is too old, it says 5.7.44-log"),
    ],
)
def test_another_kind_or_age_of_server(version: str, comment: str, words: str) -> None:
    with pytest.raises(ClusterError) as found:
        checks.check_version(Access("127.0.0.1", 3306, "me", SECRET), version, comment)
    assert words in str(found.value) and "MySQL 8.4 or newer is needed" in str(found.value)


@pytest.mark.parametrize("version", ["8.4.0", "8.4.10-log", "9.7.4-2", "10.0.1"])
def test_versions_that_are_new_enough(version: str) -> None:
    checks.check_version(Access("127.0.0.1", 3306, "me", SECRET), version, "MySQL Community Server - GPL")


@pytest.fixture
def mariadb() -> Iterator[Access]:
    """A real MariaDB, where its server is installed."""
    if not all(map(shutil.which, ("mariadbd", "mariadb-install-db", "my_print_defaults"))):
        pytest.skip("needs MariaDB's server and client (mariadb-server-core, mariadb-client-core)")
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="kg-") as room:
        data, port = Path(room) / "data", free_port()
        data.mkdir()
        if os.geteuid() == 0:
            for folder in (room, data):
                shutil.chown(folder, user)
        common = ["--no-defaults", f"--user={user}", f"--datadir={data}"]
        normal = "--auth-root-authentication-method=normal"
        subprocess.run(["mariadb-install-db", *common, normal], check=True, capture_output=True)
        there = [
            f"--socket={room}/socket",
            f"--pid-file={room}/pid",
            f"--port={port}",
            "--bind-address=127.0.0.1",
        ]
        process = subprocess.Popen(
            ["mariadbd", *common, *there], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        access = Access("127.0.0.1", port, "root", "")
        try:
            eventually(lambda: access.connect().close() is None, 30, "an answer", retry_on=(Error,))
            yield access
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_real_mariadb(mariadb: Access) -> None:
    assert "is MariaDB, it says 1" in refused(mariadb)


# Docker.


def test_no_docker_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(engine, "SOCKET", "/nowhere/docker.sock")
    with pytest.raises(NotCheckable, match=r"there is no Docker here .* and no --database-url"):
        engine.connect()


def test_a_docker_host_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(ClusterError, match=r"DOCKER_HOST names unix:///nowhere/docker.sock, which does not"):
        engine.connect()


def test_a_docker_that_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="kg-") as room:
        path = f"{room}/docker.sock"
        with socket.socket(socket.AF_UNIX) as once:
            once.bind(path)  # closed, its file stays
        monkeypatch.delenv("DOCKER_HOST", raising=False)
        monkeypatch.setattr(engine, "SOCKET", path)
        with pytest.raises(ClusterError, match=r'nobody answers at .*start it .*-m "not database"'):
            engine.connect()


def test_a_docker_that_we_may_not_use(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="kg-") as room, socket.socket(socket.AF_UNIX) as daemon:
        os.chmod(room, 0o755)
        path = f"{room}/docker.sock"
        daemon.bind(path)
        daemon.listen()
        os.chmod(path, 0)
        monkeypatch.delenv("DOCKER_HOST", raising=False)
        monkeypatch.setattr(engine, "SOCKET", path)
        said = as_nobody(what_docker_says)
    assert "refuses this user (permission denied)" in said
    assert "usermod -aG docker" in said and '-m "not database"' in said


def what_docker_says() -> str:
    with pytest.raises(ClusterError) as found:
        engine.connect()
    return str(found.value)


def as_nobody(ask: Callable[[], str]) -> str:
    """What is said in a process that has no more rights than the file gives it, as root has."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setuid(pwd.getpwnam("nobody").pw_uid)
            os.write(writing, ask().encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        return said.read()


def test_an_image_that_cannot_be_pulled(client: docker.DockerClient) -> None:
    with pytest.raises(ClusterError, match=r"(?s)kg/nosuch:1 could not be pulled: .*--database-image"):
        images.ensure(client, "kg/nosuch:1")


def test_no_image_and_no_registry(client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "DEFAULT", "kg/nosuch:1")
    monkeypatch.setattr(images, "LOCAL", "kg/nosuch:local")
    with pytest.raises(
        ClusterError, match=r"(?s)could not be pulled: .*\nbuild one: python -m cluster.mysql image"
    ):
        images.ensure(client)


def dying(client: docker.DockerClient, image: str, script: str) -> str:
    """An image whose containers do this instead of starting MySQL."""
    import io

    made = f'FROM {image}\nENTRYPOINT ["sh", "-c", "{script}"]\n'
    return str(client.images.build(fileobj=io.BytesIO(made.encode()), rm=True)[0].id)


def test_a_container_that_dies_at_its_start(client: docker.DockerClient, image: str) -> None:
    name = dying(client, image, "echo there is no room; exit 3")
    try:
        begun = starting.start(name)
        with pytest.raises(
            ClusterError, match=r"(?s)is exited before it answered; its last words:\nthere is no room"
        ):
            begun.ready()
        assert engine.of_run(client, begun.run) == []
    finally:
        client.images.remove(name, force=True)


def test_a_container_that_cannot_start(client: docker.DockerClient, image: str) -> None:
    import io

    made = f'FROM {image}\nENTRYPOINT ["/no/such/program"]\n'
    name = str(client.images.build(fileobj=io.BytesIO(made.encode()), rm=True)[0].id)
    try:
        begun = starting.start(name)
        with pytest.raises(
            ClusterError, match=r"Docker could not start the database's container: .*no such file"
        ):
            begun.ready()
        assert engine.of_run(client, begun.run) == []
    finally:
        client.images.remove(name, force=True)


# The image.


def test_one_that_was_built_another_way_is_built_anew(
    client: docker.DockerClient, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if image != images.LOCAL:
        pytest.skip("here the official image is run")
    assert images.built(client)
    monkeypatch.setattr(images, "recipe", lambda: "another")
    assert not images.built(client)


def test_a_build_without_root(client: docker.DockerClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "BASE", "kg/nosuch:sid")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian, "require_debian", lambda instead: None)
    monkeypatch.setattr(debian, "mirror", lambda instead: "http://mirror.example/debian")
    with pytest.raises(ClusterError, match=r"only root can .*: sudo python -m cluster.mysql image"):
        images.build(client, print)
