"""Sending orders to one account of a broker and reading its order list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import Order


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker took the order; that is not yet a fill."""

    order_id: OrderId


@dataclass(frozen=True, slots=True)
class Rejected:
    """The broker refused, for good, and said so: nothing was placed."""

    message: str
    kind: str


@dataclass(frozen=True, slots=True)
class NeverSent:
    """Proof that the broker never took it: connection refused, no such host, its own "too many requests".

    `is_stopped` where `may_send` said no at the last moment.
    """

    message: str
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class SessionExpired:
    """The token is dead (403 TokenException): nothing was placed, nothing will be until a new login."""

    message: str


@dataclass(frozen=True, slots=True)
class NotPermitted:
    """The app or its address may not trade (static IP, permission): nothing was placed."""

    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Everything else. The order may or may not exist; only the order list can tell."""

    message: str


Outcome = Accepted | Rejected | NeverSent | SessionExpired | NotPermitted | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableRow:
    """A row of an order list that made no sense, and what could be made out in it all the same.

    `text` tells the operator and is the same at each read of the same trouble. A tag of ours in `our_tags`
    proves that the order exists, whatever it is like. `instrument` is None where that is not known.
    """

    text: str
    order_id: OrderId | None = None
    our_tags: tuple[ClientOrderId, ...] = ()
    instrument: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """One read of an account's whole day.

    `broker_time` is the broker's own clock at the answer (None where it gave none); ages of orders are
    measured on it. Rows that made no sense are in `unreadable`: such a list proves the absence of no
    order. `is_unchanged` is True where the answer was byte for byte the last one, in which case `orders`
    is the same tuple.
    """

    orders: tuple[Order, ...]
    broker_time: datetime | None = None
    unreadable: tuple[UnreadableRow, ...] = ()
    is_unchanged: bool = False


class BrokerUnavailableError(Exception):
    """A read failed: a timeout, a refusal, an answer that is no order list. Says nothing about any order."""


class SessionExpiredError(BrokerUnavailableError):
    """A read was refused because the session's token is dead."""


class Broker(Protocol):
    """One account at a broker. Writes never raise: whatever happens is an Outcome.

    `may_send` is asked at the last moment, with a connection at hand and before the first byte; if it
    says no the answer is `NeverSent(is_stopped=True)`. Nothing here retries a write.
    """

    account_id: AccountId

    async def place(self, order: LegOrder, tag: ClientOrderId, may_send: Callable[[], bool]) -> Outcome:
        """Place a regular order under a tag."""
        ...

    async def modify(self, order_id: OrderId, change: Modification, may_send: Callable[[], bool]) -> Outcome:
        """Set absolute values of a resting order."""
        ...

    async def cancel(self, order_id: OrderId, may_send: Callable[[], bool]) -> Outcome:
        """Cancel what is left of a resting order."""
        ...

    async def order_list(self) -> OrderList:
        """Read the whole day's orders; BrokerUnavailableError where there is no clean answer."""
        ...

    async def warm_up(self) -> None:
        """Open the connections that orders will need, so that no copy waits for one. Never raises."""
        ...

    async def close(self) -> None:
        """Close the connections. What is under way ends as Unknown."""
        ...
