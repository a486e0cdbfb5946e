"""One running exchange as its HTTP side, its push side and its control side share it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from random import Random

from app.exchange.faults import FaultPlan
from app.exchange.funds import FundBook
from app.exchange.http.order_list import OrderLists
from app.exchange.ledger import Ledger
from app.exchange.throttle import Throttle
from app.exchange.venue import Venue


@dataclass
class Behaviour:
    """What Kite is known to do in more than one way, switchable while running."""

    is_autoslice_flat: bool = False
    """Answer an autoslice order with the older flat list instead of {order_id, children}."""
    has_placement_push: bool = True
    """Push an OPEN update when an order first rests (captures show it, Kite's staff deny it)."""
    is_margin_refused_late: bool = False
    """Accept an order without money and reject it later, instead of refusing it at once."""
    heartbeat_s: float = 1.0
    tick_every_s: float = 0.2


@dataclass
class Service:
    """Hold the parts of the exchange; does no I/O itself."""

    venue: Venue
    plan: FaultPlan
    ledger: Ledger
    funds: FundBook
    throttle: Throttle = field(default_factory=Throttle)
    behaviour: Behaviour = field(default_factory=Behaviour)
    redirect_urls: dict[str, str] = field(default_factory=dict)
    postback_urls: dict[str, str] = field(default_factory=dict)
    monotonic_ns: Callable[[], int] = time.monotonic_ns
    order_lists: OrderLists = field(init=False)

    def __post_init__(self) -> None:
        self.order_lists = OrderLists(self.venue, self.now_s)
        self.order_lists.prime()
        self.venue.on_order.append(self.order_lists.changed)

    @classmethod
    def build(cls, venue: Venue, *, seed: int, ledger: Ledger | None = None) -> "Service":
        """Put a service around a venue; the fault plan draws from its own stream of the same seed."""
        return cls(
            venue=venue,
            plan=FaultPlan(Random(f"faults {seed}")),
            ledger=ledger or Ledger(),
            funds=FundBook(Random(f"funds {seed}")),
        )

    def now_s(self) -> float:
        """Return monotonic seconds: what delays, fault rules and stale lists are measured in."""
        return self.monotonic_ns() / 1e9

    def http_date(self) -> str:
        """Return the venue's time for the Date header: clients measure order ages on the broker's clock."""
        return _http_date(int(self.venue.clock.now().timestamp()))


@lru_cache(maxsize=64)
def _http_date(second: int) -> str:
    """Write a second since 1970; many answers of one second have the same."""
    return formatdate(second, usegmt=True)
