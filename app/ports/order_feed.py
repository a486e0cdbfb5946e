"""A broker's push channel, used only to look sooner than the next poll."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FeedState:
    """Whether pushes come now, and how often a connection was made since the start."""

    is_up: bool = False
    connections: int = 0


class OrderFeed(Protocol):
    """Listens for order pushes of one account. A push is a hint to read the order list, never a truth."""

    @property
    def state(self) -> FeedState:
        """How the feed stands at this moment."""
        ...

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` for each push and after each (re)connection; reconnects by itself until cancelled."""
        ...
