"""How orders come in: requests checked, priced for their margin, and handed to the desk as records."""

from collections.abc import Sequence
from typing import Any

from app.exchange import errors, risk
from app.exchange import orders as states
from app.exchange.accounts import Account
from app.exchange.clock import Phase, SessionClock
from app.exchange.desk import OrderDesk
from app.exchange.floor import Floor
from app.exchange.hours import may_queue_amo
from app.exchange.instruments import Catalogue, Instrument
from app.exchange.orders import OrderRecord
from app.exchange.protection import AUTOMATIC, automatic_band, band_edge
from app.exchange.requests import OrderRequest, Params, read_change, read_order
from app.exchange.validation import MarketView, check_change, check_hours, check_order

_MOST_SLICES = 10


class OrderEntry:
    """Turn requests into records; every refusal happens here, before the desk knows of anything."""

    def __init__(self, clock: SessionClock, floor: Floor, desk: OrderDesk, *, is_strict: bool) -> None:
        self._clock = clock
        self._floor = floor
        self._desk = desk
        self.catalogue = Catalogue(())
        self.is_strict = is_strict
        # True sends every margin refusal down the late path: accepted, then REJECTED.
        self.is_margin_checked_late = False

    def place(self, account: Account, variety: str, params: Params) -> dict[str, Any]:
        """Place one order, or its slices; raise KiteError when it is refused."""
        request = read_order(variety, params)
        instrument = self.find(request.key)
        market = self._view(instrument)
        self._sort_by_hours(request, instrument, market.phase)
        check_order(request, instrument, market)
        if request.is_autosliced and request.quantity > instrument.freeze_quantity:
            return self._place_slices(account, request, instrument)
        return {"order_id": self._enter(account, request, instrument).order_id}

    def place_external(self, account: Account, variety: str, params: Params, placed_by: str) -> OrderRecord:
        """Place an order that did not come through the API, unchecked but for its form and instrument.

        A name other than the user's own (ADMINSQF, rms1) marks the broker's own orders: no margin is asked.
        """
        request = read_order(variety, params)
        instrument = self.find(request.key)
        order = self.record(account, request, instrument)
        order.placed_by = placed_by
        if order.order_type == "MARKET" and not order.market_protection:
            order.market_protection = order.asked_protection = AUTOMATIC
        self._desk.submit(account, order)
        return order

    def modify(self, account: Account, variety: str, order_id: str, params: Params) -> dict[str, Any]:
        """Accept a modification of an open order; raise KiteError when it is refused."""
        order = self._changeable(account, variety, order_id)
        change = read_change(params)
        market = self._view(order.instrument)
        check_change(order, change, market)
        wanted = {name: value for name in change.__slots__ if (value := getattr(change, name)) is not None}
        wanted = {name: value for name, value in wanted.items() if value != getattr(order, name)}
        if wanted.get("order_type") == "MARKET":
            wanted["price"] = 0
        reference = self._margin_price(
            order.instrument,
            order.side,
            wanted.get("order_type", order.order_type),
            wanted.get("price", order.price) or wanted.get("trigger_price", order.trigger_price),
            wanted.get("market_protection", order.market_protection),
        )
        self._check_raise(account, order, wanted.get("quantity", order.quantity), reference)
        self._desk.ask_to_modify(order, wanted | {"margin_price": reference})
        return {"order_id": order_id}

    def cancel(self, account: Account, variety: str, order_id: str) -> dict[str, Any]:
        """Accept a cancellation; leaving a cover order by its second leg sells or buys back at market."""
        order = self._changeable(account, variety, self._leg_to_exit(account, variety, order_id))
        if order.variety == "co" and order.parent_order_id is not None:
            self._desk.ask_to_modify(order, {"order_type": "MARKET", "market_protection": AUTOMATIC})
        else:
            self._desk.ask_to_cancel(order)
        return {"order_id": order_id}

    def find(self, key: str) -> Instrument:
        """Return the instrument of that key; raise KiteError 400 when none is listed."""
        instrument = self.catalogue.by_key.get(key)
        if instrument is None:
            raise errors.unknown_instrument()
        return instrument

    def record(self, account: Account, request: OrderRequest, instrument: Instrument) -> OrderRecord:
        """Make the record of a request, with a new order id."""
        order = OrderRecord(
            order_id=self._desk.counters.new_order_id(),
            user_id=account.user_id,
            placed_by=account.user_id,
            instrument=instrument,
            variety=request.variety,
            side=request.side,
            order_type=request.order_type,
            product=request.product,
            validity=request.validity,
            validity_ttl=request.validity_ttl,
            quantity=request.quantity,
            disclosed_quantity=request.disclosed_quantity,
            price=request.price if request.order_type in ("LIMIT", "SL") else 0,
            trigger_price=request.trigger_price if request.order_type in ("SL", "SL-M") else 0,
            order_timestamp=self._desk.moment.stamp,
            market_protection=request.market_protection if request.order_type in ("MARKET", "SL-M") else 0,
            auction_number=request.auction_number,
            tag=request.tag,
            tags=[request.tag] if request.tag else [],
        )
        order.asked_type, order.asked_protection = order.order_type, order.market_protection
        order.margin_price = self._margin_price(
            instrument,
            order.side,
            order.order_type,
            order.price or order.trigger_price,
            order.market_protection,
        )
        if request.variety == "co":
            order.trigger_price = request.trigger_price
        if request.variety == "iceberg":
            _cut_first_leg(order, request)
        return order

    def _enter(
        self, account: Account, request: OrderRequest, instrument: Instrument, tags: Sequence[str] = ()
    ) -> OrderRecord:
        order = self.record(account, request, instrument)
        order.tags += tags
        is_sale_of_shares = order.side < 0 and order.product in ("CNC", "MTF")
        if request.variety == "regular" and not self.is_margin_checked_late and not is_sale_of_shares:
            self._check_money(account, order)
            risk.reserve(account, order, order.quantity)
        if request.variety == "auction" and account.auctions.get(instrument.key) != request.auction_number:
            raise errors.input_error(f"Invalid `auction_number` for {instrument.tradingsymbol}.")
        if request.variety == "amo":
            self._desk.queue(account, order)
        else:
            self._desk.submit(account, order)
        return order

    def _place_slices(
        self, account: Account, request: OrderRequest, instrument: Instrument
    ) -> dict[str, Any]:
        largest = instrument.freeze_quantity // instrument.lot_size * instrument.lot_size
        whole, rest = divmod(request.quantity, largest)
        sizes = [largest] * whole + ([rest] if rest else [])
        if len(sizes) > _MOST_SLICES:
            raise errors.above_freeze(request.quantity, largest * _MOST_SLICES, instrument.lot_size)
        parent_id = self._desk.counters.new_order_id()
        children: list[dict[str, Any]] = []
        for size in sizes:
            request.quantity = size
            try:
                order = self._enter(account, request, instrument, ["autoslice", f"autoslice:{parent_id}"])
            except errors.KiteError as refusal:
                error = {"code": refusal.http_status, "error_type": refusal.error_type}
                children.append({"error": error | {"message": refusal.message, "data": None}})
            else:
                children.append({"order_id": order.order_id})
        return {"order_id": parent_id, "children": children}

    def _sort_by_hours(self, request: OrderRequest, instrument: Instrument, phase: Phase) -> None:
        """Take the request into the session or the AMO queue; after hours a regular order becomes AMO."""
        now = self._desk.moment.now
        may_queue = not self._clock.is_trading_day(now.date()) or may_queue_amo(instrument.hours, now)
        if request.variety == "amo":
            if not may_queue:
                raise errors.order_error(
                    "After market orders (AMO) are not accepted at this hour. Place a regular order."
                )
        elif request.variety == "regular" and phase is Phase.CLOSED and may_queue:
            request.variety = "amo"
        else:
            check_hours(phase, request)

    def _changeable(self, account: Account, variety: str, order_id: str) -> OrderRecord:
        order = account.orders.get(order_id)
        if order is None or order.variety != variety:
            raise errors.unknown_order()
        if order.is_final:
            raise errors.order_is_final(order.status)
        if order.status not in states.CHANGEABLE:
            raise errors.order_in_process()
        return order

    def _leg_to_exit(self, account: Account, variety: str, order_id: str) -> str:
        """Return the live second leg of a cover order whose first is done, else the order itself."""
        if variety == "co" and order_id in account.orders and account.orders[order_id].is_final:
            for order in account.orders.values():
                if order.parent_order_id == order_id and not order.is_final:
                    return order.order_id
        return order_id

    def _view(self, instrument: Instrument) -> MarketView:
        return MarketView(
            moment=self._desk.moment.now,
            phase=self._floor.phase(instrument),
            last_price=self._floor.last(instrument),
            circuit=self._floor.circuit(instrument),
            is_strict=self.is_strict,
        )

    def _check_money(self, account: Account, order: OrderRecord) -> None:
        position = account.position(order.instrument, order.product)
        required = risk.required_for(position, order.side, order.quantity, order.margin_price)
        free = risk.available(account)
        if required > max(free, 0):
            raise errors.insufficient_funds(required, free)

    def _check_raise(self, account: Account, order: OrderRecord, quantity: int, reference: int) -> None:
        """Refuse a modification that needs more money than is free."""
        if not order.reserved:
            return
        held = order.reserved
        position = account.position(order.instrument, order.product)
        before = risk.blocked_by(position).total
        position.pend(order.side, -held, order.margin_price)
        position.pend(order.side, quantity - order.filled, reference)
        after = risk.blocked_by(position).total
        position.pend(order.side, -(quantity - order.filled), reference)
        position.pend(order.side, held, order.margin_price)
        free = risk.available(account)
        if after - before > max(free, 0):
            raise errors.insufficient_funds(after - before, free)

    def _margin_price(
        self, instrument: Instrument, side: int, order_type: str, price: int, protection: int
    ) -> int:
        """Return the price an order is reckoned at: its own, or for MARKET the edge of its band."""
        if order_type != "MARKET" and price:
            return price
        last = self._floor.last(instrument)
        if side < 0:
            return last
        percent = automatic_band(instrument, last) if protection <= 0 else protection
        return band_edge(instrument, side, last, percent)


def _cut_first_leg(order: OrderRecord, request: OrderRequest) -> None:
    lot = order.instrument.lot_size
    leg = request.iceberg_quantity or -(-request.quantity // request.iceberg_legs // lot) * lot
    order.quantity = min(leg, request.quantity)
    order.meta = {
        "iceberg": {
            "leg": 1,
            "legs": request.iceberg_legs,
            "leg_quantity": order.quantity,
            "total_quantity": request.quantity,
            "remaining_quantity": request.quantity - order.quantity,
        }
    }
