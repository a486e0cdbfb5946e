"""Waiting for a condition without sleeping a fixed time."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")

POLL_S = 0.01


def eventually(condition: Callable[[], T], *, timeout_s: float = 20.0, what: str = "the condition") -> T:
    """Poll `condition` until it is truthy and return its value; AssertionError after `timeout_s`.

    For synchronous tests. An AssertionError raised by the condition counts as "not yet".
    """
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = value = condition()
            if value:
                return value
        except AssertionError as e:
            last = e
        pause.wait(POLL_S)
    raise AssertionError(f"{what} did not come true within {timeout_s:g} s; last seen: {last!r}")


async def eventually_async(
    condition: Callable[[], Any], *, timeout_s: float = 20.0, what: str = "the condition"
) -> Any:
    """Do what `eventually` does, on the running event loop; the condition may return an awaitable."""
    deadline = time.monotonic() + timeout_s
    last: object = None
    while time.monotonic() < deadline:
        try:
            got = condition()
            value = await got if isinstance(got, Awaitable) else got
            last = value
            if value:
                return value
        except AssertionError as e:
            last = e
        await asyncio.sleep(POLL_S)
    raise AssertionError(f"{what} did not come true within {timeout_s:g} s; last seen: {last!r}")
