"""``python -m reports run.json``: makes every report of a run again."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from reports.promises import headline
from reports.writing import from_json, write


def main(arguments: list[str] | None = None) -> int:
    """0: all reports were made; 1: some were not; 2: the run cannot be read or the folder not written."""
    parser = argparse.ArgumentParser(prog="python -m reports", description=__doc__)
    parser.add_argument("run", type=Path, help="run.json of an earlier run")
    parser.add_argument("--out", type=Path, help="folder to write to (default: that of run.json)")
    parser.add_argument("--features", type=Path, default=Path("features"), help="folder of the feature files")
    parser.add_argument(
        "--formatter-jar",
        type=Path,
        default=os.environ.get("KG_FORMATTER_JAR") or None,
        help="jar of io.cucumber:html-formatter (default: $KG_FORMATTER_JAR; without it no cucumber.html)",
    )
    given = parser.parse_args(arguments)
    try:
        run = from_json(given.run.read_text(encoding="utf-8"))
        folder = given.out or given.run.parent
        jar = Path(given.formatter_jar) if given.formatter_jar else None
        written = write(run, folder, features_root=given.features.absolute(), formatter_jar=jar)
    except (OSError, ValueError) as error:
        print(f"{given.run}: {error}", file=sys.stderr)
        return 2
    print(headline(run))
    for path in written:
        print(f"  {path}")
    for warning in written.warnings:
        print(f"  {warning}", file=sys.stderr)
    return 1 if written.warnings else 0


if __name__ == "__main__":
    sys.exit(main())
