"""What the venue does by itself in a session: openings, square-offs, the closing auction, closes."""

from datetime import date, datetime

from app.exchange import orders as states
from app.exchange.accounts import Account, Accounts
from app.exchange.clock import IST, HoursGroup, SessionClock
from app.exchange.desk import OrderDesk
from app.exchange.hours import TIMETABLE, Happening
from app.exchange.instruments import Instrument
from app.exchange.order_entry import OrderEntry
from app.exchange.orders import OrderRecord
from app.exchange.positions import Position

SQUARE_OFF_USER = "ADMINSQF"


class TradingDay:
    """Work through the timetable of one session date after the other."""

    def __init__(self, clock: SessionClock, accounts: Accounts, desk: OrderDesk, entry: OrderEntry) -> None:
        self._clock = clock
        self._accounts = accounts
        self._floor = desk.floor
        self._desk = desk
        self._entry = entry
        self._agenda: list[tuple[datetime, Happening, HoursGroup]] = []
        self._done = 0

    def begin(self, day: date, moment: datetime) -> None:
        """Lay out the timetable of that date; what was due before ``moment`` counts as done."""
        rows = TIMETABLE if self._clock.is_trading_day(day) else ()
        self._agenda = [(datetime.combine(day, row.at, IST), row.happening, row.group) for row in rows]
        self._done = sum(1 for row in self._agenda if row[0] < moment)

    @property
    def next_due(self) -> datetime | None:
        """Return when the next thing happens; None when the session is over."""
        return self._agenda[self._done][0] if self._done < len(self._agenda) else None

    def run(self) -> None:
        """Do what the timetable says up to the venue's moment."""
        while self._done < len(self._agenda) and self._agenda[self._done][0] <= self._desk.moment.now:
            _, happening, group = self._agenda[self._done]
            self._done += 1
            if happening in (Happening.OPEN_PRE_MARKET, Happening.OPEN):
                self._release_amo(group, is_opening=happening is Happening.OPEN)
            elif happening is Happening.SQUARE_OFF:
                self._square_off(group)
            elif happening is Happening.END_CONTINUOUS:
                self._end_continuous(group)
            elif happening is Happening.UNCROSS:
                self._uncross(group)
            else:
                self._close(group)

    def live_orders(self, group: HoursGroup) -> list[tuple[Account, OrderRecord]]:
        """Return every order of a group that is neither final nor waits for the next opening."""
        return [
            (account, order)
            for account in self._accounts.all()
            for order in account.orders.values()
            if order.instrument.hours is group and not order.is_final and order.status != states.AMO_RECEIVED
        ]

    def _release_amo(self, group: HoursGroup, *, is_opening: bool) -> None:
        """Send kept orders on: plain stock orders before the opening, stops, IOC and the rest at it."""
        for account in self._accounts.all():
            for order in list(account.orders.values()):
                is_plain = not (order.is_stop or order.disclosed_quantity or order.validity != "DAY")
                if order.instrument.hours is group and (is_opening or is_plain):
                    self._desk.release(order)

    def _square_off(self, group: HoursGroup) -> None:
        """Cancel open intraday orders, then close every intraday position at market."""
        for _, order in self.live_orders(group):
            if order.product == "MIS":
                self._desk.cancel_now(order)
        for account in self._accounts.all():
            for _, position in sorted(account.positions.items()):
                is_open = position.product == "MIS" and position.quantity
                if is_open and position.instrument.hours is group:
                    self._close_position(account, position)

    def _close_position(self, account: Account, position: Position) -> None:
        left = abs(position.quantity)
        side = "SELL" if position.quantity > 0 else "BUY"
        while left:
            quantity = min(left, _largest_order(position.instrument))
            left -= quantity
            params = {
                "exchange": position.instrument.exchange,
                "tradingsymbol": position.instrument.tradingsymbol,
                "transaction_type": side,
                "quantity": str(quantity),
                "product": position.product,
                "order_type": "MARKET",
            }
            self._entry.place_external(account, "regular", params, SQUARE_OFF_USER)

    def _end_continuous(self, group: HoursGroup) -> None:
        """Cancel what the closing auction does not take: stops, icebergs, prices 3 % and more away."""
        for _, order in self.live_orders(group):
            last = self._floor.last(order.instrument)
            is_far = abs(order.limit - last) * 100 > 3 * last
            if order.is_stop or order.disclosed_quantity or order.variety == "iceberg" or is_far:
                self._desk.cancel_now(order)

    def _uncross(self, group: HoursGroup) -> None:
        for key in self._floor.waiting():
            instrument = self._entry.catalogue.by_key[key]
            if instrument.hours is group and key not in self._floor.halted:
                self._desk.settle(self._floor.book(instrument).uncross(self._floor.last(instrument)))

    def _close(self, group: HoursGroup) -> None:
        for _, order in self.live_orders(group):
            self._desk.cancel_now(order)


def _largest_order(instrument: Instrument) -> int:
    lot = max(instrument.lot_size, 1)
    return instrument.freeze_quantity // lot * lot
