"""A way to the web process that breaks: after so many bytes, at once, in one of several manners."""

import asyncio
import socket
import struct
from contextlib import suppress
from enum import StrEnum

_CHUNK = 1 << 16
_RESET = struct.pack("ii", 1, 0)


class Cut(StrEnum):
    """How a connection ends."""

    RESET = "reset"  # both sides are told that it broke
    CLOSE = "close"  # both sides are told that it ended
    ABANDON = "abandon"  # the browser's side breaks, the server is not told


class Wire:
    """Forwards one browser's connections to the web process until they are cut."""

    def __init__(self, web_port: int) -> None:
        self._web_port = web_port
        self._server: asyncio.Server | None = None
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._forgotten: list[asyncio.StreamWriter] = []
        self._left: int | None = None
        self._how = Cut.RESET
        self.cuts = 0
        self.port = 0

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut(Cut.RESET)
        for writer in self._forgotten:
            writer.transport.abort()
        await asyncio.sleep(0)

    def plan(self, after_bytes: int | None, how: Cut) -> None:
        """Cut once so many bytes came down from now on, in the middle of whatever they are; None: never."""
        self._left, self._how = after_bytes, how

    def cut(self, how: Cut) -> None:
        """Cut every connection there is now."""
        pairs, self._pairs = self._pairs, set()
        self.cuts += bool(pairs)
        self._left = None
        for browser, server in pairs:
            if how is Cut.ABANDON:
                server.transport.pause_reading()  # type: ignore[attr-defined]  # a stream's transport reads
                self._forgotten.append(server)
                _end(browser, Cut.RESET)
            else:
                _end(browser, how)
                _end(server, how)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._web_port)
        except OSError:
            _end(writer, Cut.RESET)
            return
        pair = (writer, up_writer)
        self._pairs.add(pair)
        up = asyncio.create_task(self._pump(reader, up_writer, is_down=False))
        await self._pump(up_reader, writer, is_down=True)
        if pair in self._pairs:
            self._pairs.discard(pair)
            _end(writer, Cut.CLOSE)
            _end(up_writer, Cut.CLOSE)
        up.cancel()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_down: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if is_down and self._left is not None:
                    if len(data) >= self._left:
                        writer.write(data[: self._left])
                        self.cut(self._how)
                        return
                    self._left -= len(data)
                writer.write(data)
                await writer.drain()


def _end(writer: asyncio.StreamWriter, how: Cut) -> None:
    if how is Cut.RESET:
        raw = writer.get_extra_info("socket")
        with suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    else:
        writer.close()
