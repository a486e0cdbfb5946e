"""The engine's end of the link: serves one snapshot, numbered deltas and answers to the web process."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hmac import compare_digest

from app.engine.link_codec import (
    LONGEST_LINE_DOWN,
    AnswerLine,
    BeatLine,
    DeltaLine,
    FaultLine,
    MalformedLineError,
    PreviewLine,
    SnapshotLine,
    decode_command,
    decode_hello,
    encode,
)
from app.engine.rows import Delta
from app.engine.service import Answer, AnyQuery, Asked, Service

_log = logging.getLogger(__name__)

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SHORTEST_SECRET = 16
_ACCEPT_TURNS = 8
"""More turns of the event loop than it takes from a connection's acceptance to our hearing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLimits:
    """What one connection may cost. `backlog` is bytes not yet read by the web process, per connection."""

    hello_s: float = 3.0
    beat_s: float = 1.0
    backlog: int = 16 << 20
    connections: int = 8
    commands_under_way: int = 64
    close_s: float = 5.0


class LinkServer:
    """Serve an engine's Service on a loopback port to whoever knows this start's secret.

    Nothing a connection does reaches the engine but well-formed commands; one that falls too far behind
    is dropped, and finds a new snapshot when it comes back.
    """

    def __init__(self, service: Service, secret: str, limits: LinkLimits | None = None) -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"The link's secret needs {_SHORTEST_SECRET} characters or more.")
        self._service = service
        self._secret = secret.encode()
        self._limits = limits or LinkLimits()
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}
        self._peers: set[_Peer] = set()
        self._unsent: list[Delta] = []
        self._commands: set[asyncio.Task[None]] = set()
        self._unsubscribe: Callable[[], None] = lambda: None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen, and return the port (0 asks for any free one). OSError where it is taken."""
        if host not in _LOOPBACK:
            raise ValueError(f"The link listens on this machine only, not on {host}.")
        self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_LINE_DOWN)
        self._unsubscribe = self._service.subscribe(self._hear)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Stop listening, let commands under way end, then cut all connections. Idempotent."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._unsubscribe()
        if self._commands:
            _, late = await asyncio.wait(self._commands, timeout=self._limits.close_s)
            for task in late:
                task.cancel()
        for _ in range(_ACCEPT_TURNS):
            await asyncio.sleep(0)
        self._cut_all()
        if talks := [talk for talk in self._open.values() if talk is not None]:
            await asyncio.wait(talks, timeout=self._limits.close_s)
        await asyncio.sleep(0)  # an aborted transport lets go of its socket one turn later

    def _cut_all(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()

    def _hear(self, delta: Delta) -> None:
        """Note a delta. Its encoding waits until the engine's own turn is over."""
        if not self._peers:
            return
        if not self._unsent:
            asyncio.get_running_loop().call_soon(self._flush)
        self._unsent.append(delta)

    def _flush(self) -> None:
        deltas, self._unsent = self._unsent, []
        try:
            lines = [(delta["seq"], encode(DeltaLine(delta=delta))) for delta in deltas]
        except (TypeError, ValueError) as e:  # a fault of ours must not reach whoever changed the state
            _log.error("A delta could not be written; all links start anew.", exc_info=e)
            self._cut_all()
            return
        for seq, line in lines:
            for peer in tuple(self._peers):
                peer.tell(seq, line)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= self._limits.connections:
            _log.warning("The link has %d connections already; one more was refused.", len(self._open))
            writer.transport.abort()
            return
        self._open[writer] = asyncio.current_task()
        try:
            if await self._is_ours(reader):
                await self._talk(reader, writer)
        except OSError:
            pass  # the web process went away; it comes back by itself
        finally:
            self._open.pop(writer)
            writer.transport.abort()

    async def _is_ours(self, reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(self._limits.hello_s):
                hello = decode_hello(await reader.readuntil(b"\n"))
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, MalformedLineError):
            _log.warning("A connection to the link sent no greeting and was closed.")
            return False
        if not compare_digest(hello.secret.encode(errors="replace"), self._secret):
            _log.warning("A connection to the link did not know this start's secret and was closed.")
            return False
        return True

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._flush()
        snapshot = self._service.snapshot()
        first = encode(SnapshotLine(snapshot=snapshot))
        peer = _Peer(writer, snapshot["seq"], self._limits)
        self._peers.add(peer)
        telling = asyncio.create_task(peer.run(first))
        try:
            await self._read(reader, peer)
            with suppress(TimeoutError):
                await asyncio.wait_for(telling, self._limits.close_s)
        finally:
            self._peers.discard(peer)
            telling.cancel()

    async def _read(self, reader: asyncio.StreamReader, peer: "_Peer") -> None:
        while True:
            try:
                line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError:
                break
            except asyncio.LimitOverrunError:
                peer.put(_refusal(f"A command may have {LONGEST_LINE_DOWN} bytes."))
                break
            self._take(line, peer)
        peer.finish()

    def _take(self, line: bytes, peer: "_Peer") -> None:
        try:
            request, asked = decode_command(line)
        except MalformedLineError as e:
            _log.warning("The link refused a line: %s", e)
            peer.put(_refusal(str(e), e.request, e.command_id))
            return
        if peer.commands_under_way >= self._limits.commands_under_way:
            text = f"{peer.commands_under_way} commands are under way; this one was not begun. Send it again."
            peer.put(_refusal(text, request, _id_of(asked)))
            return
        peer.commands_under_way += 1
        task = asyncio.create_task(self._execute(request, asked, peer))
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _execute(self, request: int, asked: Asked, peer: "_Peer") -> None:
        try:
            if isinstance(asked, AnyQuery):
                line = encode(PreviewLine(request=request, preview=await self._service.preview(asked)))
            else:
                line = encode(AnswerLine(request=request, answer=await self._service.execute(asked)))
        except Exception as e:  # noqa: BLE001 - whatever a command raises, the link and other commands go on
            _log.error("%s %s failed in the engine.", type(asked).__name__, _id_of(asked), exc_info=e)
            line = encode(FaultLine(request=request, message=f"The engine failed ({type(e).__name__})."))
        finally:
            peer.commands_under_way -= 1
        self._flush()  # what a command changed is told before its answer
        peer.put(line)


def _id_of(asked: Asked) -> str:
    return "" if isinstance(asked, AnyQuery) else asked.command_id


def _refusal(text: str, request: int = 0, command_id: str = "") -> bytes:
    answer = Answer(command_id=command_id, accepted=False, message=f"{text} Nothing was done.")
    return encode(AnswerLine(request=request, answer=answer))


class _Peer:
    """One authenticated connection: what it still has to be told, bounded."""

    def __init__(self, writer: asyncio.StreamWriter, seq: int, limits: LinkLimits) -> None:
        self._writer = writer
        self._seq = seq
        self._limits = limits
        self._lines: deque[bytes] = deque()
        self._backlog = 0
        self._wake = asyncio.Event()
        self._is_finishing = False
        self.commands_under_way = 0

    def tell(self, seq: int, line: bytes) -> None:
        """Queue a delta unless the snapshot already had it."""
        if seq > self._seq:
            self._seq = seq
            self.put(line)

    def put(self, line: bytes) -> None:
        """Queue a line; drop the connection where too much is queued."""
        if self._writer.transport.is_closing():
            return
        self._lines.append(line)
        self._backlog += len(line)
        if self._backlog > self._limits.backlog:
            _log.warning("The web process is %d bytes behind; its connection was dropped.", self._backlog)
            self._lines.clear()
            self._writer.transport.abort()
        self._wake.set()

    def finish(self) -> None:
        """End once everything queued is sent."""
        self._is_finishing = True
        self._wake.set()

    async def run(self, snapshot: bytes) -> None:
        """Send the snapshot and then whatever is queued, until the connection ends."""
        with suppress(OSError):
            await self._send(snapshot)
            while not self._writer.transport.is_closing():
                while self._lines:
                    line = self._lines.popleft()
                    await self._send(line)
                    self._backlog -= len(line)
                if self._is_finishing:
                    return
                await self._wait()

    async def _send(self, line: bytes) -> None:
        self._writer.write(line)
        await self._writer.drain()

    async def _wait(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(self._limits.beat_s):
                await self._wake.wait()
        except TimeoutError:
            self.put(encode(BeatLine()))
