"""The shapes in which the engine shows its state: JSON types only, whole rows, exact numbers as text."""

from typing import Literal, TypedDict

from app.domain.accounts import AccountMode, CopyMode
from app.domain.copies import CopyState
from app.domain.market_hours import MarketPhase
from app.domain.orders import Side
from app.domain.reasons import ReasonCode


class ReasonRow(TypedDict):
    """A reason; `raw` holds the broker's own words where there are any."""

    code: ReasonCode
    text: str
    raw: str | None


class FeedRow(TypedDict):
    """The broker's pushes. Without them orders are found by polling alone, a little later."""

    is_on: bool
    is_up: bool
    connections: int


class MarketRow(TypedDict):
    """The market's phase by the broker's clock and when the next begins (ISO 8601); no holidays are known."""

    phase: MarketPhase
    until: str


class StatusRow(TypedDict):
    """The engine as a whole. Times are ISO 8601; `looked_at` is the last good look at the primary.

    `journal_fails` says why nothing can be recorded, and so nothing is copied.
    """

    venue: str
    copy_mode: CopyMode
    is_stopped: bool
    stopped_by: str | None
    started_at: str
    trade_date: str
    looked_at: str | None
    looking_fails: str | None
    revision: str
    config_refused: str | None
    journal_fails: str | None
    feed: FeedRow
    market: MarketRow


class StrangerRow(TypedDict):
    """An order under a tag of ours that no copy accounts for; `beside` is the order its tag is of, if any."""

    order_id: str
    tag: str
    instrument: str
    side: str
    quantity: int
    filled_quantity: int
    status: str
    beside: str | None


class AccountRow(TypedDict):
    """One account. `state` is reading (not yet read since the start), ready, or blocked with a reason.

    `looked_at` is the last good look at its order list; `looking_fails` says why it cannot be read now,
    `looking_fails_since` since when. `strangers` are orders nobody expected; they were left alone.
    """

    account_id: str
    name: str
    role: Literal["primary", "secondary"]
    multiplier: str
    mode: AccountMode
    state: Literal["reading", "ready", "blocked"]
    reason: ReasonRow | None
    orders_today: int
    orders_limit: int
    looked_at: str | None
    looking_fails: str | None
    looking_fails_since: str | None
    strangers: list[StrangerRow]


class OrderRow(TypedDict):
    """One primary order. `late` and `skipped` say why it is not copied by itself, or to nobody.

    Where `variety` is `square_off` it is none of the primary's, but what stands behind a square-off.
    """

    order_id: str
    exchange: str
    tradingsymbol: str
    side: Side
    order_type: str
    product: str
    variety: str
    quantity: int
    filled_quantity: int
    price: str
    trigger_price: str
    average_price: str
    status: str
    status_message: str | None
    placed_at: str | None
    late: ReasonRow | None
    skipped: ReasonRow | None


class LegRow(TypedDict):
    """One order of a copy, in one generation. `is_changed_by_hand`: at the broker, and left so."""

    tag: str
    number: int
    generation: int
    state: CopyState
    reason: ReasonRow | None
    is_changed_by_hand: bool
    quantity: int
    filled_quantity: int
    average_price: str
    order_id: str | None
    attempts: int
    amendments: int
    planned_at: str | None
    sent_at: str | None
    answered_at: str | None


class CopyRow(TypedDict):
    """One primary order mirrored into one secondary, with the legs of every generation.

    `may_cancel` marks the open ones: their number is the `count` that a cancellation is confirmed with.
    """

    copy_id: str
    primary_order_id: str
    account_id: str
    instrument: str
    side: Side
    state: CopyState
    reason: ReasonRow | None
    quantity: int
    filled_quantity: int
    closing_units: int
    generation: int
    may_retry: bool
    may_cancel: bool
    is_changed_by_hand: bool
    requested_by: str
    legs: list[LegRow]


class PositionRow(TypedDict):
    """One instrument and product of an account. `quantity` is net and signed, `pnl` the day's.

    `expected` is what the primary's quantity asks of a secondary, None where it asks nothing: see
    domain/expecting.py. A secondary has a row too where it holds nothing and the primary holds something.
    `lot_size` is None where the instrument is not known.
    """

    instrument: str
    exchange: str
    tradingsymbol: str
    product: str
    lot_size: int | None
    quantity: int
    average_price: str
    last_price: str
    pnl: str
    expected: int | None


class PortfolioRow(TypedDict):
    """What an account holds and has, as read at `as_of`; `fails` says why it cannot be read now.

    `pnl` is the sum of the positions' profits of the day. All is None that was never read.
    """

    account_id: str
    as_of: str | None
    fails: str | None
    fails_since: str | None
    pnl: str | None
    funds_free: str | None
    funds_used: str | None
    positions: list[PositionRow]


class AlertRow(TypedDict):
    """Something the operator should know."""

    seq: int
    at: str
    text: str
    account_id: str | None
    order_id: str | None


class Snapshot(TypedDict):
    """Everything at one moment. `boot_id` changes with each start of the engine, `seq` with each delta."""

    boot_id: str
    seq: int
    status: StatusRow
    accounts: dict[str, AccountRow]
    orders: dict[str, OrderRow]
    copies: dict[str, CopyRow]
    portfolios: dict[str, PortfolioRow]
    alerts: list[AlertRow]


class Delta(TypedDict):
    """The rows that changed since `seq` - 1, whole. `alerts` are new ones; `status` is None if unchanged.

    `gone_accounts` are no longer configured: their account and portfolio rows end, before any here are taken.
    """

    boot_id: str
    seq: int
    status: StatusRow | None
    gone_accounts: list[str]
    accounts: dict[str, AccountRow]
    orders: dict[str, OrderRow]
    copies: dict[str, CopyRow]
    portfolios: dict[str, PortfolioRow]
    alerts: list[AlertRow]
