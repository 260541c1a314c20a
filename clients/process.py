"""A client's process, forked from the fork server: it takes verbs from its owner and answers them.

The main thread runs one verb after another.  A second thread takes messages, so gates can be armed and
opened, and results of sends awaited, while a verb is under way.
"""

from __future__ import annotations

import os
import queue
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from clients import wire
from clients.problems import ClientError, problem_of
from clients.recorder import Recorder
from clients.results import GateNews
from clients.settings import KAFKA_PYTHON


@dataclass(frozen=True)
class Spec:
    """What a client is made of. ``options`` are the library's own, ``values`` Kafka's names."""

    kind: str
    library: str
    name: str
    history: Path
    log: Path
    options: dict[str, Any]
    values: dict[str, Any]


#: A message to a client: (number, verb, positional arguments, keyword arguments). Answers carry the
#: number: ("ok", number, value), ("error", number, exception), ("gate", gate, news). 0: being made.
MADE = 0


class Host:
    """The client's end of its socket."""

    def __init__(self, spec: Spec, sock: socket.socket) -> None:
        self.spec = spec
        self.recorder = Recorder(spec.history, spec.name, self._gate_shut)
        self._sock = sock
        self._sending = threading.Lock()
        self._verbs: queue.SimpleQueue[tuple[int, Callable[..., Any], Any, Any]] = queue.SimpleQueue()

    def run(self) -> NoReturn:
        try:
            verbs = make_verbs(self.spec, self.recorder)
        except Exception as error:
            self.failed(MADE, error)
            os._exit(1)
        self.tell("ok", MADE, None)
        threading.Thread(target=self._listen, args=(verbs,), daemon=True).start()
        while True:
            number, verb, args, kwargs = self._verbs.get()
            self._run_verb(number, verb, args, kwargs)

    def _run_verb(self, number: int, verb: Callable[..., Any], args: Any, kwargs: Any) -> None:
        try:
            value = verb(*args, **kwargs)
        except Exception as error:
            self.recorder.flush()
            self.failed(number, error)
        else:
            self.recorder.flush()
            self.tell("ok", number, value)

    def _listen(self, verbs: Any) -> NoReturn:
        try:
            while True:
                number, name, args, kwargs = wire.receive(self._sock)
                try:
                    self._take(verbs, number, name, args, kwargs)
                except Exception as error:  # a verb that it has not
                    self.failed(number, error)
        except EOFError:
            os._exit(0)  # the owner is gone, or wants no more

    def _take(self, verbs: Any, number: int, name: str, args: Any, kwargs: Any) -> None:
        if name == "exit":
            os._exit(0)
        if name in ("arm", "open"):
            self._at_once(number, getattr(self.recorder, name), args)
        elif name == "send":
            self._verbs.put((number, verbs.prepared(number, *args, **kwargs), (), {}))
        elif name == "result":
            waiting = (number, verbs.result, args, kwargs)
            threading.Thread(target=self._run_verb, args=waiting, daemon=True).start()
        else:
            self._verbs.put((number, getattr(verbs, name), args, kwargs))

    def _at_once(self, number: int, call: Callable[..., Any], args: Any) -> None:
        # Not through _run_verb: it flushes, and the recorder's lock is held where a client stands still.
        try:
            call(*args)
        except ValueError as error:
            self.failed(number, error)
        else:
            self.tell("ok", number, None)

    def _gate_shut(self, gate: int, news: GateNews) -> None:
        self.tell("gate", gate, news)

    def failed(self, number: int, error: Exception) -> None:
        if not isinstance(error, (ClientError, ValueError, TypeError, KeyError)):
            error = ClientError(problem_of(error), self.spec.name)
        self.tell("error", number, error)

    def tell(self, word: str, number: int, value: object) -> None:
        try:
            with self._sending:
                wire.send(self._sock, (word, number, value))
        except OSError:
            os._exit(0)  # nobody is there to be told


def make_verbs(spec: Spec, recorder: Recorder) -> Any:
    """The verbs of one client, its library's object made. Raises what the library raises."""
    if spec.kind == "producer":
        from clients.producing import ProducerVerbs

        return ProducerVerbs(spec, recorder)
    if spec.kind == "consumer":
        from clients.consuming import ConsumerVerbs

        return ConsumerVerbs(spec, recorder)
    from clients.administering import admin_verbs

    return admin_verbs(spec)


def run(spec: Spec, sock: socket.socket) -> NoReturn:
    """Become the client. Whatever the libraries print goes to the client's log."""
    log = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    sys.stdout = sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    if spec.library == KAFKA_PYTHON:
        from clients.kafka_python_client import prepare_log

        prepare_log()
    Host(spec, sock).run()
