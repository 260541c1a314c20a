"""Writes ``features/README.md`` and ``steps/README.md`` anew: ``python -m steps``, or ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

from steps._contents import contents
from steps._glossary import FEATURES, HERE, glossary


def documents() -> dict[Path, str]:
    """The files that are made, with what has to be in them."""
    return {FEATURES / "README.md": contents(), HERE / "README.md": glossary()}


def main() -> int:
    for path, text in documents().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(HERE.parent)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
