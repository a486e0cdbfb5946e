"""A broker's push channel, used only to look sooner than the next poll."""

from collections.abc import Callable
from typing import Protocol


class OrderFeed(Protocol):
    """Listens for order pushes of one account. A push is a hint to read the order list, never a truth."""

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` for each push and after each (re)connection; reconnects by itself until cancelled."""
        ...
