"""Kite's order push over WebSocket: a hint to read the order list now, and nothing else is believed of it."""

import asyncio
import random
import socket
from collections.abc import Callable
from dataclasses import replace

import aiohttp
import msgspec
from yarl import URL

from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.envelope import BROKEN_JSON
from app.adapters.kite.roots import Roots
from app.domain.ids import AccountId
from app.ports.order_feed import FeedState

SILENCE_S = 10.0
"""Kite sends a heartbeat every couple of seconds (Kite docs, websocket); this long without is a dead line."""
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 0.5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
REFUSED_PAUSE_S = 60.0
"""A 403 stays one until a new login or plan, so asking often is only noise (Kite forum 52828)."""
MAX_FRAME_BYTES = 1024 * 1024


class _Push(msgspec.Struct):
    type: str = ""


class _RefusedError(Exception):
    """The upgrade was answered with HTTP 403."""


class _LostError(Exception):
    """The connection could not be made or did not hold. The text never holds the URL: it has the token."""


_decode_push = msgspec.json.Decoder(_Push).decode


class KiteFeed:
    """An `OrderFeed` of one account. Reports each change for the worse once, in words, to `report`.

    Needs an app on the paid plan; without one Kite answers 403, which is reported once and tried again
    each minute, while polling goes on as ever.
    """

    def __init__(
        self,
        account_id: AccountId,
        *,
        credentials: Credentials,
        roots: Roots,
        report: Callable[[str], None],
        egress: Egress | None = None,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._account_id = account_id
        self._credentials = credentials
        self._root = roots.feed
        self._report = report
        self._egress = egress or Egress()
        self._silence_s = silence_s
        self._pause_over = asyncio.Event()
        self._last_report = ""
        self._failures = 0
        self._state = FeedState()

    def __repr__(self) -> str:
        return f"KiteFeed({self._account_id!r})"

    @property
    def state(self) -> FeedState:
        """Whether a connection stands, and how many were made."""
        return self._state

    def set_token(self, access_token: str) -> None:
        """Connect with this token from the next connection on, and make that soon if none stands."""
        self._credentials = Credentials(self._credentials.api_key, access_token)
        self._pause_over.set()

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` for each order push and after each connection; reconnect until cancelled."""
        async with aiohttp.ClientSession(connector=self._connector()) as session:
            while True:
                try:
                    await self._listen(session, wake)
                except _RefusedError:
                    self._say(
                        f"Kite refuses order pushes for {self._account_id} (HTTP 403): the token is dead or "
                        "the app's plan has no WebSocket. Orders are found by polling meanwhile."
                    )
                    await self._pause(REFUSED_PAUSE_S)
                except _LostError as e:
                    self._failures += 1
                    if self._failures > 1:
                        self._say(f"Order pushes for {self._account_id} are away: {e} Polling goes on.")
                    await self._pause(self._back_off_s())
                except Exception as e:  # noqa: BLE001 - a hint that fails may not end the copying
                    self._failures += 1
                    name = type(e).__name__
                    self._say(f"Order pushes for {self._account_id} failed ({name}). Polling goes on.")
                    await self._pause(self._back_off_s())

    async def _listen(self, session: aiohttp.ClientSession, wake: Callable[[], None]) -> None:
        """Serve one connection until it breaks (_LostError) or is refused (_RefusedError)."""
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                socket_ = await session.ws_connect(
                    self._url(),
                    headers={"X-Kite-Version": "3", "User-Agent": "Tandem"},
                    proxy=self._egress.proxy_url,
                    max_msg_size=MAX_FRAME_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
                )
        except aiohttp.WSServerHandshakeError as e:
            if e.status == 403:
                raise _RefusedError from None
            raise _LostError(f"the upgrade was answered with HTTP {e.status}.") from None
        except (aiohttp.ClientError, OSError, TimeoutError) as e:
            raise _LostError(f"no connection ({type(e).__name__}).") from None
        self._state = FeedState(is_up=True, connections=self._state.connections + 1)
        try:
            wake()
            await self._hear(socket_, wake)
        finally:
            self._state = replace(self._state, is_up=False)
            await socket_.close()

    async def _hear(self, socket_: aiohttp.ClientWebSocketResponse, wake: Callable[[], None]) -> None:
        while True:
            try:
                message = await socket_.receive(timeout=self._silence_s)
            except TimeoutError:
                raise _LostError(f"nothing came for {self._silence_s:g} s.") from None
            if message.type is aiohttp.WSMsgType.TEXT:
                if _is_order(message.data):
                    wake()
            elif message.type is not aiohttp.WSMsgType.BINARY:
                raise _LostError("the connection ended.")
            self._failures, self._last_report = 0, ""

    def _url(self) -> URL:
        """Return the address with the credentials in its query, where Kite wants them."""
        query = {"api_key": self._credentials.api_key, "access_token": self._credentials.access_token}
        return URL(self._root).with_query(query)

    def _connector(self) -> aiohttp.TCPConnector:
        source = self._egress.source_address
        family = socket.AF_INET if self._egress.is_ipv4_only else socket.AF_UNSPEC
        return aiohttp.TCPConnector(family=family, local_addr=(source, 0) if source else None)

    def _back_off_s(self) -> float:
        ceiling = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures - 1, 10))
        return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - spreads reconnections, guards nothing

    async def _pause(self, pause_s: float) -> None:
        """Wait, unless a new token makes trying again worthwhile at once."""
        self._pause_over.clear()
        try:
            async with asyncio.timeout(pause_s):
                await self._pause_over.wait()
        except TimeoutError:
            return

    def _say(self, text: str) -> None:
        if text != self._last_report:
            self._last_report = text
            self._report(text)


def _is_order(frame: str) -> bool:
    try:
        return _decode_push(frame).type == "order"
    except BROKEN_JSON:
        return False
