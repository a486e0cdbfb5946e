"""A few kept-alive connections of one account, warm and checked before each use."""

import asyncio
from collections.abc import Awaitable, Callable

from app.adapters.kite.answers import NotSentReason
from app.adapters.kite.connection import Connection
from app.adapters.kite.dialing import NotConnectedError

MAX_IDLE_S = 90.0
"""Older ones may have been forgotten by a router in between, which shows only when an answer stays away."""
RENEW_IDLE_S = 45.0
NEW_ATTEMPTS = 2


class Pool:
    """Lends connections. At most `size` requests are under way; a further one waits its turn."""

    def __init__(self, dial: Callable[[], Awaitable[Connection]], *, size: int) -> None:
        self.turn = asyncio.Semaphore(size)
        self._dial = dial
        self._size = size
        self._idle: list[Connection] = []
        self._lent: set[Connection] = set()
        self._is_closed = False

    @property
    def idle_count(self) -> int:
        """How many connections wait for use."""
        return len(self._idle)

    async def take(self) -> Connection:
        """Return a usable connection, the one used last or a new one; NotConnectedError where there is none.

        Nothing may be awaited between this and the write: only then is what was checked still so.
        """
        for _ in range(self._size + NEW_ATTEMPTS):
            connection = self._idle.pop() if self._idle else await self._open()
            if connection.is_usable and connection.idle_s <= MAX_IDLE_S:
                self._lent.add(connection)
                return connection
            connection.abort()
        text = f"The broker closed each of {NEW_ATTEMPTS} new connections before anything was sent."
        raise NotConnectedError(NotSentReason.UNREACHABLE, text)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next request where it can carry one; otherwise close it."""
        self._lent.discard(connection)
        if connection.is_usable and not self._is_closed and len(self._idle) < self._size:
            self._idle.append(connection)
        else:
            connection.abort()

    async def warm_up(self, count: int) -> NotConnectedError | None:
        """Have `count` connections ready, replacing those that idle long; return why it has fewer.

        The old ones stay in use until the new ones stand.
        """
        ready = [c for c in self._idle if c.is_usable and c.idle_s <= RENEW_IDLE_S]
        missing = max(0, count - len(ready) - len(self._lent))
        opened = await asyncio.gather(*(self._open() for _ in range(missing)), return_exceptions=True)
        fresh = [connection for connection in opened if isinstance(connection, Connection)]
        failures = [e for e in opened if isinstance(e, BaseException)]
        for old in [c for c in self._idle if not c.is_usable or c.idle_s > RENEW_IDLE_S]:
            if fresh or not old.is_usable:
                self._idle.remove(old)
                old.abort()
        self._idle.extend(fresh)
        for e in failures:
            if not isinstance(e, NotConnectedError):
                raise e
        return next((e for e in failures if isinstance(e, NotConnectedError)), None)

    def close(self) -> None:
        """Close all connections; what is under way on them ends as Lost."""
        self._is_closed = True
        for connection in (*self._idle, *self._lent):
            connection.abort()
        self._idle.clear()

    async def _open(self) -> Connection:
        self._refuse_closed()
        connection = await self._dial()
        if self._is_closed:
            connection.abort()
        self._refuse_closed()
        return connection

    def _refuse_closed(self) -> None:
        if self._is_closed:
            text = "The connections of this account are closed; nothing was sent."
            raise NotConnectedError(NotSentReason.CLOSED, text)
