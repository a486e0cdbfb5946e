"""What happens on the primary account by itself: nothing (`idle`) or a scripted day in a loop (`day`)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from app.exchange.errors import KiteError
from app.exchange.instruments import Instrument
from app.exchange.money import rupees_text
from app.exchange.service import Service

REST_S = 90.0
_WATCHED_READS = 2
"""The first read may only ask what there is; the second means that somebody goes on looking."""
NIFTY = "NSE:NIFTY 50"
_log = logging.getLogger(__name__)


class DayTrader:
    """The person at the primary account's screen: trades through the venue, not through the API.

    Remembers his orders by a name of his own within one round of the script.
    """

    def __init__(self, service: Service) -> None:
        self._venue = service.venue
        self._account = service.venue.accounts.all()[0]
        self._orders: dict[str, tuple[str, Instrument]] = {}

    def stock(self, symbol: str) -> Instrument:
        return self._venue.catalogue.by_key[f"NSE:{symbol}"]

    def future(self) -> Instrument:
        """Return the NIFTY future that expires next."""
        return self._next("FUT")

    def call(self) -> Instrument:
        """Return the NIFTY call nearest to the money that expires next."""
        return self._next("CE")

    def enter(
        self, name: str, instrument: Instrument, side: str, quantity: int, order_type: str, **more: str
    ) -> None:
        """Place an order under a name; MIS unless `more` says otherwise."""
        params = {
            "exchange": instrument.exchange,
            "tradingsymbol": instrument.tradingsymbol,
            "transaction_type": side,
            "quantity": str(quantity),
            "product": "MIS",
            "order_type": order_type,
            **more,
        }
        order = self._venue.place(self._account, "regular", params)
        self._orders[name] = (order["order_id"], instrument)

    def change(self, name: str, **params: str) -> None:
        """Modify the order of that name."""
        self._venue.modify(self._account, "regular", self._orders[name][0], params)

    def withdraw(self, name: str) -> None:
        """Cancel the order of that name."""
        self._venue.cancel(self._account, "regular", self._orders[name][0], {})

    def price(self, instrument: Instrument, percent: float) -> str:
        """Return a price that far from the last one, on the tick."""
        last = self._venue.ltp([instrument.key])[instrument.key]["last_price"]
        ticks = round(float(last) * 100 * (1 + percent / 100) / instrument.tick_size)
        return rupees_text(max(ticks, 1) * instrument.tick_size)

    def price_near(self, name: str, percent: float) -> str:
        """Return `price` for the instrument of the order of that name."""
        return self.price(self._orders[name][1], percent)

    def close_all(self) -> None:
        """Leave nothing of this round open over the break; what others did on the account stays theirs."""
        rows = {row["order_id"]: row for row in self._venue.orders(self._account)}
        held: dict[str, int] = {}
        for order_id, instrument in list(self._orders.values()):
            row = rows.get(order_id)
            if row is None or row["product"] != "MIS":
                continue
            if row["status"] in ("OPEN", "TRIGGER PENDING"):
                self._venue.cancel(self._account, row["variety"], order_id, {})
            sign = 1 if row["transaction_type"] == "BUY" else -1
            held[instrument.key] = held.get(instrument.key, 0) + sign * row["filled_quantity"]
        for key, quantity in held.items():
            if quantity:
                side = "SELL" if quantity > 0 else "BUY"
                instrument = self._venue.catalogue.by_key[key]
                self.enter(f"close {key}", instrument, side, abs(quantity), "MARKET", market_protection="-1")

    def _next(self, kind: str) -> Instrument:
        level = float(self._venue.ltp([NIFTY])[NIFTY]["last_price"]) * 100
        found = [
            one
            for one in self._venue.catalogue.all
            if one.underlying == NIFTY and one.instrument_type == kind and one.expiry is not None
        ]
        return min(found, key=lambda one: (one.expiry, abs(one.strike - level)))


class Step(NamedTuple):
    """One act of the script, seconds after the round began."""

    at_s: float
    what: str
    act: Callable[[DayTrader], None]


def _buy(name: str, symbol: str, quantity: int, percent: float, **more: str) -> Callable[[DayTrader], None]:
    def act(t: DayTrader) -> None:
        stock = t.stock(symbol)
        t.enter(name, stock, "BUY", quantity, "LIMIT", price=t.price(stock, percent), **more)

    return act


def _sell(name: str, symbol: str, quantity: int, percent: float, **more: str) -> Callable[[DayTrader], None]:
    def act(t: DayTrader) -> None:
        stock = t.stock(symbol)
        t.enter(name, stock, "SELL", quantity, "LIMIT", price=t.price(stock, percent), **more)

    return act


def _market(name: str, symbol: str, side: str, quantity: int) -> Callable[[DayTrader], None]:
    return lambda t: t.enter(name, t.stock(symbol), side, quantity, "MARKET", market_protection="-1")


def _infy_stop(t: DayTrader) -> None:
    infy = t.stock("INFY")
    t.enter("stop", infy, "SELL", 20, "SL", trigger_price=t.price(infy, -1.0), price=t.price(infy, -1.3))


def _slm_stop(t: DayTrader) -> None:
    reliance = t.stock("RELIANCE")
    t.enter("slm", reliance, "BUY", 10, "SL-M", trigger_price=t.price(reliance, 1.0), market_protection="-1")


def _buy_calls(t: DayTrader) -> None:
    call = t.call()
    t.enter("calls", call, "BUY", 2 * call.lot_size, "LIMIT", price=t.price(call, 2.0))


def _sell_calls(t: DayTrader) -> None:
    call = t.call()
    t.enter("calls out", call, "SELL", 2 * call.lot_size, "LIMIT", price=t.price(call, -2.0))


def _future(name: str, side: str) -> Callable[[DayTrader], None]:
    def act(t: DayTrader) -> None:
        future = t.future()
        t.enter(name, future, side, future.lot_size, "MARKET", market_protection="-1")

    return act


DAY: tuple[Step, ...] = (
    Step(0.5, "a LIMIT entry that fills", _buy("infy", "INFY", 20, 0.4)),
    Step(2.0, "a protected MARKET entry", _market("sbin", "SBIN", "BUY", 50)),
    Step(4.0, "a stop under the entry", _infy_stop),
    Step(6.0, "two lots of an index option", _buy_calls),
    Step(
        8.0,
        "the stop moves up",
        lambda t: t.change(
            "stop", trigger_price=t.price_near("stop", -0.8), price=t.price_near("stop", -1.1)
        ),
    ),
    Step(10.0, "a delivery order: not copied", _buy("itc", "ITC", 5, 0.4, product="CNC")),
    Step(12.0, "an SL-M order: a type that is not allowed", _slm_stop),
    Step(14.0, "one share: too little for a multiplier of 0.5", _buy("tcs", "TCS", 1, 0.4)),
    Step(16.0, "one lot: too little for a multiplier of 0.5", _future("future", "BUY")),
    Step(20.0, "an entry that rests", _sell("wipro", "WIPRO", 100, 1.5)),
    Step(24.0, "its price moves", lambda t: t.change("wipro", price=t.price_near("wipro", 1.2))),
    Step(28.0, "its quantity shrinks", lambda t: t.change("wipro", quantity="80")),
    Step(32.0, "it is cancelled", lambda t: t.withdraw("wipro")),
    Step(34.0, "the SL-M order is cancelled", lambda t: t.withdraw("slm")),
    Step(36.0, "the options are sold", _sell_calls),
    Step(38.0, "the future is sold", _future("future out", "SELL")),
    Step(40.0, "the stop is cancelled", lambda t: t.withdraw("stop")),
    Step(41.0, "the first entry is closed", _market("infy out", "INFY", "SELL", 20)),
    Step(43.0, "the second entry is closed", _sell("sbin out", "SBIN", 50, -0.4)),
    Step(45.0, "the single share is sold", _sell("tcs out", "TCS", 1, -0.4)),
    Step(47.0, "the delivery shares are sold", _sell("itc out", "ITC", 5, -0.4, product="CNC")),
    Step(50.0, "what is left is closed", DayTrader.close_all),
)


def act(trader: DayTrader, step: Step) -> bool:
    """Do one step and return whether it was taken; a refusal (market closed, say) only skips the step."""
    try:
        step.act(trader)
    except (KiteError, KeyError) as e:
        _log.info("scenario day: %s was not possible: %s", step.what, e)
        return False
    return True


async def idle(_service: Service) -> None:
    """Leave the market to the accounts."""


async def day(service: Service) -> None:
    """Trade the scripted day on the first account, round after round, once somebody watches it.

    Nobody places an order before the copier looks: it would rightly be held as placed while it was away.
    """
    loop = asyncio.get_running_loop()
    primary = service.venue.accounts.all()[0].user_id
    while service.order_lists.reads[primary] < _WATCHED_READS:  # noqa: ASYNC110 - reads know no scenario
        await asyncio.sleep(0.05)
    while True:
        trader = DayTrader(service)
        began = loop.time()
        for step in DAY:
            await asyncio.sleep(max(0.0, began + step.at_s - loop.time()))
            act(trader, step)
        await asyncio.sleep(REST_S)


SCENARIOS: dict[str, Callable[[Service], Coroutine[Any, Any, None]]] = {"idle": idle, "day": day}
