"""One ticker connection: what it subscribed to, and its own queue so that a slow reader delays nobody."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from app.exchange.accounts import Account
from app.exchange.stream.packets import HEARTBEAT, Mode

MAX_TOKENS = 3000
MAX_QUEUED = 10_000
CLOSE_SLOW_READER = 1013


class TickerSession:
    """A client's WebSocket after its token was accepted."""

    def __init__(self, socket: web.WebSocketResponse, account: Account, heartbeat_s: float) -> None:
        self.socket = socket
        self.account = account
        self.modes: dict[int, Mode] = {}
        self._heartbeat_s = heartbeat_s
        self._queue: asyncio.Queue[bytes | str] = asyncio.Queue(MAX_QUEUED)

    def send(self, message: bytes | str) -> None:
        """Queue a frame; a client that reads too slowly loses its connection, not somebody else's time."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.drop()

    def drop(self) -> None:
        """Break the connection without a goodbye."""
        writer = self.socket._writer  # noqa: SLF001 - aiohttp offers no abrupt end
        if writer is not None and writer.transport is not None:
            writer.transport.abort()

    async def write(self) -> None:
        """Send what is queued, and a one-byte heartbeat whenever nothing was for a while."""
        while True:
            try:
                message = await asyncio.wait_for(self._queue.get(), self._heartbeat_s)
            except TimeoutError:
                message = HEARTBEAT
            if isinstance(message, str):
                await self.socket.send_str(message)
            else:
                await self.socket.send_bytes(message)

    def take(self, text: str) -> list[int]:
        """Obey a client's frame and return the tokens it now wants a first tick of; raise ValueError.

        Frames: {"a": "subscribe"|"unsubscribe", "v": [token, …]} and {"a": "mode", "v": [mode, [token, …]]}.
        """
        try:
            frame = msgspec.json.decode(text, type=dict[str, Any])
        except msgspec.DecodeError:
            raise ValueError("The message is not a JSON object.") from None
        action, value = frame.get("a"), frame.get("v")
        if action == "subscribe":
            return self._subscribe(_tokens(value), Mode.QUOTE, keeps_mode=True)
        if action == "unsubscribe":
            for token in _tokens(value):
                self.modes.pop(token, None)
            return []
        if action == "mode" and isinstance(value, list) and len(value) == 2:
            try:
                mode = Mode(value[0])
            except ValueError:
                raise ValueError("The mode has to be ltp, quote or full.") from None
            return self._subscribe(_tokens(value[1]), mode, keeps_mode=False)
        raise ValueError("The message has to be a subscribe, unsubscribe or mode request.")

    def _subscribe(self, tokens: Iterable[int], mode: Mode, *, keeps_mode: bool) -> list[int]:
        wanted = list(tokens)
        if len(self.modes.keys() | set(wanted)) > MAX_TOKENS:
            raise ValueError(f"At most {MAX_TOKENS} instruments may be subscribed on one connection.")
        for token in wanted:
            self.modes[token] = self.modes.get(token, mode) if keeps_mode else mode
        return wanted


def _tokens(value: object) -> list[int]:
    if not isinstance(value, list) or not all(isinstance(token, int) for token in value):
        raise ValueError("The instrument tokens have to be a list of numbers.")
    return value
