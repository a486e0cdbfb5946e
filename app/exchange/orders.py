"""One order of one account: its facts, its life so far, and the rows Kite shows of it."""

from dataclasses import dataclass, field
from typing import Any

from app.exchange.instruments import Instrument
from app.exchange.money import rupees

RECEIVED = "PUT ORDER REQ RECEIVED"
AMO_RECEIVED = "AMO REQ RECEIVED"
VALIDATING = "VALIDATION PENDING"
OPENING = "OPEN PENDING"
OPEN = "OPEN"
TRIGGER_PENDING = "TRIGGER PENDING"
MODIFY_VALIDATING = "MODIFY VALIDATION PENDING"
MODIFY_PENDING = "MODIFY PENDING"
MODIFIED = "MODIFIED"
CANCEL_PENDING = "CANCEL PENDING"
COMPLETE = "COMPLETE"
CANCELLED = "CANCELLED"
REJECTED = "REJECTED"
FINAL = frozenset((COMPLETE, CANCELLED, REJECTED))
CHANGEABLE = frozenset((OPEN, TRIGGER_PENDING, AMO_RECEIVED))

Row = dict[str, Any]
# Amounts stay paise in the history itself, average_price as the value of all fills, until a row is asked for.
_HISTORY_FIELDS = (
    "status",
    "order_timestamp",
    "exchange_order_id",
    "exchange_timestamp",
    "order_type",
    "validity",
    "price",
    "trigger_price",
    "quantity",
    "disclosed_quantity",
    "average_price",
    "filled_quantity",
    "pending_quantity",
    "cancelled_quantity",
    "status_message",
    "modified",
)


@dataclass(slots=True, eq=False, kw_only=True)
class OrderRecord:
    """An accepted order. Prices are paise, ``side`` is +1 to buy and -1 to sell.

    Only the order desk changes a record, and it calls ``note`` after each change: that extends the history
    and drops the cached row.
    """

    order_id: str
    user_id: str
    placed_by: str
    instrument: Instrument
    variety: str
    side: int
    order_type: str
    product: str
    validity: str
    quantity: int
    price: int
    trigger_price: int
    order_timestamp: str
    validity_ttl: int = 0
    disclosed_quantity: int = 0
    # Percent x 100; -100 asks the exchange to choose the band itself.
    market_protection: int = 0
    status: str = RECEIVED
    status_message: str | None = None
    status_message_raw: str | None = None
    exchange_order_id: str | None = None
    exchange_timestamp: str | None = None
    exchange_update_timestamp: str | None = None
    filled: int = 0
    filled_value: int = 0
    cancelled: int = 0
    modified: bool = False
    modifications: int = 0
    tag: str | None = None
    tags: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    parent_order_id: str | None = None
    auction_number: str | None = None
    # Asked for by a modification that has not reached the exchange yet.
    pending_change: dict[str, Any] | None = None
    # What a share is reckoned at while its margin is blocked, and for how many that is so.
    margin_price: int = 0
    reserved: int = 0
    # The worst price the book may trade it at: the price, or the circuit for an unprotected MARKET order.
    limit: int = 0
    # As the client asked, before protection made a LIMIT order of it: later iceberg legs need it.
    asked_type: str = ""
    asked_protection: int = 0
    is_triggered: bool = False
    priority: int = 0
    history: list[list[Any]] = field(default_factory=list)
    _row: Row | None = None

    @property
    def remaining(self) -> int:
        """Return how many are neither filled nor cancelled."""
        return self.quantity - self.filled - self.cancelled

    @property
    def is_final(self) -> bool:
        """Say whether nothing can happen to this order any more."""
        return self.status in FINAL

    @property
    def is_stop(self) -> bool:
        """Say whether this order still waits for its trigger price."""
        return self.trigger_price > 0 and not self.is_triggered and self.order_type in ("SL", "SL-M")

    @property
    def average_price(self) -> float:
        """Return the average of the fills in rupees, 0 before the first."""
        return _average(self.filled_value, self.filled)

    @property
    def pending(self) -> int:
        """Return what Kite shows as pending: cancelled orders keep it, rejected ones show 0."""
        return 0 if self.status == REJECTED else self.quantity - self.filled

    def note(self, status: str, stamp: str) -> None:
        """Record that the order now has this status, with all else as it stands."""
        self.status = status
        if self.exchange_order_id is not None:
            self.exchange_update_timestamp = stamp
        self._row = None
        self.history.append(
            [
                status,
                self.order_timestamp,
                self.exchange_order_id,
                self.exchange_timestamp,
                self.order_type,
                self.validity,
                self.price,
                self.trigger_price,
                self.quantity,
                self.disclosed_quantity,
                self.filled_value,
                self.filled,
                self.pending,
                self.cancelled,
                self.status_message,
                self.modified,
            ]
        )

    def to_kite(self) -> Row:
        """Return the row of GET /orders: the same object until the order changes."""
        if self._row is None:
            self._row = self._render()
            if self.auction_number is not None:
                self._row["auction_number"] = self.auction_number
            if self.tags:
                self._row["tags"] = list(self.tags)
        return self._row

    def history_rows(self) -> list[Row]:
        """Return the rows of GET /orders/{id}: thinner than those of the day's list, the last one current."""
        lasting = {
            "exchange": self.instrument.exchange,
            "instrument_token": self.instrument.instrument_token,
            "order_id": self.order_id,
            "parent_order_id": self.parent_order_id,
            "placed_by": self.placed_by,
            "product": self.product,
            "tag": self.tag,
            "tradingsymbol": self.instrument.tradingsymbol,
            "transaction_type": "BUY" if self.side > 0 else "SELL",
            "variety": self.variety,
        }
        return [lasting | _history_row(entry) for entry in self.history]

    def _render(self) -> Row:
        instrument = self.instrument
        return {
            "account_id": self.user_id,
            "placed_by": self.placed_by,
            "order_id": self.order_id,
            "exchange_order_id": self.exchange_order_id,
            "parent_order_id": self.parent_order_id,
            "status": self.status,
            "status_message": self.status_message,
            "status_message_raw": self.status_message_raw,
            "order_timestamp": self.order_timestamp,
            "exchange_update_timestamp": self.exchange_update_timestamp,
            "exchange_timestamp": self.exchange_timestamp,
            "variety": self.variety,
            "modified": self.modified,
            "exchange": instrument.exchange,
            "tradingsymbol": instrument.tradingsymbol,
            "instrument_token": instrument.instrument_token,
            "order_type": self.order_type,
            "transaction_type": "BUY" if self.side > 0 else "SELL",
            "validity": self.validity,
            "validity_ttl": self.validity_ttl,
            "product": self.product,
            "quantity": self.quantity,
            "disclosed_quantity": self.disclosed_quantity,
            "price": rupees(self.price),
            "trigger_price": rupees(self.trigger_price),
            "average_price": self.average_price,
            "filled_quantity": self.filled,
            "pending_quantity": self.pending,
            "cancelled_quantity": self.cancelled,
            "market_protection": rupees(self.market_protection),
            "meta": self.meta,
            "tag": self.tag,
            "guid": None,
        }


def _history_row(entry: list[Any]) -> Row:
    row = dict(zip(_HISTORY_FIELDS, entry, strict=True))
    row["average_price"] = _average(row["average_price"], row["filled_quantity"])
    row["price"], row["trigger_price"] = rupees(row["price"]), rupees(row["trigger_price"])
    return row


def _average(value: int, quantity: int) -> float:
    return rupees(value / quantity) if quantity else 0
