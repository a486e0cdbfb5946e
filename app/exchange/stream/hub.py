"""The ticker: accepts WebSockets, streams ticks and order updates to them."""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from app.exchange.accounts import Account
from app.exchange.errors import KiteError, input_error
from app.exchange.http.endpoint import failure
from app.exchange.instruments import Instrument
from app.exchange.service import Service
from app.exchange.stream.packets import Mode, frame, packet
from app.exchange.stream.session import TickerSession
from app.exchange.stream.updates import Update

MAX_CONNECTIONS = 3
_encode = msgspec.json.Encoder().encode


class TickerHub:
    """Hold the ticker connections; ticks are gathered and sent together every `tick_every_s`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._sessions: list[TickerSession] = []
        self._moved: set[int] = set()

    @property
    def sessions(self) -> tuple[TickerSession, ...]:
        return tuple(self._sessions)

    def moved(self, instrument: Instrument) -> None:
        """Note that an instrument has a new tick (the venue's `on_tick`)."""
        if self._sessions:
            self._moved.add(instrument.instrument_token)

    def push(self, update: Update) -> None:
        """Send an order update to every connection of its account."""
        text = ""
        for session in self._sessions:
            if session.account is update.account:
                text = text or _encode({"type": "order", "id": "", "data": update.data}).decode()
                session.send(text)

    def flush(self) -> None:
        """Send the ticks gathered since the last flush, each encoded once per mode."""
        moved, self._moved = self._moved, set()
        if not moved:
            return
        encoded: dict[tuple[int, Mode], bytes] = {}
        quotes = self._quotes(moved)
        for session in self._sessions:
            wanted = [(token, mode) for token, mode in session.modes.items() if token in quotes]
            for key in wanted:
                if key not in encoded:
                    encoded[key] = packet(quotes[key[0]], key[1])
            if wanted:
                session.send(frame([encoded[key] for key in wanted]))

    async def run(self) -> None:
        """Flush for ever."""
        while True:
            await asyncio.sleep(self._service.behaviour.tick_every_s)
            self.flush()

    def drop(self, user_id: str | None = None) -> int:
        """Break the connections of one account or of all; return how many there were."""
        chosen = [s for s in self._sessions if user_id is None or s.account.user_id == user_id]
        for session in chosen:
            session.drop()
        return len(chosen)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Take a ticker connection: api_key and access_token in the query, as Kite has it; 403 without."""
        try:
            account = self._admit(request)
        except KiteError as e:
            return _refusal(e)
        socket = web.WebSocketResponse(compress=False)
        session = TickerSession(socket, account, self._service.behaviour.heartbeat_s)
        self._sessions.append(session)
        writer: asyncio.Task[None] | None = None
        try:
            await socket.prepare(request)
            writer = asyncio.create_task(session.write())
            await self._read(session)
        finally:
            self._sessions.remove(session)
            if writer is not None:
                writer.cancel()
                with suppress(asyncio.CancelledError, ConnectionError):
                    await writer
        return socket

    def _admit(self, request: web.Request) -> Account:
        """Return whose connection this is; raise KiteError for a dead token, a fourth one or plain HTTP."""
        api_key = request.query.get("api_key", "")
        account = self._service.venue.accounts.by_token(api_key, request.query.get("access_token", ""))
        if not web.WebSocketResponse().can_prepare(request):
            raise input_error("This address takes WebSocket connections only.")
        if sum(s.account is account for s in self._sessions) >= MAX_CONNECTIONS:
            raise KiteError(429, "NetworkException", "Too many requests")
        return account

    async def _read(self, session: TickerSession) -> None:
        async for message in session.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                fresh = session.take(message.data)
            except ValueError as e:
                session.send(_encode({"type": "error", "data": str(e)}).decode())
                continue
            quotes = self._quotes(fresh)
            if quotes:
                session.send(frame([packet(quote, session.modes[token]) for token, quote in quotes.items()]))

    def _quotes(self, tokens: set[int] | list[int]) -> dict[int, dict[str, Any]]:
        """Return the quote of each token that is listed."""
        by_token = self._service.venue.catalogue.by_token
        keys = {by_token[token].key: token for token in tokens if token in by_token}
        if not keys:
            return {}
        return {keys[key]: quote for key, quote in self._service.venue.quote(keys).items()}


def _refusal(e: KiteError) -> web.Response:
    answer = failure(e)
    return web.Response(status=answer.status, body=answer.body, headers={"Content-Type": answer.content_type})
