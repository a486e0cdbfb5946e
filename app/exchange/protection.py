"""Market protection: the band that turns a MARKET order into a limit order (rule of 1 April 2026)."""

from app.exchange.instruments import Instrument
from app.exchange.orders import OrderRecord

AUTOMATIC = -100
# (below this price in paise, percent x 100), from Zerodha's support page on market protection.
_STOCK_BANDS = ((10_000, 200), (50_000, 100))
_OPTION_BANDS = ((1_000, 500), (10_000, 300), (50_000, 200))


def protect(order: OrderRecord, last_price: int) -> None:
    """Make a market order a LIMIT at the edge of its band, tagged as Kite tags it."""
    percent = order.market_protection
    if percent == AUTOMATIC:
        percent = automatic_band(order.instrument, last_price)
    order.price = order.limit = band_edge(order.instrument, order.side, last_price, percent)
    order.order_type = "LIMIT"
    order.market_protection = 0
    own = [tag for tag in order.tags if not tag.startswith("mktp")]
    order.tags = [*own, "mktp", f"mktp:{percent / 100:.2f}"]


def automatic_band(instrument: Instrument, price: int) -> int:
    """Return the exchange's own band for a price, in percent x 100."""
    bands, beyond = (_OPTION_BANDS, 100) if instrument.is_option else (_STOCK_BANDS, 50)
    for below, percent in bands:
        if price < below:
            return percent
    return beyond


def band_edge(instrument: Instrument, side: int, price: int, percent: int) -> int:
    """Return the worst price inside the band, on the tick, at least one tick above zero."""
    tick = instrument.tick_size
    edge = price * (10_000 + side * percent)
    ticks = edge // (10_000 * tick) if side > 0 else -(-edge // (10_000 * tick))
    return max(tick, ticks * tick)
