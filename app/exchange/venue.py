"""The exchange as one object: what each route of Kite asks for, pure and synchronous."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.exchange.accounts import Account, Accounts
from app.exchange.clock import SessionClock
from app.exchange.instruments import Catalogue, Instrument

Row = dict[str, Any]


class Venue:
    """Answer everything Kite answers, from memory; time and randomness come from outside.

    Each request returns what Kite puts under "data" or raises KiteError. A row of ``orders`` is a fresh dict
    whenever its order changed and the same object otherwise: encodings may be cached by identity. Rows are
    never mutated after they were handed out and must not be mutated by whoever gets them.
    """

    accounts: Accounts
    catalogue: Catalogue
    clock: SessionClock
    on_order: list[Callable[[Account, Row], None]]
    on_tick: list[Callable[[Instrument], None]]

    def __init__(
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
        raise NotImplementedError

    def close(self) -> None:
        """Close the state files; the venue answers no more."""

    # Orders
    def place(self, account: Account, variety: str, params: Mapping[str, str]) -> Row:
        raise NotImplementedError

    def modify(self, account: Account, variety: str, order_id: str, params: Mapping[str, str]) -> Row:
        raise NotImplementedError

    def cancel(self, account: Account, variety: str, order_id: str, params: Mapping[str, str]) -> Row:
        raise NotImplementedError

    def orders(self, account: Account) -> list[Row]:
        raise NotImplementedError

    def order_history(self, account: Account, order_id: str) -> list[Row]:
        raise NotImplementedError

    def trades(self, account: Account) -> list[Row]:
        raise NotImplementedError

    def order_trades(self, account: Account, order_id: str) -> list[Row]:
        raise NotImplementedError

    # Portfolio and margins
    def positions(self, account: Account) -> Row:
        raise NotImplementedError

    def convert_position(self, account: Account, params: Mapping[str, str]) -> bool:
        raise NotImplementedError

    def holdings(self, account: Account) -> list[Row]:
        raise NotImplementedError

    def holdings_auctions(self, account: Account) -> list[Row]:
        raise NotImplementedError

    def margins(self, account: Account, segment: str | None = None) -> Row:
        raise NotImplementedError

    def order_margins(self, account: Account, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        raise NotImplementedError

    def basket_margins(
        self,
        account: Account,
        rows: Sequence[Mapping[str, Any]],
        consider_positions: bool = True,
        mode: str | None = None,
    ) -> Row:
        raise NotImplementedError

    def charges(self, account: Account, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        raise NotImplementedError

    # Market data
    def profile(self, account: Account) -> Row:
        raise NotImplementedError

    def instruments_csv(self, exchange: str | None = None) -> str:
        raise NotImplementedError

    def quote(self, keys: Iterable[str]) -> Row:
        raise NotImplementedError

    def ohlc(self, keys: Iterable[str]) -> Row:
        raise NotImplementedError

    def ltp(self, keys: Iterable[str]) -> Row:
        raise NotImplementedError

    def historical(
        self,
        token: int,
        interval: str,
        frm: datetime,
        to: datetime,
        oi: bool = False,
        continuous: bool = False,
    ) -> Row:
        raise NotImplementedError

    def trigger_range(self, transaction_type: str, keys: Iterable[str]) -> Row:
        raise NotImplementedError

    # Time and control
    def step(self) -> None:
        """Run everything due at the clock's now; cheap when nothing is."""
        raise NotImplementedError

    def set_price(self, key: str, price: str) -> None:
        raise NotImplementedError

    def freeze_price(self, key: str, is_frozen: bool) -> None:
        raise NotImplementedError

    def halt(self, key: str, is_halted: bool) -> None:
        raise NotImplementedError

    def place_external(
        self, account: Account, params: Mapping[str, str], *, placed_by: str, variety: str = "regular"
    ) -> Row:
        raise NotImplementedError

    def advance_session(self) -> None:
        raise NotImplementedError
