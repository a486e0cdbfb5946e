"""Our own HTTP/1.1 client for the order path: it knows whether a request may have reached the broker."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.adapters.kite.answers import NotSent, NotSentReason, WireResult
from app.adapters.kite.connection import Connection
from app.adapters.kite.dialing import NotConnectedError, dial, target_of
from app.adapters.kite.egress import Egress
from app.adapters.kite.pool import Pool

WARM_ORDER_CONNECTIONS = 2
MAX_ORDER_CONNECTIONS = 8
MAX_READ_CONNECTIONS = 2
MAX_ORDER_ANSWER_BYTES = 256 * 1024
MAX_READ_ANSWER_BYTES = 32 * 1024 * 1024
"""A day of 5,000 orders, Kite's cap, is about 5 MB."""


class Lane(StrEnum):
    """Orders have connections of their own, so that no long order list stands before them."""

    ORDERS = "orders"
    READS = "reads"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds for opening a connection (name, TCP, TLS), and from the write to the whole answer."""

    connect_s: float = 3.05
    answer_s: float = 7.0


class Wire:
    """The connections of one account to one root.

    Writes each request at most once, follows no redirect, and never writes to a connection that is
    found closed. Bytes in, `WireResult` out: what an answer means is decided in outcomes.py.
    """

    def __init__(
        self,
        root: str,
        *,
        egress: Egress | None = None,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._target = target_of(root)
        self._egress = egress or Egress()
        self._timeouts = timeouts or Timeouts()
        self._tls = tls
        self._pools = {
            Lane.ORDERS: Pool(self._dial, size=MAX_ORDER_CONNECTIONS),
            Lane.READS: Pool(self._dial, size=MAX_READ_CONNECTIONS),
        }
        self._limits = {Lane.ORDERS: MAX_ORDER_ANSWER_BYTES, Lane.READS: MAX_READ_ANSWER_BYTES}

    @property
    def host(self) -> str:
        """The value of the Host header for this root."""
        return self._target.header

    async def ask(
        self, lane: Lane, request: Callable[[], bytes], may_send: Callable[[], bool] = lambda: True
    ) -> WireResult:
        """Send one request and return what came of it.

        `request` makes the bytes and `may_send` is asked with a connection at hand, one directly after
        the other and nothing awaited between them and the write, so that both speak of that moment.
        """
        pool = self._pools[lane]
        async with pool.turn:
            try:
                connection = await pool.take()
            except NotConnectedError as e:
                return NotSent(e.reason, str(e))
            try:
                written = request()
                if not may_send():
                    return NotSent(NotSentReason.STOPPED, "Stopped at the last moment; nothing was sent.")
                return await connection.exchange(
                    written,
                    answer_timeout_s=self._timeouts.answer_s,
                    max_body_bytes=self._limits[lane],
                )
            finally:
                pool.give_back(connection)

    async def warm_up(self) -> NotConnectedError | None:
        """Open what orders and reads will need, or renew it where it idles; return what stood in the way."""
        for_orders, for_reads = await asyncio.gather(
            self._pools[Lane.ORDERS].warm_up(WARM_ORDER_CONNECTIONS), self._pools[Lane.READS].warm_up(1)
        )
        return for_orders or for_reads

    def close(self) -> None:
        """Close all connections; what is under way ends as Lost."""
        for pool in self._pools.values():
            pool.close()

    async def _dial(self) -> Connection:
        return await dial(
            self._target, self._egress, connect_timeout_s=self._timeouts.connect_s, tls=self._tls
        )
