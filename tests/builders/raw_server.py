"""A scripted TCP server: says byte for byte what a test wants and remembers what it was sent."""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

Step = Callable[["Peer"], Awaitable[None]]


class Peer:
    """One accepted connection, as a step sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.address: str = writer.get_extra_info("peername")[0]

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """Close so that the other side sees ECONNRESET."""
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def read_request(self) -> bytes:
        """Read one request with its body; empty at the end of the connection."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")),
            0,
        )
        return head + await self.reader.readexactly(length)


class RawServer:
    """Answers each request by the next step of its script; without one it says nothing."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.peers: list[Peer] = []
        self.on_accept: Step | None = None
        self.port = 0
        self._steps: deque[Step] = deque()

    @property
    def root(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def script(self, *steps: Step | bytes) -> None:
        """Answer the next requests so; bytes are said as they are."""
        self._steps.extend(says(step) if isinstance(step, bytes) else step for step in steps)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        peer = Peer(reader, writer)
        self.peers.append(peer)
        try:
            if self.on_accept is not None:
                await self.on_accept(peer)
            while request := await peer.read_request():
                self.requests.append(request)
                await (self._steps.popleft() if self._steps else hang)(peer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]],
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Serve connections on a free loopback port, which is yielded; none of them outlives the block."""
    tasks: set[asyncio.Task[None]] = set()
    writers: list[asyncio.StreamWriter] = []

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        task = asyncio.get_running_loop().create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for _ in range(8):  # what was accepted in this very moment is heard of first
            await asyncio.sleep(0)
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def raw_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    """Run a scripted server on a free loopback port."""
    scripted = RawServer()
    async with serving(scripted.serve, tls) as scripted.port:
        yield scripted


def answer(
    body: bytes, *, status: int = 200, content_type: str = "application/json", **headers: str
) -> bytes:
    """Return a whole HTTP answer; `headers` are written with their underscores as dashes."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(data: bytes) -> Step:
    """Return the step that says these bytes and stays."""

    async def step(peer: Peer) -> None:
        await peer.say(data)

    return step


def then_resets(data: bytes) -> Step:
    """Return the step that says these bytes and resets the connection."""

    async def step(peer: Peer) -> None:
        await peer.say(data)
        peer.reset()

    return step


def then_closes(data: bytes) -> Step:
    """Return the step that says these bytes and closes the connection in good order."""

    async def step(peer: Peer) -> None:
        await peer.say(data)
        peer.writer.close()

    return step


async def hang(peer: Peer) -> None:
    """Say nothing, ever."""
    await peer.reader.read()


def dribbles(once: bytes, again: bytes, pause_s: float = 0.005) -> Step:
    """Return the step that says `once`, then the bytes of `again` one at a time, over and over."""

    async def step(peer: Peer) -> None:
        await peer.say(once)
        while True:
            for place in range(len(again)):
                await peer.say(again[place : place + 1])
                await asyncio.sleep(pause_s)

    return step
