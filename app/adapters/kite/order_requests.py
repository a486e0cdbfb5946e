"""The bytes of requests to Kite, with all that repeats built once per account."""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote, urlencode

import msgspec

from app.adapters.kite.credentials import Credentials
from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import ClientOrderId, OrderId
from app.domain.orders import OrderType

AUTOMATIC_PROTECTION = Decimal(-1)
_PRICED = {OrderType.LIMIT, OrderType.SL}
_TRIGGERED = {OrderType.SL, OrderType.SL_M}
_PROTECTED = {OrderType.MARKET, OrderType.SL_M}
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Requests:
    """Makes requests for one api key and token, with the headers Kite asks for (Kite docs, introduction).

    The token is in the bytes and in no text.
    """

    def __init__(self, host: str, credentials: Credentials) -> None:
        shared = (
            f" HTTP/1.1\r\nHost: {host}\r\nX-Kite-Version: 3\r\nUser-Agent: Tandem\r\n"
            f"Accept: application/json\r\nAccept-Encoding: gzip\r\n"
            f"Authorization: token {credentials.api_key}:{credentials.access_token}\r\n"
        ).encode()
        form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        self._bodiless = shared + b"\r\n"
        self._with_form = shared + form
        self._with_json = shared + b"Content-Type: application/json\r\nContent-Length: "
        self._place = b"POST /orders/regular" + self._with_form
        self.order_list = b"GET /orders" + self._bodiless

    def place(self, order: LegOrder, tag: ClientOrderId) -> bytes:
        """Return the request that places a regular order under a tag."""
        form = urlencode(place_form(order, tag)).encode()
        return self._place + b"%d\r\n\r\n" % len(form) + form

    def modify(self, order_id: OrderId, change: Modification) -> bytes:
        """Return the request that sets the named values and no other (Kite forum 41181)."""
        form = urlencode(modify_form(change)).encode()
        return b"PUT " + _path(order_id) + self._with_form + b"%d\r\n\r\n" % len(form) + form

    def cancel(self, order_id: OrderId) -> bytes:
        """Return the request that cancels an order."""
        return b"DELETE " + _path(order_id) + self._bodiless

    def read(self, target: str) -> bytes:
        """Return the request that reads a path, with its query where it has one."""
        return b"GET " + target.encode() + self._bodiless

    def calculate(self, target: str, orders: bytes) -> bytes:
        """Return the request that asks a calculator about orders, which are JSON; it places nothing."""
        return b"POST " + target.encode() + self._with_json + b"%d\r\n\r\n" % len(orders) + orders


def place_form(order: LegOrder, tag: ClientOrderId) -> dict[str, str]:
    """Return what Kite is to be told about a new order.

    MARKET and SL-M always carry market protection: without it, or with 0, Kite refuses them since
    1 April 2026 (Kite forum 52316).
    """
    form = {
        "exchange": order.exchange,
        "tradingsymbol": order.tradingsymbol,
        "transaction_type": order.side.value,
        "quantity": str(order.quantity),
        "product": order.product,
        "order_type": order.order_type,
        "validity": order.validity,
    }
    if order.order_type in _PRICED:
        form["price"] = _plain(order.price)
    if order.order_type in _TRIGGERED:
        form["trigger_price"] = _plain(order.trigger_price)
    if order.order_type in _PROTECTED:
        form["market_protection"] = _plain(order.market_protection or AUTOMATIC_PROTECTION)
    if order.validity == "TTL":
        form["validity_ttl"] = str(order.validity_ttl)
    form["tag"] = tag
    return form


def modify_form(change: Modification) -> dict[str, str]:
    """Return the values that a change names."""
    form: dict[str, str] = {}
    if change.order_type is not None:
        form["order_type"] = change.order_type
    if change.quantity is not None:
        form["quantity"] = str(change.quantity)
    for name in ("price", "trigger_price", "market_protection"):
        value: Decimal | None = getattr(change, name)
        if value is not None:
            form[name] = _plain(value)
    return form


def margin_rows(orders: Sequence[LegOrder]) -> bytes:
    """Return orders as the JSON that Kite's margin calculators read (Kite docs, margins)."""
    return _encode(
        [
            {
                "exchange": order.exchange,
                "tradingsymbol": order.tradingsymbol,
                "transaction_type": order.side.value,
                "variety": "regular",
                "product": order.product,
                "order_type": order.order_type,
                "quantity": order.quantity,
                "price": Decimal(_plain(order.price)) if order.order_type in _PRICED else 0,
                "trigger_price": Decimal(_plain(order.trigger_price))
                if order.order_type in _TRIGGERED
                else 0,
            }
            for order in orders
        ]
    )


def _plain(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    return format(number.normalize(), "f")


def _path(order_id: OrderId) -> bytes:
    return b"/orders/regular/" + quote(order_id, safe="").encode()
