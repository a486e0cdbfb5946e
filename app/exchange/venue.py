"""The exchange as one object: what each route of Kite asks for, pure and synchronous."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from app.exchange import errors, portfolio, risk
from app.exchange.accounts import Account, Accounts
from app.exchange.clock import SessionClock
from app.exchange.desk import OrderDesk
from app.exchange.estimates import Estimates
from app.exchange.floor import Floor
from app.exchange.instruments import Catalogue, Instrument
from app.exchange.market_data import MarketData
from app.exchange.moment import Moment
from app.exchange.money import to_paise
from app.exchange.numbering import Counters, OrderNumbers
from app.exchange.order_entry import OrderEntry
from app.exchange.orders import OrderRecord
from app.exchange.prices import Prices
from app.exchange.recovery import Restorer, conversion_line, snapshot
from app.exchange.state_log import StateLog, newest_session, read_lines
from app.exchange.timekeeping import Timekeeper
from app.exchange.varieties import Followers

Row = dict[str, Any]
Params = Mapping[str, str]


class Venue:
    """Answer everything Kite answers, from memory; time and randomness come from outside.

    Each request returns what Kite puts under "data" or raises KiteError. A row of ``orders`` is a fresh dict
    whenever its order changed and the same object otherwise: encodings may be cached by identity. Rows are
    never mutated after they were handed out and must not be mutated by whoever gets them.

    The same seed, calls and times give the same results. With ``state_dir`` a venue that was killed goes on
    with its orders, trades, positions and tokens; the clock is moved on to where it was, never back.
    """

    def __init__(  # noqa: PLR0913 - the facade's switches are named, and each is one of them
        self,
        *,
        clock: SessionClock,
        seed: int,
        strict_2026: bool = True,
        new_order_id: Callable[[], str] | None = None,
        state_dir: Path | None = None,
        keep_tokens: bool = False,
        rolls_over: bool = False,
        latency: timedelta = timedelta(milliseconds=2),
    ) -> None:
        saved = newest_session(state_dir)
        lines = read_lines(saved) if saved is not None else []
        self.clock = clock
        self._moment = moment = Moment(_start_of(lines, clock))
        self._numbers = OrderNumbers(clock)
        self._counters = Counters(new_order_id or self._numbers)
        self._log = StateLog(state_dir, moment)
        self._prices = Prices(seed, clock)
        self._floor = Floor(seed, clock, moment, self._prices)
        self.accounts = Accounts(clock, seed, self._find, self._log.account)
        self._desk = OrderDesk(moment, self._floor, self.accounts, self._counters, self._log)
        self._desk.latency = latency
        self._followers = Followers(self._desk)
        self._entry = OrderEntry(clock, self._floor, self._desk, is_strict=strict_2026)
        self._market = MarketData(seed, clock, moment, self._floor)
        self._estimates = Estimates(self._entry, self._floor)
        self._time = Timekeeper(clock, self.accounts, self._desk, self._entry, self._market)
        self._time.keeps_tokens = keep_tokens
        self._time.rolls_over = rolls_over
        self._time.on_new_session = self._begin_file
        self.on_order: list[Callable[[Account, Row], None]] = self._desk.listeners
        self.on_tick: list[Callable[[Instrument], None]] = self._time.on_tick
        if saved is not None:
            self._restore(saved, lines)
        else:
            self._time.open_session(self._time.session_day)
            self._begin_file()

    def close(self) -> None:
        """Close the state file; what happens after is not kept."""
        self._log.close()

    @property
    def catalogue(self) -> Catalogue:
        """Return the instruments of the present session; another object after each roll."""
        return self._time.catalogue

    @property
    def session_day(self) -> date:
        """Return the date of the present session: it lasts until 06:00 of the next trading day."""
        return self._time.session_day

    # Orders

    def place(self, account: Account, variety: str, params: Params) -> Row:
        """Accept an order: {"order_id"}, with "children" when it was sliced."""
        self.step()
        return self._entry.place(account, variety, params)

    def modify(self, account: Account, variety: str, order_id: str, params: Params) -> Row:
        """Accept a modification of an open order."""
        self.step()
        return self._entry.modify(account, variety, order_id, params)

    def cancel(self, account: Account, variety: str, order_id: str, params: Params) -> Row:  # noqa: ARG002 - Kite sends parent_order_id, which the order itself knows
        """Accept a cancellation; for a cover order's second leg this is the exit."""
        self.step()
        return self._entry.cancel(account, variety, order_id)

    def orders(self, account: Account) -> list[Row]:
        """Return the day's orders, the oldest first."""
        return [order.to_kite() for order in account.orders.values()]

    def order_history(self, account: Account, order_id: str) -> list[Row]:
        """Return every state an order went through, the present one last."""
        return self._order(account, order_id).history_rows()

    def trades(self, account: Account) -> list[Row]:
        """Return the day's trades, the oldest first."""
        return list(account.trades)

    def order_trades(self, account: Account, order_id: str) -> list[Row]:
        """Return the trades of one order."""
        self._order(account, order_id)
        return [row for row in account.trades if row["order_id"] == order_id]

    # Portfolio and margins

    def positions(self, account: Account) -> Row:
        """Return {"net", "day"}."""
        return portfolio.position_rows(account, self._floor)

    def convert_position(self, account: Account, params: Params) -> bool:
        """Move a position to another product."""
        self.step()
        instrument = self._find(f"{params.get('exchange', '')}:{params.get('tradingsymbol', '')}")
        moved = portfolio.convert(account, instrument, params)
        self._log.change("conversion", conversion_line(account, moved))
        return True

    def holdings(self, account: Account) -> list[Row]:
        """Return the shares in delivery."""
        return portfolio.holding_rows(account, self._floor, self._moment)

    def holdings_auctions(self, account: Account) -> list[Row]:
        """Return the holdings in today's auctions (``account.auctions`` says which)."""
        return portfolio.auction_rows(account, self._floor, self._moment)

    def margins(self, account: Account, segment: str | None = None) -> Row:
        """Return the margin report of both segments, or of "equity" or "commodity" alone."""
        report = {
            "equity": risk.margin_report(account, portfolio.unrealised(account, self._floor)),
            "commodity": risk.empty_report(),
        }
        if segment is None:
            return report
        if segment not in report:
            raise errors.invalid_field("segment")
        return report[segment]

    def order_margins(self, account: Account, rows: Sequence[Mapping[str, Any]]) -> list[Row]:  # noqa: ARG002 - the account is Kite's caller; each order is reckoned by itself
        """Return what each order would need by itself."""
        return self._estimates.order_margins(rows)

    def basket_margins(
        self,
        account: Account,
        rows: Sequence[Mapping[str, Any]],
        consider_positions: bool = True,
        mode: str | None = None,
    ) -> Row:
        """Return what the orders would need one by one and together; mode "compact" leaves the orders out."""
        basket = self._estimates.basket_margins(account, rows, considers_positions=consider_positions)
        return basket | {"orders": []} if mode == "compact" else basket

    def charges(self, account: Account, rows: Sequence[Mapping[str, Any]]) -> list[Row]:  # noqa: ARG002 - all accounts pay the same
        """Return the contract note of each order."""
        return self._estimates.charges(rows)

    # Market data

    def profile(self, account: Account) -> Row:
        """Return who the account's user is."""
        return account.profile()

    def instruments_csv(self, exchange: str | None = None) -> str:
        """Return the instrument dump, of one exchange or of all."""
        return self.catalogue.csv(exchange)

    def quote(self, keys: Iterable[str]) -> Row:
        """Return full quotes with depth."""
        return self._market.quote(keys)

    def ohlc(self, keys: Iterable[str]) -> Row:
        """Return last price and the day's open, high, low, close."""
        return self._market.ohlc(keys)

    def ltp(self, keys: Iterable[str]) -> Row:
        """Return last prices."""
        return self._market.ltp(keys)

    def historical(
        self,
        token: int,
        interval: str,
        frm: datetime,
        to: datetime,
        oi: bool = False,
        continuous: bool = False,  # noqa: ARG002 - Kite takes it; contracts here have no earlier series to join
    ) -> Row:
        """Return {"candles"}; naive moments are IST."""
        return self._market.historical(token, interval, frm, to, with_interest=oi)

    def trigger_range(self, transaction_type: str, keys: Iterable[str]) -> Row:
        """Return where cover order triggers may lie."""
        return self._market.trigger_range(transaction_type, keys)

    # Time and control

    def step(self) -> None:
        """Run everything due at the clock's now; cheap when nothing is."""
        self._time.step()

    def advance_session(self) -> None:
        """Let the rest of the session pass, close included, and stand at the next trading day's 09:15."""
        self._time.advance_session()

    def set_price(self, key: str, price: str) -> None:
        """Make the last price of an instrument this many rupees; its walk goes on from there."""
        instrument, paise = self._find(key), to_paise(price)
        if paise is None or paise <= 0:
            raise errors.invalid_field("price")
        self.step()
        self._market.before_price_is_set()
        self._prices.set(instrument, paise, self._moment.tick)
        self._keep_hand(key)
        self._time.look_again()

    def freeze_price(self, key: str, is_frozen: bool) -> None:
        """Hold a price where it is, or let it walk again."""
        instrument = self._find(key)
        self.step()
        self._prices.freeze(instrument, self._moment.tick, is_frozen=is_frozen)
        self._keep_hand(key)

    def halt(self, key: str, is_halted: bool) -> None:
        """Stop or resume matching in an instrument: orders are accepted and rest."""
        self._find(key)
        if is_halted:
            self._floor.halted[key] = True
        else:
            self._floor.halted.pop(key, None)
        self._log.change("halt", {"key": key, "is_halted": is_halted})
        self._time.look_again()

    def refuse_margin_late(self, is_late: bool) -> None:
        """Choose how orders without money are refused: at once, or accepted and then REJECTED."""
        self._entry.is_margin_checked_late = is_late

    def place_external(
        self, account: Account, params: Params, *, placed_by: str, variety: str = "regular"
    ) -> Row:
        """Place an order from outside the API, such as the broker's own square-off (ADMINSQF)."""
        self.step()
        return {"order_id": self._entry.place_external(account, variety, params, placed_by).order_id}

    # Inside

    def _find(self, key: str) -> Instrument:
        return self._entry.find(key)

    def _order(self, account: Account, order_id: str) -> OrderRecord:
        order = account.orders.get(order_id)
        if order is None:
            raise errors.unknown_order()
        return order

    def _keep_hand(self, key: str) -> None:
        tick, shift, frozen = self._prices.hands()[key][-1]
        self._log.change("hand", {"key": key, "tick": tick, "shift": shift, "frozen": frozen})

    def _begin_file(self) -> None:
        whole = snapshot(self.accounts, self._counters, self._prices, self._floor.halted, self._moment.now)
        self._log.begin(self.session_day, whole)
        for account in self.accounts.all():
            for order in account.orders.values():
                self._log.knows(order)

    def _restore(self, saved: Path, lines: list[Row]) -> None:
        self._time.open_session(date.fromisoformat(saved.stem.removeprefix("session-")))
        Restorer(self.accounts, self._counters, self._prices, self._floor.halted, self.catalogue).restore(
            lines
        )
        self._log.append_to(saved)
        self._time.resume()
        for account in self.accounts.all():
            for order in account.orders.values():
                self._numbers.seen(order.order_id)
                self._log.knows(order)
                self._desk.resume(order)


def _start_of(lines: list[Row], clock: SessionClock) -> datetime:
    """Return the moment to go on from; a clock that is behind it is moved there."""
    if not lines:
        return clock.now()
    reached = datetime.fromisoformat(lines[-1]["at"])
    if clock.now() < reached:
        clock.advance_to(reached)
    return reached
