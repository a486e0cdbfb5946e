"""What is refused before an order exists: the market's rules of 2026, in the order Kite checks them."""

from dataclasses import dataclass
from datetime import datetime

from app.exchange import errors
from app.exchange.clock import HoursGroup, Phase
from app.exchange.hours import is_past_square_off
from app.exchange.instruments import Instrument
from app.exchange.orders import OrderRecord
from app.exchange.requests import ChangeRequest, OrderRequest

_MOST_SHARES = 100_000
_MOST_RUPEES = 100_000_000
_MOST_MODIFICATIONS = 25
_LEGS = (2, 50)
_MINUTES = (1, 120)
# Changes of type Kite accepts; all others are refused.
_TYPE_CHANGES = {
    "LIMIT": ("LIMIT", "MARKET"),
    "MARKET": ("MARKET", "LIMIT"),
    "SL": ("SL", "LIMIT", "MARKET", "SL-M"),
    "SL-M": ("SL-M", "LIMIT", "MARKET", "SL"),
}


@dataclass(slots=True, frozen=True)
class MarketView:
    """What the rules need to know of the market at the moment of a request. Prices are paise."""

    moment: datetime
    phase: Phase
    last_price: int
    circuit: tuple[int, int]
    is_strict: bool


def check_order(request: OrderRequest, instrument: Instrument, market: MarketView) -> None:
    """Refuse a placement that breaks a rule: raise the KiteError that Kite would answer with."""
    if instrument.is_index:
        raise errors.not_tradable(instrument.tradingsymbol)
    _check_product(request, instrument, market)
    _check_variety(request, instrument)
    _check_type(request.order_type, request.market_protection, instrument, market)
    _check_validity(request)
    _check_quantity(request, instrument)
    _check_prices(request.order_type, request.side, request.price, request.trigger_price, instrument, market)
    _check_value(request, instrument, market)


def check_change(order: OrderRecord, change: ChangeRequest, market: MarketView) -> None:
    """Refuse a modification that breaks a rule."""
    if order.modifications >= _MOST_MODIFICATIONS:
        raise errors.too_many_modifications()
    instrument = order.instrument
    wanted = change.order_type or order.order_type
    if wanted not in _TYPE_CHANGES[order.order_type]:
        raise errors.order_error(f"Order type cannot be changed from {order.order_type} to {wanted}.")
    if wanted != order.order_type:
        protection = change.market_protection
        _check_type(wanted, order.market_protection if protection is None else protection, instrument, market)
    if change.quantity is not None:
        _check_lots(change.quantity, instrument)
        if change.quantity <= order.filled:
            raise errors.order_error(
                f"Quantity {change.quantity} is not above the {order.filled} already traded."
            )
    price = order.price if change.price is None else change.price
    trigger = order.trigger_price if change.trigger_price is None else change.trigger_price
    # A trigger that is passed already and is not being changed does not make the rest of a change wrong.
    new_trigger = trigger if trigger != order.trigger_price or wanted != order.order_type else None
    _check_prices(wanted, order.side, price, new_trigger, instrument, market)


def check_hours(phase: Phase, request: OrderRequest) -> None:
    """Refuse what the present phase does not take; AMO orders do not come here."""
    if phase is Phase.CLOSED:
        raise errors.markets_closed()
    if phase is Phase.AUCTION_BREAK:
        raise errors.order_error("The closing auction has not begun. Place the order after 15:20.")
    if phase in (Phase.AUCTION, Phase.AUCTION_LIMIT_ONLY):
        if request.order_type not in ("LIMIT", "MARKET") or request.validity != "DAY":
            raise errors.order_error("Only LIMIT and MARKET orders of DAY validity take part in the auction.")
        if phase is Phase.AUCTION_LIMIT_ONLY and request.order_type == "MARKET":
            raise errors.order_error("Only LIMIT orders are accepted in the last minutes of the auction.")


def _check_product(request: OrderRequest, instrument: Instrument, market: MarketView) -> None:
    product = request.product
    if instrument.is_derivative:
        if product not in ("NRML", "MIS"):
            raise errors.input_error(f"Product {product} is not allowed in {instrument.exchange}.")
    elif product == "NRML":
        raise errors.input_error(f"Product NRML is not allowed in {instrument.exchange}.")
    if product == "MIS":
        if instrument.is_mis_blocked:
            raise errors.mis_blocked(instrument.tradingsymbol)
        if request.variety != "amo" and is_past_square_off(instrument.hours, market.moment):
            raise errors.order_error(
                "MIS orders are not accepted after the intraday square-off time. Use CNC or NRML."
            )
    if product == "MTF" and instrument.hours is not HoursGroup.AUCTION_STOCK:
        raise errors.order_error(f"MTF is not available for {instrument.tradingsymbol}.")


def _check_variety(request: OrderRequest, instrument: Instrument) -> None:
    if request.variety == "iceberg":
        _check_iceberg(request, instrument)
    elif request.variety == "co":
        if request.order_type not in ("LIMIT", "MARKET") or request.product != "MIS":
            raise errors.input_error("Cover orders are MIS orders of type LIMIT or MARKET.")
        if request.trigger_price == 0:
            raise errors.missing_field("trigger_price")
    elif request.variety == "auction":
        if request.auction_number is None:
            raise errors.missing_field("auction_number")
        if request.order_type != "LIMIT" or request.product != "CNC" or request.side > 0:
            raise errors.input_error("Auction orders are CNC sell orders of type LIMIT.")


def _check_iceberg(request: OrderRequest, instrument: Instrument) -> None:
    if request.order_type not in ("LIMIT", "MARKET"):
        raise errors.input_error("Iceberg orders are of type LIMIT or MARKET.")
    if not _LEGS[0] <= request.iceberg_legs <= _LEGS[1]:
        raise errors.input_error(f"Invalid `iceberg_legs`. It should be between {_LEGS[0]} and {_LEGS[1]}.")
    leg = request.iceberg_quantity or -(-request.quantity // request.iceberg_legs)
    if request.iceberg_quantity and -(-request.quantity // leg) != request.iceberg_legs:
        raise errors.input_error("Invalid `iceberg_quantity`. The legs do not add up to the quantity.")
    if leg % instrument.lot_size:
        raise errors.off_lot(instrument.lot_size)


def _check_type(order_type: str, protection: int, instrument: Instrument, market: MarketView) -> None:
    if order_type not in ("MARKET", "SL-M"):
        return
    if market.is_strict and protection == 0:
        raise errors.needs_market_protection()
    if order_type == "SL-M" and (instrument.is_option or instrument.exchange in ("BSE", "BFO")):
        raise errors.order_error(
            f"SL-M orders are not allowed for {instrument.tradingsymbol}. Use an SL order instead."
        )
    is_stock_option = instrument.is_option and not instrument.underlying.startswith("NSE:NIFTY")
    if order_type == "MARKET" and (is_stock_option or instrument.is_mis_blocked):
        raise errors.order_error(
            f"MARKET orders are blocked for {instrument.tradingsymbol}. Use a LIMIT order instead."
        )


def _check_validity(request: OrderRequest) -> None:
    if request.validity != "TTL":
        return
    if not _MINUTES[0] <= request.validity_ttl <= _MINUTES[1]:
        raise errors.input_error(
            f"Invalid `validity_ttl`. It should be between {_MINUTES[0]} and {_MINUTES[1]} minutes."
        )
    if request.exchange in ("BFO", "MCX"):
        raise errors.input_error(f"Validity TTL is not allowed in {request.exchange}.")


def _check_quantity(request: OrderRequest, instrument: Instrument) -> None:
    quantity, lot = request.quantity, instrument.lot_size
    _check_lots(quantity, instrument)
    is_split = request.is_autosliced or request.variety == "iceberg"
    if instrument.is_derivative and quantity > instrument.freeze_quantity and not is_split:
        raise errors.above_freeze(quantity, instrument.freeze_quantity, lot)
    if request.disclosed_quantity:
        if instrument.is_derivative:
            raise errors.input_error(f"Disclosed quantity is not allowed in {instrument.exchange}.")
        if not request.quantity // 10 <= request.disclosed_quantity <= quantity:
            raise errors.input_error("Disclosed quantity should be between 10% and 100% of the quantity.")


def _check_lots(quantity: int, instrument: Instrument) -> None:
    if quantity % instrument.lot_size:
        raise errors.off_lot(instrument.lot_size)


def _check_prices(
    order_type: str,
    side: int,
    price: int,
    trigger: int | None,
    instrument: Instrument,
    market: MarketView,
) -> None:
    tick, (low, high) = instrument.tick_size, market.circuit
    if order_type in ("LIMIT", "SL"):
        if price == 0:
            raise errors.missing_field("price")
        if price % tick:
            raise errors.off_tick(tick)
        if not low <= price <= high:
            raise errors.outside_circuit()
    if trigger is None or order_type not in ("SL", "SL-M"):
        return
    if trigger == 0:
        raise errors.missing_field("trigger_price")
    if trigger % tick:
        raise errors.off_tick(tick)
    if order_type == "SL" and side * (price - trigger) < 0:
        raise errors.order_error(
            "Trigger price for stoploss buy orders cannot be above the limit price."
            if side > 0
            else "Trigger price for stoploss sell orders cannot be below the limit price."
        )
    _check_trigger(side, trigger, market)


def _check_trigger(side: int, trigger: int, market: MarketView) -> None:
    if side > 0:
        if trigger <= market.last_price:
            raise errors.trigger_not_above_last()
        if trigger > market.circuit[1]:
            raise errors.outside_circuit()
        return
    if trigger >= market.last_price:
        raise errors.trigger_not_below_last()
    if trigger < market.circuit[0]:
        raise errors.trigger_below_circuit()


def _check_value(request: OrderRequest, instrument: Instrument, market: MarketView) -> None:
    if instrument.is_derivative:
        return
    if request.quantity > _MOST_SHARES:
        raise errors.order_error(f"An order cannot be for more than {_MOST_SHARES} shares. Split the order.")
    if request.quantity * (request.price or market.last_price) > _MOST_RUPEES * 100:
        raise errors.order_error("An order cannot be worth more than Rs. 10 crore. Split the order.")
