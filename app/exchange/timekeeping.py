"""How time passes at the venue: what is due is done in its order, then prices move, then days roll over."""

from collections.abc import Callable
from datetime import date, datetime

from app.exchange import orders as states
from app.exchange.accounts import Accounts
from app.exchange.catalogue import list_instruments
from app.exchange.clock import IST, SessionClock
from app.exchange.desk import OrderDesk
from app.exchange.floor import Floor
from app.exchange.hours import NEW_DAY, OPENING
from app.exchange.instruments import Catalogue, Instrument
from app.exchange.market_data import MarketData
from app.exchange.order_entry import OrderEntry
from app.exchange.orders import OrderRecord
from app.exchange.settlement import settle_account
from app.exchange.trading_day import TradingDay


class Timekeeper:
    """Drive the desk, the timetable and the price path up to the clock's now.

    A session begins at 06:00 of its trading day and lasts until 06:00 of the next one: then the books are
    settled, the instruments listed anew and, unless ``keeps_tokens``, all access tokens die.
    """

    def __init__(
        self,
        clock: SessionClock,
        accounts: Accounts,
        desk: OrderDesk,
        entry: OrderEntry,
        market: MarketData,
    ) -> None:
        self._clock = clock
        self._accounts = accounts
        self._desk = desk
        self._moment = desk.moment
        self._floor: Floor = desk.floor
        self._entry = entry
        self._market = market
        self.day = TradingDay(clock, accounts, desk, entry)
        self.session_day = self._session_of(self._moment.now)
        self.keeps_tokens = False
        self.rolls_over = False
        self.on_tick: list[Callable[[Instrument], None]] = []
        self.on_new_session: Callable[[], None] = lambda: None
        self._is_stepping = False
        self._swept_tick = -1
        self._next_roll = self._roll_after(self.session_day)

    @property
    def catalogue(self) -> Catalogue:
        """Return today's instruments."""
        return self._entry.catalogue

    def open_session(self, day: date) -> None:
        """List that day's instruments and lay out its timetable; settles nothing."""
        listed = list_instruments(day, self._clock)
        self._entry.catalogue = self._market.catalogue = self._floor.prices.catalogue = listed
        self.session_day = day
        self._next_roll = self._roll_after(day)
        self.day.begin(day, self._moment.now)

    def resume(self) -> None:
        """Go on from restored state: what met the prices of this tick already does not meet them twice."""
        self._swept_tick = self._moment.tick

    def step(self) -> None:
        """Do everything due up to the clock's now, each thing at its own moment."""
        if self._is_stepping:
            return
        self._is_stepping = True
        try:
            self._catch_up()
            if self.rolls_over and self.day.next_due is None:
                self._go_to_next_opening()
                self._catch_up()
        finally:
            self._is_stepping = False

    def advance_session(self) -> None:
        """Let the rest of this session pass at once and stand at the next one's opening."""
        self._go_to_next_opening()
        self.step()

    def look_again(self) -> None:
        """Let waiting orders meet the prices again although no time has passed: a price was set by hand."""
        self._swept_tick = -1
        self.step()

    def _go_to_next_opening(self) -> None:
        following = self._clock.next_trading_day(self.session_day)
        opening = datetime.combine(following, OPENING, IST)
        if opening > self._clock.now():
            self._clock.advance_to(opening)

    def _catch_up(self) -> None:
        now = self._clock.now()
        desk, moment = self._desk, self._moment
        while True:
            due = self._next_roll
            soonest, appointed = desk.next_due, self.day.next_due
            if soonest is not None and soonest < due:
                due = soonest
            if appointed is not None and appointed < due:
                due = appointed
            if due > now:
                break
            moment.move_to(due)
            desk.run()
            if appointed is not None and appointed <= due:
                self._sweep()
                self.day.run()
            if self._next_roll <= due:
                self._roll()
        moment.move_to(now)
        if moment.tick != self._swept_tick:
            self._swept_tick = moment.tick
            self._sweep()
            for listener in self.on_tick:
                for instrument in self.catalogue.all:
                    listener(instrument)

    def _sweep(self) -> None:
        by_key = self.catalogue.by_key
        for key in self._floor.waiting():
            self._desk.sweep(by_key[key])

    def _roll(self) -> None:
        """End the session and begin the next: settle, list anew, carry queued orders over, flush tokens."""
        closed, opened = self.session_day, self._next_roll.date()
        listed = list_instruments(opened, self._clock)
        for account in self._accounts.all():
            settle_account(account, self._floor.prices, closed, listed)
        self._floor.new_session()
        self._market.new_session()
        self.open_session(opened)
        for account in self._accounts.all():
            for order in list(account.orders.values()):
                self._carry_over(order)
            if not self.keeps_tokens and account.is_logged_in:
                self._accounts.expire(account.user_id)
        self.on_new_session()

    def _carry_over(self, order: OrderRecord) -> None:
        instrument = self.catalogue.by_key.get(order.instrument.key)
        if instrument is not None:
            order.instrument = instrument
        elif order.status == states.AMO_RECEIVED:
            self._desk.reject_now(order, "The contract has expired.")

    def _session_of(self, moment: datetime) -> date:
        day = moment.date()
        if self._clock.is_trading_day(day) and moment.time() >= NEW_DAY:
            return day
        return self._clock.previous_trading_day(day)

    def _roll_after(self, day: date) -> datetime:
        return datetime.combine(self._clock.next_trading_day(day), NEW_DAY, IST)
