"""MySQL without pytest: ``python -m cluster.mysql up``, ``status``, ``down``, ``image``."""

from __future__ import annotations

import argparse
import sys

from cluster.errors import ClusterError, NotCheckable
from cluster.mysql import engine, images, server, starting

#: The environment failed (sysexits.h, EX_TEMPFAIL), as in the suite itself.
ENVIRONMENT = 75


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m cluster.mysql", description="A MySQL server in a container, to try things on."
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="up|status|down|image")
    up = verbs.add_parser("up", help="start a server that stays until it is taken down")
    up.add_argument(
        "--image",
        metavar="NAME",
        help=f"the image to run (default {images.DEFAULT}, or the one that `image` has built)",
    )
    verbs.add_parser("status", help="list the servers in containers, and how they are reached")
    verbs.add_parser("down", help="remove the servers that `up` started, with their data")
    verbs.add_parser("image", help="fetch the image, or build one where no registry is reached (needs root)")
    return top


def up(image: str | None) -> int:
    begun = starting.start(images.ensure(engine.connect(), image, say), detached=True)
    say("starting MySQL")
    database = begun.ready()
    try:
        begun.stay()
    except BaseException:
        begun.end()
        raise
    describe(database)
    print("\nIt stays up until: python -m cluster.mysql down")
    return 0


def status() -> int:
    found = [
        container for container in engine.of_run(engine.connect()) if container.labels.get(engine.FOLDER)
    ]
    if not found:
        print("No database is up.")
    for container in found:
        try:
            describe(server.Server.of(container))
        except ClusterError:
            print(f"a container without a description: {container.name}, {container.status}")
    return 0


def describe(database: server.Server) -> None:
    """How it is reached. The password stays in a file that only its owner can read."""
    file = database.folder / server.ACCESS
    print(f"MySQL {database.version} from {database.image}, {database.state()}")
    print(f"  address        {database.access}")
    print(f"  with password  {file}")
    print(f"  by hand        mysql --defaults-extra-file={file}")
    print(f"  container      {database.container.name}")


def down() -> int:
    staying = [
        container for container in engine.of_run(engine.connect()) if container.labels.get(engine.STAYS)
    ]
    if not staying:
        print("No database is up.")
    for container in staying:
        engine.remove(container)
        print(f"The database in {container.name} is down.")
    return 0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    arguments = parser().parse_args()
    try:
        if arguments.verb == "up":
            return up(arguments.image)
        if arguments.verb == "image":
            images.make(engine.connect(), say)
            return 0
        return status() if arguments.verb == "status" else down()
    except (ClusterError, NotCheckable) as error:
        say(f"error: {error}")
        return ENVIRONMENT
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
