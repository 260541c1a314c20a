"""MySQL for tests that need a real one. Where there is no Docker they are skipped by name."""

from __future__ import annotations

from tests.end_to_end.conftest import begin

__all__ = ["begin"]
