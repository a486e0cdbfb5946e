"""A copy engine over a journal in memory, with every account's broker played by the test, without a loop."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any

from app.domain.accounts import Account, CopyMode, CopyRules, Rulebook
from app.domain.copies import Copy, LegOrder
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.instruments import Instrument
from app.domain.orders import Order, OrderType, Side
from app.domain.pacing import Limits
from app.engine import messages as m
from app.engine import service as s
from app.engine.copy_engine import CopyEngine, EngineParts
from app.ports.broker import Accepted, OrderList, Outcome
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryJournal
from tests.fakes.order_desk import OrderDesk

PRIMARY = AccountId("PRI001")
INSTRUMENTS = {
    "NSE:INFY": Instrument(
        exchange="NSE", tradingsymbol="INFY", name="INFOSYS", lot_size=1, tick_size=Decimal("0.05")
    ),
    "NFO:NIFTYFUT": Instrument(
        exchange="NFO",
        tradingsymbol="NIFTYFUT",
        name="NIFTY",
        lot_size=65,
        tick_size=Decimal("0.05"),
        freeze_quantity=1800,
    ),
}


class KnownInstruments:
    """Instruments of a fixed list, there from the start unless a test says otherwise."""

    is_ready = True

    def find(self, key: str) -> Instrument | None:
        """Return the instrument of a key."""
        return INSTRUMENTS.get(key)

    async def refresh(self) -> None:
        """Change nothing."""


def an_order_for(**changes: Any) -> LegOrder:
    """Return an order as a trader places it: LIMIT, MIS, 10 INFY at 1500 unless changed."""
    plain = LegOrder(
        exchange="NSE",
        tradingsymbol="INFY",
        side=Side.BUY,
        order_type="LIMIT",
        product="MIS",
        validity="DAY",
        quantity=10,
        price=Decimal(1500),
    )
    return replace(plain, **changes)


def rules_for(multipliers: dict[str, str], *, accounts: dict[str, Any], **rules: Any) -> Rulebook:
    """Return a rulebook with one primary and these secondaries; `accounts` changes fields of theirs."""
    primary = Account(account_id=PRIMARY, name="Primary", is_primary=True, multiplier=Fraction(1))
    secondaries = tuple(
        replace(
            Account(
                account_id=AccountId(id_), name=f"Account {id_}", is_primary=False, multiplier=Fraction(text)
            ),
            **accounts.get(id_, {}),
        )
        for id_, text in multipliers.items()
    )
    allowed = frozenset({OrderType.LIMIT, OrderType.MARKET, OrderType.SL})
    return Rulebook(
        primary=primary,
        secondaries=secondaries,
        rules=CopyRules(**{"order_types": allowed, **rules}),
        revision="r1",
    )


class Copier:
    """Drives the engine one message at a time. Nothing is answered or looked at unless the test says so."""

    _boots = count(1)

    def __init__(
        self,
        multipliers: dict[str, str] | None = None,
        *,
        mode: CopyMode = CopyMode.AUTO,
        accounts: dict[str, Any] | None = None,
        limits: Limits | None = None,
        **rules: Any,
    ) -> None:
        self.clock = FakeClock()
        self.journal = MemoryJournal(self.clock.now)
        self.rulebook = rules_for(multipliers or {"S1": "1"}, accounts=accounts or {}, **rules)
        self.desks = {
            account.account_id: OrderDesk(account.account_id, self.clock)
            for account in (self.rulebook.primary, *self.rulebook.secondaries)
        }
        self.instruments = KnownInstruments()
        self.mode = mode
        self.limits = limits or Limits()
        self.sent: list[m.Send] = []
        self.amended: list[m.Amend] = []
        self._commands = count(1)
        self.engine = self._boot()
        self.look(gap_s=0.0)
        self.look_at_all()

    def restart(self, *, gap_s: float | None = 0.0, downtime_s: float = 0.0) -> None:
        """Kill the engine where it stands and start it again from its journal, then look everywhere."""
        self.clock.advance(downtime_s)
        self.journal = self.journal.reopened()
        self.sent, self.amended = [], []
        self.engine = self._boot()
        self.look(gap_s=gap_s)
        self.look_at_all()

    def lose_the_journal(self) -> None:
        """Start again with an empty journal, as after a damaged disk; the install key is still there."""
        self.journal = MemoryJournal(self.clock.now)
        self.sent, self.amended = [], []
        self.engine = self._boot()

    # The primary's side.

    def primary_places(self, *, looks: bool = True, **changes: Any) -> Order:
        """Place an order on the primary and, unless told otherwise, let the engine look at it."""
        order = self.desks[PRIMARY].take(an_order_for(**changes), None)
        if looks:
            self.look()
        return order

    def primary_shows(self, order: Order, **changes: Any) -> None:
        """Change an order of the primary and let the engine look at it."""
        self.desks[PRIMARY].update(order.order_id, **changes)
        self.look()

    def look(self, *, gap_s: float | None = 1.0) -> None:
        """Let the engine see the primary's order list."""
        self.handle(m.PrimaryListRead(self._list_of(PRIMARY), gap_s))

    # The secondaries' side.

    def look_at(self, account_id: str = "S1", *, began_s: float | None = None) -> None:
        """Let the engine see a secondary's order list, by a read that began now unless told otherwise."""
        self.clock.advance(0.001)
        began_s = self.clock.monotonic() if began_s is None else began_s
        account = AccountId(account_id)
        self.handle(m.SecondaryListRead(account, self._list_of(account), began_s))

    def look_at_all(self) -> None:
        """Let the engine see every secondary's order list."""
        for account in self.rulebook.secondaries:
            self.look_at(account.account_id)

    def accept(self, send: m.Send, *, is_answered: bool = True) -> Order:
        """Let the broker take an order; `is_answered` False loses the answer for good."""
        order = self.desks[send.account_id].take(send.order, send.tag)
        if is_answered:
            self.answer(send, Accepted(order.order_id))
        return order

    def answer(self, send: m.Send, outcome: Outcome) -> None:
        """Let the engine hear how a send ended."""
        self.handle(m.AttemptAnswered(send.account_id, send.tag, send.attempt, outcome))

    def take_all(self) -> list[Order]:
        """Accept, answer and show everything that was sent so far."""
        sends, self.sent = self.sent, []
        orders = [self.accept(send) for send in sends]
        self.look_at_all()
        return orders

    # The operator.

    def command(self, make: Callable[..., s.AnyCommand], **fields: Any) -> s.Answer:
        """Give a command as the operator, with an id of its own unless one is given."""
        command_id = fields.pop("command_id", f"c{next(self._commands)}")
        answer, effects = self.engine.command(make(command_id=command_id, by="operator", **fields))
        self._keep(effects)
        return answer

    def copy_of(self, order: Order, account_id: str = "S1") -> Copy:
        """Return the copy of a primary order in an account."""
        return self.engine.state.copies[CopyId(f"{order.order_id}:{account_id}")]

    def pass_time(self, seconds: float) -> None:
        """Let time pass and the engine notice it."""
        self.clock.advance(seconds)
        self.handle(m.TimePassed())

    def handle(self, message: m.Message) -> None:
        """Give the engine a message and keep what it wants sent."""
        self._keep(self.engine.handle(message))

    def _keep(self, effects: list[m.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, m.Send):
                self.sent.append(effect)
            else:
                self.amended.append(effect)

    def _list_of(self, account_id: AccountId) -> OrderList:
        orders: dict[OrderId, Order] = self.desks[account_id].orders
        return OrderList(orders=tuple(orders.values()), broker_time=self.clock.now())

    def _boot(self) -> CopyEngine:
        engine = CopyEngine(
            EngineParts(
                rulebook=self.rulebook,
                journal=self.journal,
                clock=self.clock,
                instruments=self.instruments,
                install_key=b"k" * 32,
                limits=self.limits,
                venue="paper",
                first_mode=self.mode,
                boot_id=f"boot{next(self._boots)}",
                version="test",
            )
        )
        engine.start(self._list_of(PRIMARY))
        return engine
