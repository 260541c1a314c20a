"""A database that answers from a script, so that what a store says to it can be seen without one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from apps.database import Database, Sql
from apps.stores import Input, Store
from apps.transactions import nth

TOPIC = "transactions"


class Scripted:
    """Remembers statements; ``changed`` says how many rows each change changes, ``rows`` what each question finds."""

    def __init__(self, changed: Sequence[int] = (), rows: Sequence[list[tuple[Any, ...]]] = ()) -> None:
        self.said: list[str] = []
        self._changed, self._rows = list(changed), list(rows)

    @contextmanager
    def transaction(self) -> Iterator[Sql]:
        self.said.append("BEGIN")
        try:
            yield cast(Sql, self)
        except BaseException:
            self.said.append("ROLLBACK")
            raise
        self.said.append("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Sql]:
        yield cast(Sql, self)

    def change(self, statement: str, values: Sequence[object]) -> int:
        self.said.append(filled(statement, values))
        return self._changed.pop(0) if self._changed else 1

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        self.said.append(filled(statement, values))
        return self._rows.pop(0) if self._rows else []

    def new(self, statement: str, values: Sequence[object]) -> bool:
        return self.change(statement, values) == 1


def filled(statement: str, values: Sequence[object]) -> str:
    """A statement on one line with its parameters; TypeError if their number is wrong."""
    return " ".join(statement.split()) % tuple(values)


def made(kind: type[Store], database: Scripted, points: list[str] | None = None) -> Any:
    """A store of this kind at such a database, which notes the points that it comes to."""
    noted = [] if points is None else points
    return kind(
        cast(Database, database),
        TOPIC,
        lambda point: (noted.append(point), database.said.append(f"<{point}>")),
    )


def first(*numbers: int) -> list[Input]:
    """The first transactions of two accounts, in partition 0 from offset 0, numbered."""
    return [Input(0, place, numbered(number)) for place, number in enumerate(numbers or (1,))]


def numbered(number: int) -> Any:
    from dataclasses import replace

    return replace(nth(number, 2), sequence=number, id=f"id-{number}")
