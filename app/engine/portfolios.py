"""Reads beside the order path what each account holds and has, and shows it: nothing decides by it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.accounts import Rulebook
from app.domain.ids import AccountId
from app.engine.portfolio_rows import Portfolio, portfolio_row, quantities
from app.engine.rows import PortfolioRow
from app.engine.waiting import News
from app.ports.account_reader import AccountReader
from app.ports.broker import BrokerUnavailableError, OrderList, SessionExpiredError
from app.ports.clock import Clock
from app.ports.instruments import Instruments

POSITIONS_EVERY_S = 3.0
FUNDS_EVERY_S = 5.0
AFTER_FILL_S = 0.2
"""A broker's positions may follow its order list a moment later."""
LEAST_GAP_S = 1.0
"""However many fills there are, the same read of an account begins no closer than this."""
FIRST_PAUSE_S = 3.0
LONGEST_PAUSE_S = 60.0
DEAD_SESSION_PAUSE_S = 30.0
SHOWN_AT_MOST_EVERY_S = 1.0
SHOWN_WITHOUT_NEWS_EVERY_S = 5.0
"""Where nothing but the moment of reading changed."""
_IDLE_S = 60.0
_GOLDEN = 0.6180339887
"""Its multiples, without their whole part, spread any number of accounts evenly."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Read:
    """One kind of read of one account: when it is due, and what is wrong with it, if anything is."""

    every_s: float
    due_s: float
    began_s: float = float("-inf")
    failures: int = 0
    fails: str | None = None
    fails_since: datetime | None = None
    is_renewed: bool = False

    def come_sooner(self, moment_s: float) -> None:
        """Be due at that moment at the latest, but not too close on the last time, nor while it fails."""
        if not self.failures:
            self.due_s = min(self.due_s, max(moment_s, self.began_s + LEAST_GAP_S))


@dataclass(slots=True)
class _Account:
    """One account's loop: its reads, what they brought, and what was shown of it."""

    positions: _Read
    funds: _Read
    portfolio: Portfolio = field(default_factory=Portfolio)
    wake: News = field(default_factory=News)
    filled: int | None = None
    is_dirty: bool = True
    shown: PortfolioRow | None = None
    shown_at_s: float = float("-inf")

    @property
    def reads(self) -> tuple[_Read, _Read]:
        """Both kinds; the first is told of first where both fail."""
        return self.positions, self.funds


class Portfolios:
    """One loop for each account over its reader, and one that shows what changed.

    An account that fails or hangs delays only itself, and is asked ever less often. No error leaves here,
    for these loops run beside those that copy. `rulebook` gives the rules as they are now.
    """

    def __init__(
        self,
        reader_for: Callable[[AccountId], AccountReader],
        *,
        clock: Clock,
        rulebook: Callable[[], Rulebook],
        instruments: Instruments,
        show: Callable[[PortfolioRow], None],
    ) -> None:
        self._reader_for = reader_for
        self._clock = clock
        self._rulebook = rulebook
        self._instruments = instruments
        self._show = show
        self._readers: dict[AccountId, AccountReader] = {}
        self._accounts: dict[AccountId, _Account] = {}
        self._loops: dict[AccountId, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._begun = 0
        self._has_news = News()

    def reader(self, account_id: AccountId) -> AccountReader:
        """Return the one reader of an account, made on first use: it keeps to the broker's limits."""
        if account_id not in self._readers:
            self._readers[account_id] = self._reader_for(account_id)
        return self._readers[account_id]

    async def run(self) -> None:
        """Read and show until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                self.follow_rules()
                while True:
                    self._has_news.clear()
                    pause_s = await self._draw()
                    await self._has_news.within(pause_s)
        finally:
            self._tasks = None

    def follow_rules(self) -> None:
        """Begin with accounts that are new, end with those that are gone, draw all by the rules of now."""
        if self._tasks is None:
            return
        rulebook = self._rulebook()
        configured = [account.account_id for account in (rulebook.primary, *rulebook.secondaries)]
        for account_id in [known for known in self._loops if known not in configured]:
            self._loops.pop(account_id).cancel()
            del self._accounts[account_id]
        for account_id in configured:
            if account_id not in self._loops:
                self._accounts[account_id] = self._new_account()
                self._loops[account_id] = self._tasks.create_task(self._watch(account_id))
        self._redraw_all()

    def note_list(self, account_id: AccountId, order_list: OrderList) -> None:
        """Read an account soon where its order list shows other fills than the one before."""
        account = self._accounts.get(account_id)
        if account is None or (order_list.is_unchanged and account.filled is not None):
            return
        filled = sum(order.filled_quantity for order in order_list.orders)
        before, account.filled = account.filled, filled
        if before is not None and filled != before:
            for read in account.reads:
                read.come_sooner(self._clock.monotonic() + AFTER_FILL_S)
            account.wake.set()

    def renew(self, account_id: AccountId) -> None:
        """Read an account at once: it has a new token."""
        account = self._accounts.get(account_id)
        if account is not None:
            for read in account.reads:
                read.due_s, read.is_renewed = self._clock.monotonic(), True
            account.wake.set()

    async def close(self) -> None:
        """Close the readers' connections."""
        await asyncio.gather(*(reader.close() for reader in self._readers.values()))

    def _new_account(self) -> _Account:
        first_s = self._clock.monotonic() + self._begun * _GOLDEN % 1 * POSITIONS_EVERY_S
        self._begun += 1
        return _Account(_Read(POSITIONS_EVERY_S, first_s), _Read(FUNDS_EVERY_S, first_s))

    async def _watch(self, account_id: AccountId) -> None:
        account = self._accounts[account_id]
        while True:
            read = min(account.reads, key=lambda one: one.due_s)
            account.wake.clear()
            pause_s = read.due_s - self._clock.monotonic()
            if pause_s <= 0 or not await account.wake.within(pause_s):
                await self._carry_out(read, account_id, account)

    async def _carry_out(self, read: _Read, account_id: AccountId, account: _Account) -> None:
        read.began_s = self._clock.monotonic()
        read.due_s = read.began_s + read.every_s
        read.is_renewed = False
        why = await self._failure(read, account_id, account)
        if why is None:
            read.failures, read.fails, read.fails_since = 0, None, None
        else:
            read.fails = str(why)
            read.fails_since = read.fails_since or self._clock.now()
            read.failures += 1
            if not read.is_renewed:
                read.due_s = self._clock.monotonic() + self._pause_s(read.failures, why)
        failing = next((one for one in account.reads if one.fails is not None), read)
        account.portfolio = replace(account.portfolio, fails=failing.fails, fails_since=failing.fails_since)
        account.is_dirty = True
        self._has_news.set()

    async def _failure(self, read: _Read, account_id: AccountId, account: _Account) -> Exception | None:
        """Read and keep what came; return why nothing did."""
        began_at = self._clock.now()
        try:
            reader = self.reader(account_id)
            if read is account.funds:
                account.portfolio = replace(account.portfolio, funds=await reader.funds())
                return None
            before, found = account.portfolio.positions, await reader.positions()
        except BrokerUnavailableError as e:
            return e
        except Exception as e:  # noqa: BLE001 - whatever a reader does, the loops that copy go on
            _log.exception("Reading %s beside the order path failed in a way not foreseen.", account_id)
            text = (
                f"{account_id} cannot be read: Tandem failed ({type(e).__name__}). Orders are not affected."
            )
            return BrokerUnavailableError(text)
        account.portfolio = replace(account.portfolio, positions=found, as_of=began_at)
        is_primary = account_id == self._rulebook().primary.account_id
        if is_primary and (before is None or quantities(before) != quantities(found)):
            self._redraw_all()
        return None

    def _pause_s(self, failures: int, why: Exception) -> float:
        """Return how long to leave an account alone, spread out so that not all come back together."""
        if isinstance(why, SessionExpiredError):
            return DEAD_SESSION_PAUSE_S
        longest_s = min(FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10), LONGEST_PAUSE_S)
        return longest_s * (0.75 + self._clock.random() / 4)

    def _redraw_all(self) -> None:
        for account in self._accounts.values():
            account.is_dirty = True
        self._has_news.set()

    async def _draw(self) -> float:
        """Show what is due to be shown, others between; return in how many seconds there is more."""
        pause_s = _IDLE_S
        for account_id, account in list(self._accounts.items()):
            if account.is_dirty:
                wait_s = account.shown_at_s + SHOWN_AT_MOST_EVERY_S - self._clock.monotonic()
                if wait_s > 0:
                    pause_s = min(pause_s, wait_s)
                else:
                    account.is_dirty = False
                    try:
                        self._draw_one(account_id, account)
                    except Exception:  # noqa: BLE001 - what cannot be shown must not end the loops that copy
                        _log.exception("What %s holds could not be shown; it is drawn again.", account_id)
                    await asyncio.sleep(0)
        return pause_s

    def _draw_one(self, account_id: AccountId, account: _Account) -> None:
        rulebook = self._rulebook()
        configured = rulebook.account(account_id)
        primary = self._accounts.get(rulebook.primary.account_id)
        if configured is None or primary is None:
            return
        row = portfolio_row(
            configured, account.portfolio, primary.portfolio.positions, rulebook.rules, self._instruments
        )
        now_s = self._clock.monotonic()
        is_news = account.shown is None or {**row, "as_of": None} != {**account.shown, "as_of": None}
        if is_news or now_s - account.shown_at_s >= SHOWN_WITHOUT_NEWS_EVERY_S:
            account.shown, account.shown_at_s = row, now_s
            self._show(row)
