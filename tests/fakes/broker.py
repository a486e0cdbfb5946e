"""An account at a broker, in memory: takes orders, loses answers and goes stale exactly as scripted."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import Order
from app.ports.broker import (
    Accepted,
    BrokerUnavailableError,
    NeverSent,
    NotPermitted,
    OrderList,
    Outcome,
    Rejected,
    SessionExpired,
    SessionExpiredError,
    Unknown,
)
from app.ports.clock import Clock
from tests.fakes.order_desk import OrderDesk

Take = Callable[[bool], Outcome]
"""Do it at the broker; True where its risk check shall refuse it afterwards."""


class Twist(StrEnum):
    """What a scripted call does instead of the plain right thing (`OK`)."""

    OK = "ok"
    # Writes: refused before anything was taken.
    REJECT = "reject"
    NEVER_SENT = "never_sent"
    NOT_PERMITTED = "not_permitted"
    # Writes and reads.
    SESSION_EXPIRED = "session_expired"
    HANG = "hang"
    """Nothing is taken; no answer until `release()`, then Unknown (a read: unavailable)."""
    # Writes: taken, or not, while the caller learns nothing.
    LOSE_ANSWER = "lose_answer"
    """Taken; the caller gets Unknown."""
    LOSE_REQUEST = "lose_request"
    """Not taken; the caller gets Unknown all the same."""
    ACCEPT_LATE = "accept_late"
    """The caller gets Unknown at once; taken `late_s` later on the clock."""
    SLOW = "slow"
    """Taken at once; the true answer comes at `release()`."""
    REJECT_LATER = "reject_later"
    """Accepted, then shown as REJECTED: the broker's asynchronous risk check."""
    # Reads.
    FAIL = "fail"
    STALE = "stale"
    """Answers what the read before this one answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One order that the broker took, in the order of taking: the outside truth to compare with."""

    order_id: OrderId
    tag: ClientOrderId
    order: LegOrder
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One write that passed `may_send`, taken or not, and what the caller was told."""

    kind: str
    twist: Twist
    tag: ClientOrderId | None = None
    order_id: OrderId | None = None
    change: Modification | None = None


class FakeBroker:
    """A `Broker` in memory. MARKET fills at once, LIMIT rests until `desk.fill`, SL until `desk.trigger`.

    Deterministic: no real time, no randomness; each call yields to the loop once before `may_send` is
    asked and once before it answers, as a real one does.
    """

    def __init__(self, account_id: str, *, clock: Clock, late_s: float = 8.0) -> None:
        self.account_id = AccountId(account_id)
        self.desk = OrderDesk(self.account_id, clock)
        self.accepted: list[Taken] = []
        self.requests: list[Request] = []
        self.reads = 0
        self.warm_ups = 0
        self.is_closed = False
        self.is_session_dead = False
        self._clock = clock
        self._late_s = late_s
        self._twists: defaultdict[str, deque[Twist]] = defaultdict(deque)
        self._always: dict[str, Twist] = {}
        self._late: list[tuple[float, Take]] = []
        self._released = asyncio.Event()
        self._shown = OrderList(orders=(), broker_time=clock.now())
        self._shown_version = -1

    # What tests steer it by.

    def script(self, kind: str, *twists: Twist) -> None:
        """Let the next calls of `kind` (place, modify, cancel, order_list) go so, one twist each."""
        self._twists[kind].extend(twists)

    def always(self, kind: str, twist: Twist) -> None:
        """Let every unscripted call of `kind` go so from now on."""
        self._always[kind] = twist

    def release(self) -> None:
        """Let all hanging and slow calls end now."""
        self._released.set()
        self._released = asyncio.Event()

    @property
    def orders(self) -> dict[OrderId, Order]:
        """The truth at the broker now, late arrivals included, by order id."""
        self._arrive()
        return self.desk.orders

    def fill(self, order_id: str, quantity: int | None = None, price: str | Decimal = "100") -> Order:
        """Fill a resting order, wholly where no quantity is given."""
        return self.desk.fill(OrderId(order_id), quantity, Decimal(price))

    def by_tag(self, tag: str) -> list[Order]:
        """Return the orders under a tag: two are a doubled order."""
        return [order for order in self.orders.values() if tag in order.tags]

    # The port.

    async def place(self, order: LegOrder, tag: ClientOrderId, may_send: Callable[[], bool]) -> Outcome:
        """Take an order, unless scripted otherwise."""

        def take(is_refused_later: bool) -> Outcome:
            order_id = self.desk.take(order, tag, is_refused_later=is_refused_later).order_id
            self.accepted.append(Taken(order_id=order_id, tag=tag, order=order, at=self._clock.now()))
            return Accepted(order_id)

        return await self._write("place", take, may_send, tag=tag)

    async def modify(self, order_id: OrderId, change: Modification, may_send: Callable[[], bool]) -> Outcome:
        """Change a resting order, unless scripted otherwise."""
        return await self._write(
            "modify",
            lambda _: self._told(order_id, lambda: self.desk.modify(order_id, change)),
            may_send,
            order_id=order_id,
            change=change,
        )

    async def cancel(self, order_id: OrderId, may_send: Callable[[], bool]) -> Outcome:
        """Cancel a resting order, unless scripted otherwise."""
        return await self._write(
            "cancel",
            lambda _: self._told(order_id, lambda: self.desk.cancel(order_id)),
            may_send,
            order_id=order_id,
        )

    async def order_list(self) -> OrderList:
        """Show the day's orders, unless scripted otherwise."""
        self.reads += 1
        twist = self._next_twist("order_list")
        await asyncio.sleep(0)
        if twist is Twist.HANG:
            await self._released.wait()
        if twist in {Twist.HANG, Twist.FAIL}:
            raise BrokerUnavailableError(f"{self.account_id}: the order list was not answered.")
        if twist is Twist.SESSION_EXPIRED or self.is_session_dead:
            raise SessionExpiredError(f"{self.account_id}: incorrect api_key or access_token.")
        self._arrive()
        is_unchanged = twist is Twist.STALE or self.desk.version == self._shown_version
        orders = self._shown.orders if is_unchanged else tuple(self.desk.orders.values())
        if twist is not Twist.STALE:
            self._shown_version = self.desk.version
        self._shown = OrderList(orders=orders, broker_time=self._clock.now(), is_unchanged=is_unchanged)
        return self._shown

    async def warm_up(self) -> None:
        """Count that it was asked."""
        self.warm_ups += 1

    async def close(self) -> None:
        """End all hanging calls."""
        self.is_closed = True
        self.release()

    # How.

    async def _write(self, kind: str, take: Take, may_send: Callable[[], bool], **what: Any) -> Outcome:
        await asyncio.sleep(0)
        if not self._is_open():
            return NeverSent("The connections are closed.")
        if not may_send():
            return NeverSent("Stopped at the last moment; nothing was sent.", is_stopped=True)
        twist = self._next_twist(kind)
        self.requests.append(Request(kind=kind, twist=twist, **what))
        outcome = self._refusal(twist) or self._take(twist, take)
        if twist in {Twist.HANG, Twist.SLOW}:
            await self._released.wait()
            return outcome if self._is_open() else Unknown("The connection was closed.")
        await asyncio.sleep(0)
        return outcome

    def _take(self, twist: Twist, take: Take) -> Outcome:
        match twist:
            case Twist.ACCEPT_LATE:
                self._late.append((self._clock.monotonic() + self._late_s, take))
                return Unknown("The answer was a timeout.")
            case Twist.LOSE_REQUEST | Twist.HANG:
                return Unknown("No answer came.")
            case Twist.LOSE_ANSWER:
                take(False)
                return Unknown("No answer came.")
            case _:
                return take(twist is Twist.REJECT_LATER)

    def _refusal(self, twist: Twist) -> Outcome | None:
        if twist is Twist.SESSION_EXPIRED or self.is_session_dead:
            return SessionExpired("Incorrect `api_key` or `access_token`.")
        refusals: dict[Twist, Outcome] = {
            Twist.REJECT: Rejected("Insufficient funds.", "MarginException"),
            Twist.NEVER_SENT: NeverSent("Connection refused."),
            Twist.NOT_PERMITTED: NotPermitted("No IPs configured for this app."),
        }
        return refusals.get(twist)

    def _is_open(self) -> bool:
        return not self.is_closed

    def _told(self, order_id: OrderId, change: Callable[[], Order]) -> Outcome:
        order = self.orders.get(order_id)
        if order is None:
            return Rejected("Couldn't find that `order_id`.", "OrderException")
        if order.is_terminal:
            return Rejected(f"Order cannot be changed: it is {order.status}.", "OrderException")
        change()
        return Accepted(order_id)

    def _arrive(self) -> None:
        due = [take for moment, take in self._late if moment <= self._clock.monotonic()]
        self._late = [late for late in self._late if late[0] > self._clock.monotonic()]
        for take in due:
            take(False)

    def _next_twist(self, kind: str) -> Twist:
        scripted = self._twists[kind]
        return scripted.popleft() if scripted else self._always.get(kind, Twist.OK)


def show(broker: FakeBroker, order: Order, **changes: Any) -> Order:
    """Put an order into the list as it is, as if placed by hand or by somebody else."""
    return broker.desk.put(replace(order, **changes))
