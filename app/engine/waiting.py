"""Waiting for news, but no longer than a while."""

import asyncio


class News:
    """A flag that loops sleep by: whoever sets it wakes them before their time.

    Not an `asyncio.Event` with `asyncio.wait_for`: before Python 3.12 that swallows a cancellation which
    comes in the very moment the event is set, and the loop around it would never end. Nor with
    `asyncio.timeout`: most waits here end by the clock, which that says by cancelling and raising.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._waiters: list[asyncio.Future[bool]] = []

    def set(self) -> None:
        """Wake who waits; who waits later does not wait at all, until it is cleared."""
        self._is_set = True
        for waiter in self._waiters:
            _end(waiter, is_news=True)

    def clear(self) -> None:
        """Let who waits from now on wait for the next news."""
        self._is_set = False

    async def within(self, seconds: float) -> bool:
        """Wait until there is news, at most so long; return whether there was."""
        if self._is_set:
            return True
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiters.append(waiter)
        timer = loop.call_later(seconds, _end, waiter)
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiters.remove(waiter)


def _end(waiter: asyncio.Future[bool], *, is_news: bool = False) -> None:
    if not waiter.done():
        waiter.set_result(is_news)
