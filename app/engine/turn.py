"""One turn of the engine: what it may read while deciding, and the facts and effects it collects."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from app.domain.accounts import Rulebook
from app.domain.events import AlertRaised, Fact
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId, client_order_id
from app.domain.session import trade_date

if TYPE_CHECKING:
    from app.domain.orders import Order
    from app.engine.lane import Lane
    from app.engine.messages import Effect
    from app.engine.state import EngineState
    from app.ports.instruments import Instruments


@dataclass(slots=True, kw_only=True)
class Turn:
    """The state, the rules and the time of one turn. Facts are folded in as they are recorded.

    Nothing of it leaves the engine before all of its facts are in the journal in one transaction.
    `broker_now` is the present on the broker's clock; `now_s` is monotonic.
    """

    state: "EngineState"
    lanes: "dict[AccountId, Lane]"
    rulebook: Rulebook
    instruments: "Instruments"
    install_key: bytes
    now: datetime
    now_s: float
    broker_now: datetime
    jitter: float
    facts: list[Fact] = field(default_factory=list)
    effects: "list[Effect]" = field(default_factory=list)

    @property
    def day(self) -> date:
        """The trading day it is at the broker."""
        return trade_date(self.broker_now)

    def record(self, fact: Fact) -> None:
        """Note a fact and fold it into the state."""
        self.facts.append(fact)
        self.state.apply(fact, self.now)

    def alert(
        self, text: str, *, account_id: AccountId | None = None, order_id: OrderId | None = None
    ) -> None:
        """Tell the operator something."""
        self.record(AlertRaised(text=text, account_id=account_id, order_id=order_id))

    def tag(self, order: "Order", account_id: AccountId, *, leg: int, generation: int) -> ClientOrderId:
        """Derive the client order id of one leg of the copy of a primary order."""
        day = trade_date(order.placed_at) if order.placed_at else self.day
        return client_order_id(
            self.install_key,
            trade_date=day,
            primary=order.account_id,
            primary_order_id=order.order_id,
            secondary=account_id,
            leg=leg,
            generation=generation,
        )

    def primary_order_of(self, copy_id: CopyId) -> "Order":
        """Return the primary order that a copy mirrors."""
        return self.state.primary_orders[self.state.copies[copy_id].primary_order_id].order
