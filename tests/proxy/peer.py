"""A peer that answers as a broker does, as far as the proxy's tests need it, and a client for it.

Both speak through kafka-python's protocol classes.  The peer writes Produce requests into a log of its
own, so a test can see what was carried out and how often.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kafka.record.memory_records import MemoryRecordsBuilder

from cluster.proxy.frames import Frame
from cluster.proxy.messages import REQUESTS, RESPONSES, class_of, read, response_frame
from cluster.proxy.wire import Head, framed, head_of

#: What the peer answers to requests that it cannot read.
UNKNOWN = b"what we do not know"
TOPIC_ID = UUID(int=0x1234567890)


def records(*values: bytes, producer: tuple[int, int, int] = (-1, -1, -1)) -> bytes:
    """One record batch."""
    identity, epoch, sequence = producer
    builder = MemoryRecordsBuilder(2, 0, 1 << 20, producer_id=identity, producer_epoch=epoch,
                                   base_sequence=sequence)
    for value in values:
        builder.append(timestamp=1, key=None, value=value)
    builder.close()
    return bytes(builder.buffer())


def produce(topic: str = "t", partition: int = 0, *, batch: bytes = b"", acks: int = -1,
            version: int = 9, transactional_id: str | None = None, topic_id: UUID = TOPIC_ID) -> Any:
    """A Produce request of one partition; from version 13 on the topic is told by its id."""
    kind = REQUESTS[0]
    data = kind.TopicProduceData.PartitionProduceData(version=version, index=partition,
                                                      records=batch or records(b"x"))
    named = {"topic_id": topic_id} if version >= 13 else {"name": topic}
    return kind(version=version, transactional_id=transactional_id, acks=acks, timeout_ms=1000,
                topic_data=[kind.TopicProduceData(version=version, partition_data=[data], **named)])


def metadata() -> Any:
    """A Metadata request of no topic, to which the peer answers with "t" and with brokers 1 and 2."""
    return REQUESTS[3](version=12, topics=[])


def request_frame(request: Any, correlation: int, client_id: str) -> bytes:
    """A request as bytes."""
    request.with_header(correlation_id=correlation, client_id=client_id)
    return bytes(request.encode(header=True, framed=True))


@dataclass
class Peer:
    """``requests`` are the headers that arrived, ``log`` the partitions that Produce named, in order."""

    requests: list[Head] = field(default_factory=list)
    log: list[tuple[Any, int]] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    port: int = 0
    raw: bool = False
    dies_after: int | None = None
    came: threading.Condition = field(default_factory=threading.Condition)

    def start(self) -> Peer:
        """Listens on a free port of the loopback."""
        self._loop = asyncio.new_event_loop()
        up = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(up,), daemon=True)
        self._thread.start()
        up.wait(5)
        return self

    def logged(self, count: int) -> list[tuple[Any, int]]:
        """The log once it has so many entries, or what it has after five seconds."""
        with self.came:
            self.came.wait_for(lambda: len(self.log) >= count, 5)
        return self.log

    def stop(self) -> None:
        """Closes every connection and the listener."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)

    def _run(self, up: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen(up))
        self._loop.close()

    async def _listen(self, up: threading.Event) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=256)
        self.port = server.sockets[0].getsockname()[1]
        up.set()
        await self._over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                if self.raw:
                    data = await reader.read(65536)
                    if not data:
                        return
                    writer.write(data)
                    continue
                length = await reader.readexactly(4)
                data = length + await reader.readexactly(struct.unpack(">i", length)[0])
                self.frames.append(data)
                if self.dies_after is not None and len(self.frames) >= self.dies_after:
                    return
                answer = self._answer(data)
                if answer:
                    writer.write(answer)
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _answer(self, data: bytes) -> bytes | None:
        head = head_of(data, 0, len(data))
        if head is None:
            return None
        self.requests.append(head)
        request = read(Frame(head, data=data))
        if class_of(head, "response") is None or request is None:
            return framed(head.correlation.to_bytes(4, "big"), UNKNOWN)
        answer = RESPONSES[head.api](version=head.version)
        if head.api == 0:
            if request.acks == 0:
                self._append(request, None)
                return None
            self._append(request, answer)
        elif head.api == 1:
            _fetched(request, answer)
        elif head.api == 3:
            answer.topics = [answer.MetadataResponseTopic(version=head.version, name="t", topic_id=TOPIC_ID)]
            answer.brokers = [
                answer.MetadataResponseBroker(version=head.version, node_id=node, host="b", port=1) for node in (1, 2)
            ]
        return response_frame(head, answer)

    def _append(self, request: Any, answer: Any) -> None:
        told = []
        for topic in request.topic_data:
            name = topic.topic_id if request.version >= 13 else topic.name
            parts = []
            for part in topic.partition_data:
                with self.came:
                    self.log.append((name, part.index))
                    self.came.notify_all()
                parts.append(RESPONSES[0].TopicProduceResponse.PartitionProduceResponse(
                    version=request.version, index=part.index, base_offset=len(self.log) - 1))
            told.append(RESPONSES[0].TopicProduceResponse(
                version=request.version, name=topic.name, topic_id=topic.topic_id, partition_responses=parts))
        if answer is not None:
            answer.responses = told


def _fetched(request: Any, answer: Any) -> None:
    kind = answer.FetchableTopicResponse
    answer.responses = [
        kind(version=request.version, topic=topic.topic, topic_id=topic.topic_id, partitions=[
            kind.PartitionData(version=request.version, partition_index=part.partition, records=b"")
            for part in topic.partitions])
        for topic in request.topics
    ]


class Client:
    """A client that sends requests and reads answers, one socket, no threads."""

    def __init__(self, port: int, client_id: str = "a") -> None:
        self.client_id = client_id
        self.socket = socket.create_connection(("127.0.0.1", port), 5)
        self.socket.settimeout(5)
        self.sent: dict[int, Any] = {}
        self.correlation = 0

    def frame(self, request: Any) -> bytes:
        """The next request as bytes."""
        self.correlation += 1
        self.sent[self.correlation] = request
        return request_frame(request, self.correlation, self.client_id)

    def send(self, *requests: Any) -> None:
        """Sends requests in one packet."""
        self.socket.sendall(b"".join(self.frame(request) for request in requests))

    def receive(self, within: float = 5.0) -> tuple[int, Any]:
        """(correlation id, message) of the next answer. Raises EOFError, or TimeoutError."""
        self.socket.settimeout(within)
        body = self.exactly(struct.unpack(">i", self.exactly(4))[0])
        correlation = struct.unpack_from(">i", body)[0]
        request = self.sent[correlation]
        head = Head(type(request).API_KEY, request.version, correlation, "", 0)
        return correlation, read(Frame(head, "response", data=framed(body)))

    def ask(self, request: Any) -> Any:
        """Sends one request; its answer."""
        self.send(request)
        return self.receive()[1]

    def closed(self, within: float = 5.0) -> bool:
        """Whether the proxy closes the connection without another byte."""
        self.socket.settimeout(within)
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def exactly(self, size: int) -> bytes:
        """The next bytes. Raises EOFError when the connection is closed before."""
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise EOFError("the connection was closed")
            data += more
        return data

    def close(self) -> None:
        self.socket.close()
