"""An order as a broker reports it, and the one way in which two reports of it are merged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from app.domain.changing import changed
from app.domain.ids import AccountId, OrderId, is_our_tag, moment_told_by

ZERO = Decimal(0)
_A_DAY_S = 86_400.0


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"

    @property
    def sign(self) -> int:
        """+1 for BUY, -1 for SELL."""
        return 1 if self is Side.BUY else -1


class OrderType(StrEnum):
    """Kite's four order types (Kite docs, orders)."""

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    SL = "SL"
    SL_M = "SL-M"


class Phase(StrEnum):
    """What an order's status means to us. Kite's list of words is open-ended: unknown ones are WORKING."""

    WORKING = "WORKING"
    OPEN = "OPEN"
    TRIGGER_PENDING = "TRIGGER_PENDING"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"


TERMINAL = frozenset({Phase.FILLED, Phase.CANCELLED, Phase.REJECTED})
_PHASES = {
    "OPEN": Phase.OPEN,
    "TRIGGER PENDING": Phase.TRIGGER_PENDING,
    "COMPLETE": Phase.FILLED,
    "CANCELLED": Phase.CANCELLED,
    # Not in Kite's documents, but seen for orders cancelled before the market opened.
    "CANCELLED AMO": Phase.CANCELLED,
    "REJECTED": Phase.REJECTED,
}
_IN_BETWEEN = frozenset(
    {
        "PUT ORDER REQ RECEIVED",
        "VALIDATION PENDING",
        "OPEN PENDING",
        "MODIFY VALIDATION PENDING",
        "MODIFY PENDING",
        "MODIFIED",
        "CANCEL PENDING",
        "AMO REQ RECEIVED",
        "UPDATE",
    }
)
"""Kite's words for orders under way (Kite docs, orders). Its list is said not to be complete."""


def phase_of(status: str) -> Phase:
    """Translate a broker's status word; anything not known to be resting or final is WORKING."""
    return _PHASES.get(status, Phase.WORKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One row of an order list. Quantities in units, prices in rupees, times aware.

    `order_type` and `product` stay the broker's own words: a word we do not know is a reason not to
    copy, never a crash.
    """

    order_id: OrderId
    account_id: AccountId
    exchange: str
    tradingsymbol: str
    side: Side
    order_type: str
    product: str
    variety: str
    validity: str
    quantity: int
    status: str
    filled_quantity: int = 0
    cancelled_quantity: int = 0
    price: Decimal = ZERO
    trigger_price: Decimal = ZERO
    average_price: Decimal = ZERO
    market_protection: Decimal = ZERO
    validity_ttl: int = 0
    status_message: str | None = None
    status_message_raw: str | None = None
    tags: tuple[str, ...] = ()
    placed_by: str = ""
    parent_order_id: OrderId | None = None
    placed_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def phase(self) -> Phase:
        """What the status means to us."""
        return _PHASES.get(self.status, Phase.WORKING)

    @property
    def has_known_status(self) -> bool:
        """False for a status word that Kite never documented: neither an end nor a fill is read into it."""
        return self.status in _PHASES or self.status in _IN_BETWEEN

    @property
    def is_terminal(self) -> bool:
        """True once nothing more can happen to the order."""
        return _PHASES.get(self.status) in TERMINAL

    @property
    def instrument(self) -> str:
        """`EXCHANGE:SYMBOL`. Kite's numeric tokens are reused after expiry, so this is the key."""
        return f"{self.exchange}:{self.tradingsymbol}"

    @property
    def intended_type(self) -> str:
        """The type the trader chose: Kite shows a protected MARKET as LIMIT with a tag `mktp…`."""
        if self.order_type == OrderType.LIMIT:
            for tag in self.tags:
                if tag.startswith("mktp"):
                    return OrderType.MARKET
        return self.order_type

    @property
    def our_tags(self) -> tuple[str, ...]:
        """Those of the tags that have the form of our client order ids."""
        return tuple(tag for tag in self.tags if is_our_tag(tag))

    @property
    def signed_fill(self) -> int:
        """Filled units, negative for a SELL: what this order adds to the position."""
        return self.side.sign * self.filled_quantity

    @property
    def seniority(self) -> tuple[float, int, str]:
        """A sort key from the oldest order to the newest, by when each was placed; ids break ties.

        Kite moves its stamps, of one second each, at every change of an order, so one that was changed before
        it was first seen would pass for younger than it is. Its number tells the moment, where it has one.
        """
        return _seniority(self.order_id, self.placed_at)


@lru_cache(maxsize=16_384)
def _seniority(order_id: OrderId, placed_at: datetime | None) -> tuple[float, int, str]:
    """Reckon a seniority, once for each order of a day: every decision compares one with many others."""
    stamp_s = placed_at.timestamp() if placed_at else 0.0
    told_s = moment_told_by(order_id)
    is_told = told_s is not None and (not stamp_s or abs(told_s - stamp_s) < _A_DAY_S)
    return (told_s if told_s is not None and is_told else stamp_s, len(order_id), order_id)


def merge(known: Order, seen: Order, *, is_poll: bool) -> Order:
    """Combine what we knew of an order with a new report of it, whichever channel it came by.

    Terminal never regresses and filled never shrinks. An end or a fill counts whatever its stamp, for
    nothing undoes it; else an older stamp never wins. Within one second (Kite's resolution) a push may
    only advance the order; an order list breaks ties. Staff of Kite say pushes may arrive out of order
    (Kite forum 33971). Kite moves its stamps at each change, so the earliest is when it was placed.
    """
    placed_at = min((at for at in (known.placed_at, seen.placed_at) if at), default=None)
    tags = tuple(dict.fromkeys((*known.tags, *seen.tags)))
    newer = seen if _is_news(known, seen, is_poll=is_poll) else known
    most = known if known.filled_quantity > newer.filled_quantity else newer
    return changed(
        newer,
        tags=tags,
        placed_at=placed_at,
        filled_quantity=most.filled_quantity,
        average_price=most.average_price,
    )


def _is_news(known: Order, seen: Order, *, is_poll: bool) -> bool:
    if known.is_terminal and not seen.is_terminal:
        return False
    if known.is_terminal != seen.is_terminal:
        return True
    if known.filled_quantity != seen.filled_quantity:
        return known.filled_quantity < seen.filled_quantity
    if known.updated_at and seen.updated_at and known.updated_at != seen.updated_at:
        return known.updated_at < seen.updated_at
    return is_poll or known.phase is Phase.WORKING or seen.phase is not Phase.WORKING
