"""Waiting for news, but no longer than a while."""

import asyncio


async def news_within(news: asyncio.Event, seconds: float) -> bool:
    """Wait until `news` is set, at most so long; return whether it was.

    Not `asyncio.wait_for`: before Python 3.12 that swallows a cancellation which comes in the very moment
    the event is set, and the loop around it would never end.
    """
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True
