"""Loads what the suite is made of: every module of fixtures/ and steps/ is a plugin."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent

# Before the first of them is imported, for they import each other.
pytest.register_assert_rewrite("fixtures", "steps")

pytest_plugins = [
    "pytester",
    *(
        f"{folder}.{module.stem}"
        for folder in ("fixtures", "steps")
        for module in sorted((HERE / folder).glob("*.py"))
        if not module.stem.startswith("_")
    ),
]
