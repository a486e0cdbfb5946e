"""A Socket.IO client in few words, over either transport: what a connection says, until it breaks.

Engine.IO 4 and Socket.IO 5 (github.com/socketio/engine.io-protocol, socket.io-protocol). Of our own, because
a library's client hides where its connection broke.
"""

import json
from collections.abc import AsyncGenerator
from typing import Any

import aiohttp

_NAMESPACE = "/live"
_OPEN, _PING, _PONG = "0", "2", "3"
_CONNECT, _EVENT, _REFUSED = f"40{_NAMESPACE},", f"42{_NAMESPACE},", f"44{_NAMESPACE},"
_RESYNC = f'{_EVENT}["resync"]'
_SEPARATOR = "\x1e"
_LONGEST = 1 << 26


class RefusedError(Exception):
    """The server answered, and did not let us in."""


class RawClient:
    """One connection to the live stream.

    Whatever breaks it leaves as aiohttp.ClientError, OSError or ValueError (a message cut in two);
    RefusedError where the server does not want us.
    """

    def __init__(self, port: int, headers: dict[str, str], transport: str) -> None:
        self._address = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport={transport}"
        self._transport = transport
        self._http = aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar())
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def __aenter__(self) -> "RawClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket._response.close()  # a socket that was reset is closed, but kept
        await self._http.close()

    async def events(self) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
        """Connect, and yield each event with what it carries."""
        packets = self._over_websocket() if self._transport == "websocket" else self._over_polling()
        async for packet in packets:
            if packet.startswith(_EVENT):
                event, body = json.loads(packet.removeprefix(_EVENT))
                yield event, body
            elif packet.startswith(_OPEN):
                await self._send(_CONNECT)
            elif packet.startswith(_PING):
                await self._send(_PONG)
            elif packet.startswith(_REFUSED):
                raise RefusedError(packet)

    async def resync(self) -> None:
        """Ask for the whole state again."""
        await self._send(_RESYNC)

    async def _over_websocket(self) -> AsyncGenerator[str, None]:
        self._socket = await self._http.ws_connect(self._address, max_msg_size=_LONGEST)
        async for message in self._socket:
            yield str(message.data)

    async def _over_polling(self) -> AsyncGenerator[str, None]:
        opened = await _text(self._http.get(self._address))
        self._address += f"&sid={json.loads(opened.removeprefix(_OPEN))['sid']}"
        yield opened
        while True:
            for packet in (await _text(self._http.get(self._address))).split(_SEPARATOR):
                yield packet

    async def _send(self, packet: str) -> None:
        if self._socket is not None:
            await self._socket.send_str(packet)
        else:
            await _text(self._http.post(self._address, data=packet))


async def _text(request: "aiohttp.client._RequestContextManager") -> str:
    async with request as response:
        text = await response.text()
        if response.status != 200:
            raise RefusedError(f"{response.status}: {text[:200]}")
        return text
