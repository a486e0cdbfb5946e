"""What truly happened, gathered from the exchange's side and from the durable facts, for the checks."""

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from app.domain import events as e
from app.domain.accounts import Account, AccountMode, Rulebook
from app.domain.copies import ALIVE, CopyState
from app.domain.ids import AccountId, OrderId, moment_told_by
from app.domain.instruments import Instrument
from app.domain.orders import Order
from app.exchange.ledger import LedgerEntry, Outcome
from tests.builders.rulebook import PRIMARY
from tests.simulation.oddities import GHOST_ID
from tests.simulation.virtual_loop import START_S
from tests.simulation.world import Sent, World

Row = dict[str, Any]
Age = tuple[int, str, bool]
RECOGNISED = "found at the broker"
"""Who asked for what was known again after the journal had been lost."""
_PLACED = ("trader places", "squared off")
"""What the history calls it when the primary, or the risk desk for it, places an order."""
_NO_LIMIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Planned:
    """One leg as the journal planned it, under which rules; `index` counts plans as they were made.

    A leg that was added later has its copy's plan and turn, and the moment when it was added.
    """

    index: int
    at_s: float
    fact: e.CopyPlanned
    leg: e.LegPlanned
    rulebook: Rulebook

    @property
    def is_added(self) -> bool:
        """True for a leg that its copy got later."""
        return self.leg not in self.fact.legs


@dataclass(frozen=True, slots=True)
class SquaredOff:
    """The order behind a square-off, as a row; `after` is the newest that is older."""

    row: Row
    after: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """An order of ours that the exchange took: what it was sent as, and when it was taken."""

    account_id: str
    order_id: str
    at_s: float
    sent: Sent
    entry: LedgerEntry


@dataclass
class Truth:
    """Everything the checks compare with each other. Nothing in it comes from the engine's own state."""

    world: World
    primary: dict[str, Row] = field(default_factory=dict)
    secondary: dict[str, dict[str, Row]] = field(default_factory=dict)
    planned: dict[str, Planned] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    of_tag: dict[str, list[Accepted]] = field(default_factory=dict)
    decided: dict[str, Rulebook] = field(default_factory=dict)
    """Under which rules each primary order was decided, the last time it was."""
    rulebooks: list[tuple[float, Rulebook]] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)
    """Everything that the history tells of, once."""
    clock_set_s: list[float] = field(default_factory=list)
    """When the host's clock was set."""
    added: set[str] = field(default_factory=set)
    """Copies that got more orders than were planned at first."""
    newest_plans: dict[str, e.CopyPlanned] = field(default_factory=dict)
    """What each copy was planned as, the last time it was."""
    withdrawn: set[str] = field(default_factory=set)
    square_offs: dict[str, SquaredOff] = field(default_factory=dict)
    """What stands behind each copy that closes a position at the operator's word."""
    _seen: set[str] = field(default_factory=set)
    _past: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        venue, world = self.world.exchange.venue, self.world
        self.happened = {event.what for event in world.history.events}
        self.clock_set_s = [event.at_s for event in world.history.events if event.what == "clock jumps"]
        self.primary = {row["order_id"]: row for row in venue.orders(venue.accounts.get(PRIMARY))}
        for account_id in world.accounts[1:]:
            rows = venue.orders(venue.accounts.get(account_id))
            self.secondary[account_id] = {row["order_id"]: row for row in rows}
        for entry in world.exchange.service.ledger.entries(action="place"):
            arrived_today = entry.arrived_ns / 1e9 - START_S >= world.record.began_s
            is_of_today = arrived_today and entry.tag not in self.yesterdays_tags
            if entry.outcome is Outcome.ACCEPTED and entry.account in self.secondary and is_of_today:
                self._take(entry)
        self._read_facts()

    def _read_facts(self) -> None:
        plans: dict[str, tuple[int, e.CopyPlanned]] = {}
        for number, (at_s, _, fact) in enumerate(self.world.record.facts):
            match fact:
                case e.EngineStarted() | e.RulesChanged():
                    self.rulebooks.append((at_s, self.world.editor.revisions[fact.revision]))
                case e.PrimaryOrderSeen():
                    self._seen.add(str(fact.order.order_id))
                    if fact.is_decided:
                        self.decided[fact.order.order_id] = self.rulebooks[-1][1]
                case e.SquareOffDecided() if fact.order is not None:
                    self._square_off(at_s, fact.order)
                case e.CopyPlanned():
                    for leg in fact.legs:
                        self._plan(Planned(number, at_s, fact, leg, self.rulebooks[-1][1]))
                    plans[fact.copy_id] = (number, fact)
                    self.newest_plans[fact.copy_id] = fact
                case e.LegsAdded():
                    turn, plan = plans[fact.copy_id]
                    for leg in fact.legs:
                        self._plan(Planned(turn, at_s, plan, leg, self.rulebooks[-1][1]))
                    self.added.add(fact.copy_id)
                case e.CopyWithdrawn():
                    self.withdrawn.add(fact.copy_id)
                case _:
                    pass

    def age(self, order_id: str) -> Age:
        """Return a key that sorts what copies are of by age: the exchange counts the primary's orders.

        A square-off is younger than all that had been seen when it was decided, and beside the rest as old as
        its stamp tells: the broker's clock is known no better than by its last answer, which may be slow.
        """
        square_off = self.square_offs.get(order_id)
        return (*_counted(square_off.after if square_off else order_id), square_off is not None)

    def row_behind(self, order_id: str) -> Row:
        """Return what a copy is of: an order of the primary, or what stands behind a square-off."""
        square_off = self.square_offs.get(order_id)
        return square_off.row if square_off else self.primary[order_id]

    def _square_off(self, at_s: float, order: Order) -> None:
        """Take what stands behind a square-off; what was only known again is what it was before."""
        if order.order_id in self.square_offs and order.placed_by == RECOGNISED:
            return
        stamp_s = order.placed_at.timestamp() if order.placed_at else 0.0
        placed = (
            event.keys[0]
            for event in self.world.history.events
            if event.what in _PLACED and event.keys and event.at_s <= at_s
        )
        older = (
            one for one in placed if one in self._seen or (moment_told_by(OrderId(one)) or 0.0) < stamp_s
        )
        newest = max(older, key=_counted, default="")
        self.square_offs[order.order_id] = SquaredOff(_row_of(order), newest)

    @cached_property
    def yesterdays_tags(self) -> set[str]:
        """Return the tags of the copies of the day before."""
        return {
            str(leg.tag)
            for fact in self._facts_of_yesterday
            if isinstance(fact, e.CopyPlanned | e.LegsAdded)
            for leg in fact.legs
        }

    @cached_property
    def yesterdays_orders(self) -> set[str]:
        """Return the numbers of the orders of the day before, the primary's and ours."""
        seen = (e.PrimaryOrderSeen, e.OrderMatched)
        found = {str(fact.order.order_id) for fact in self._facts_of_yesterday if isinstance(fact, seen)}
        answered = (fact.order_id for fact in self._facts_of_yesterday if isinstance(fact, e.AttemptEnded))
        found |= {str(order_id) for order_id in answered if order_id is not None}
        return found - {str(GHOST_ID)}

    @cached_property
    def _facts_of_yesterday(self) -> list[e.Fact]:
        yesterday = self.world.yesterday
        return [fact for _, _, fact in yesterday.record.facts] if yesterday is not None else []

    def _plan(self, planned: Planned) -> None:
        """Take the newest plan of a tag that was made before its order was taken, else the first.

        There is more than one only after the journal was lost.
        """
        tag = str(planned.leg.tag)
        taken = self.of_tag.get(tag)
        if tag not in self.planned or taken is None or planned.at_s < taken[0].at_s:
            self.planned[tag] = planned

    def _take(self, entry: LedgerEntry) -> None:
        arrived_s, settled_s = (ns / 1e9 - START_S for ns in (entry.arrived_ns, entry.settled_ns or 0))
        sent = [s for s in self.world.record.sent if s.tag == entry.tag and s.at_s <= arrived_s + 1e-6]
        for order_id in entry.order_ids:
            one = Accepted(str(entry.account), order_id, settled_s, sent[-1], entry)
            self.accepted.append(one)
            self.of_tag.setdefault(str(entry.tag), []).append(one)

    def taken_s(self, row: Row) -> float:
        """Return when the exchange took an order of ours."""
        return self._taken_s[row["order_id"]]

    @cached_property
    def _taken_s(self) -> dict[str, float]:
        return {one.order_id: one.at_s for one in reversed(self.accepted)}

    @cached_property
    def known_ended_s(self) -> dict[str, float]:
        """When it was first known of each leg that it would not trade any more, by its tag."""
        found: dict[str, float] = {}
        for at_s, _, fact in self.world.record.facts:
            match fact:
                case e.OrderMatched() if fact.order.is_terminal:
                    found.setdefault(str(fact.tag), at_s)
                case e.AttemptEnded() | e.LegMoved() if fact.state not in ALIVE:
                    found.setdefault(str(fact.tag), at_s)
                case _:
                    pass
        return found

    @cached_property
    def refused(self) -> dict[str, list[tuple[float, int]]]:
        """When the broker refused an order of a copy outright, which has no row, and of how many units."""
        units, found = dict[str, int](), dict[str, list[tuple[float, int]]]()
        for at_s, _, fact in self.world.record.facts:
            if isinstance(fact, e.AttemptStarted):
                units[str(fact.tag)] = fact.order.quantity
            elif isinstance(fact, e.AttemptEnded) and fact.state is CopyState.REJECTED:
                copy_id = str(self.planned[str(fact.tag)].fact.copy_id)
                found.setdefault(copy_id, []).append((at_s, units[str(fact.tag)]))
        return found

    @cached_property
    def closing_in(self) -> dict[tuple[str, str], list[Planned]]:
        """The legs of square-offs, by account and instrument."""
        found: dict[tuple[str, str], list[Planned]] = {}
        for planned in self.planned.values():
            if planned.fact.primary_order_id in self.square_offs:
                key = (str(planned.fact.account_id), planned.fact.instrument)
                found.setdefault(key, []).append(planned)
        return found

    def decided_s(self, sent: Sent) -> float:
        """Return when the engine let a request leave; opening a connection may delay it."""
        decided = (at_s for at_s in self._decided_s.get(str(sent.tag), ()) if at_s <= sent.at_s)
        return max(decided, default=sent.at_s)

    @cached_property
    def _decided_s(self) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for at_s, _, fact in self.world.record.facts:
            if isinstance(fact, e.AttemptStarted):
                found.setdefault(str(fact.tag), []).append(at_s)
        return found

    @cached_property
    def orders_in(self) -> dict[tuple[str, str], list[tuple[Planned, Row]]]:
        """Return our orders by account and instrument, with what they were planned as."""
        found: dict[tuple[str, str], list[tuple[Planned, Row]]] = {}
        for tag, orders in self.of_tag.items():
            planned = self.planned.get(tag)
            if planned is not None:
                rows = self.secondary[planned.fact.account_id]
                found.setdefault((planned.fact.account_id, planned.fact.instrument), []).extend(
                    (planned, rows[order.order_id]) for order in orders
                )
        return found

    def carried_beside(self, planned: Planned) -> set[int]:
        """Return what other orders of a copy may carry for good beside one: their fills, or their plans.

        Nothing where that one was added: the others may have been cancelled while their order was small.
        """
        sums = {0}
        for other in self._legs_of[planned.fact.copy_id]:
            if other.leg.tag != planned.leg.tag:
                filled = {
                    self.secondary[one.account_id][one.order_id]["filled_quantity"]
                    for one in self.of_tag.get(str(other.leg.tag), ())
                }
                units = {0, other.leg.order.quantity, *filled}
                sums = {one + more for one in sums for more in units}
        return sums if planned.is_added else sums - {0}

    @cached_property
    def _legs_of(self) -> dict[str, list[Planned]]:
        found: dict[str, list[Planned]] = {}
        for planned in self.planned.values():
            found.setdefault(planned.fact.copy_id, []).append(planned)
        return found

    def instrument(self, key: str) -> Instrument:
        """Return an instrument of the simulation."""
        found = self.world.instruments.find(key)
        assert found is not None
        return found

    @property
    def last_loss(self) -> tuple[float, int]:
        """Return when the journal was last lost, and how many facts there had been; zeros if it never was."""
        return (self.world.record.losses or [(0.0, 0)])[-1]

    def rulebook_at(self, at_s: float) -> Rulebook:
        """Return the rules of a moment."""
        return [rulebook for since_s, rulebook in self.rulebooks if since_s <= at_s + 1e-9][-1]

    def accounts_of(self, account_id: str, from_s: float) -> list[Account]:
        """Return a secondary as the rules had it, at a moment and ever since; nothing where they did not."""
        now = [number for number, (at_s, _) in enumerate(self.rulebooks) if at_s <= from_s + 1e-9]
        since = self.rulebooks[now[-1] if now else 0 :]
        found = (rulebook.account(AccountId(account_id)) for _, rulebook in since)
        return [account for account in found if account is not None]

    def was_switched_off(self, account_id: str, from_s: float) -> bool:
        """Tell whether the rules had an account off, or not at all, at a moment or since."""
        accounts = self.accounts_of(account_id, from_s)
        since = [rulebook for at_s, rulebook in self.rulebooks if at_s > from_s]
        return any(account.mode is AccountMode.OFF for account in accounts) or any(
            rulebook.account(AccountId(account_id)) is None for rulebook in since
        )

    def multipliers(self, planned: Planned) -> set[Fraction]:
        """Return every multiplier that a plan's account has had since."""
        return {one.multiplier for one in self.accounts_of(planned.fact.account_id, planned.at_s)}

    def limits(self, planned: Planned) -> set[int]:
        """Return the most units that a plan's account would take at once, as the rules had it since."""
        accounts = self.accounts_of(planned.fact.account_id, planned.at_s)
        return {account.max_quantity or _NO_LIMIT for account in accounts}

    def quantities(self, order_id: str) -> set[int]:
        """Return every quantity a primary order was ever for, and what it had filled when cut short."""
        found = {row["quantity"] for row in self.past(order_id)}
        last = self.row_behind(order_id)
        if last["status"] in {"CANCELLED", "REJECTED"}:
            found.add(last["filled_quantity"])
        return found

    def past(self, order_id: str) -> list[Row]:
        """Return every state a primary order went through; what is behind a square-off has but one."""
        if order_id in self.square_offs:
            return [self.square_offs[order_id].row]
        if order_id not in self._past:
            venue = self.world.exchange.venue
            self._past[order_id] = venue.order_history(venue.accounts.get(PRIMARY), order_id)
        return self._past[order_id]

    def held(self, account_id: str, key: str, from_s: float, to_s: float) -> tuple[int, int]:
        """Return the least and the most net units an account held of an MIS position in a span of time."""
        steps = self.world.record.positions.get((account_id, key), [])
        times = [at_s for at_s, _ in steps]
        first = bisect_right(times, from_s) - 1
        nets = [0] if first < 0 else [steps[first][1]]
        nets += [net for at_s, net in steps if from_s < at_s <= to_s]
        return min(nets), max(nets)


def _counted(order_id: str) -> tuple[int, str]:
    return (len(order_id), order_id)


def _row_of(order: Order) -> Row:
    names = (
        "order_id",
        "exchange",
        "tradingsymbol",
        "product",
        "validity",
        "order_type",
        "quantity",
        "status",
    )
    return {name: getattr(order, name) for name in names} | {
        "transaction_type": str(order.side),
        "filled_quantity": order.filled_quantity,
    }


def whole_lots(quantity: int, multiplier: Fraction, lot_size: int) -> int:
    """Return floor(multiplier × quantity / lot) × lot in whole numbers, apart from the engine's own rule."""
    return (multiplier.numerator * quantity) // (multiplier.denominator * lot_size) * lot_size


def cut(quantity: int, instrument: Instrument) -> list[int]:
    """Return the slices of a quantity."""
    most = instrument.freeze_quantity
    if most is None:
        return [quantity] if quantity else []
    most = max(most // instrument.lot_size, 1) * instrument.lot_size
    return [min(most, quantity - start) for start in range(0, quantity, most)]
