"""A sink: reads transactions as a member of a group, and keeps balances. ``python -m apps.sink --help``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from apps import points
from apps.database import Database, NoDatabase
from apps.options import NO_DATABASE, SIMULATED, WRONG_DATA, add_database, add_kafka, add_lane, lane, settings
from apps.points import POINTS, Points, SimulatedError
from apps.records import open_consumer
from apps.sinking import Poison, Sink
from apps.tables import OF_SINKS
from apps.variants import BROKEN, SOUND, VARIANTS, commits_offsets, meaning


def parser() -> argparse.ArgumentParser:
    told = argparse.ArgumentParser(
        prog="python -m apps.sink",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__,
        epilog=epilog(),
    )
    told.add_argument("--variant", choices=VARIANTS, default="sequences", help="default: %(default)s")
    told.add_argument("--group", default="sink", help="its consumer group; default: %(default)s")
    told.add_argument("--batch", type=int, default=100, help="records of a poll; default: %(default)s")
    told.add_argument(
        "--per-transaction",
        type=int,
        default=1,
        help="records of a database transaction; default: %(default)s",
    )
    told.add_argument("--until-end", action="store_true", help="end with what the topic holds at the start")
    told.add_argument(
        "--patience", type=float, default=30, help="seconds to wait for a database that is gone; default: 30"
    )
    told.add_argument("--crash-at", type=points.stop, metavar="POINT[:N]", help="die there, the N-th time")
    told.add_argument("--freeze-at", type=points.stop, metavar="POINT[:N]", help="stand still until SIGCONT")
    told.add_argument(
        "--error-probability", type=float, default=0, metavar="P", help="fail after a database commit"
    )
    told.add_argument("--seed", type=int, default=0, help="of these errors; default: %(default)s")
    add_kafka(told)
    add_database(told)
    add_lane(told, "sink")
    return told


def epilog() -> str:
    """The variants and the points."""
    lines = ["sound variants:"]
    lines += [f"  {name:24} {meaning(name)}" for name in SOUND]
    lines += ["", "broken variants:"]
    lines += [f"  {name:24} {meaning(name)}" for name in BROKEN]
    lines += ["", "points:"]
    lines += [f"  {name:24} {what}" for name, what in POINTS.items()]
    return "\n".join(lines)


def run(options: argparse.Namespace) -> None:
    """Raises what :class:`apps.sinking.Sink` raises."""
    own_lane = lane(options)
    made = Points(
        options.crash_at, options.freeze_at, options.error_probability, options.seed, own_lane.remark
    )
    variant = VARIANTS[options.variant]
    database = Database(options.database, autocommit=variant.autocommit)
    database.require_innodb(OF_SINKS)
    chosen = {**settings(options), "group.id": options.group}
    sink = Sink(
        open_consumer(options.client, options.topic, chosen),
        variant(database, options.topic, made.reach),
        options.topic,
        own_lane,
        made,
        options.batch,
        options.per_transaction,
        commits_offsets(options.variant),
        options.patience,
    )
    stop_at_sigterm(sink.stopping)
    try:
        sink.work(until_end=options.until_end)
    finally:
        sink.consumer.close()
        database.close()


def stop_at_sigterm(stopping: threading.Event) -> None:
    """A batch is finished first."""
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())


def main() -> int:
    """0 at its end; 3 for a simulated error; 65 at a record that is no transaction; 75 without a database."""
    try:
        run(parser().parse_args())
    except SimulatedError as error:
        print(error, file=sys.stderr)
        return SIMULATED
    except Poison as poison:
        print(f"no transaction: {poison}", file=sys.stderr)
        return WRONG_DATA
    except NoDatabase as trouble:
        print(f"no database: {trouble}", file=sys.stderr)
        return NO_DATABASE
    return 0


if __name__ == "__main__":
    sys.exit(main())
