"""One secondary's lane: what only lives as long as the process, apart from every other account's."""

from dataclasses import dataclass, field

from app.domain.accounts import Rulebook
from app.domain.amending import Cancellation, Modification
from app.domain.copies import Copy, Leg
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import Order, merge
from app.domain.pacing import Budget, Limits
from app.domain.positions import held
from app.domain.reconciliation import next_look_s
from app.ports.broker import OrderList, UnreadableRow


@dataclass(slots=True)
class Doubt:
    """A send whose answer was lost: since when, and how many looks, and clean ones, have missed it."""

    since_s: float
    looks: int = 0
    clean_looks: int = 0


@dataclass(slots=True)
class Waiting:
    """What holds a leg of ours back beside the rules: looks it needs, and its back-off."""

    needs_look_after_s: float = float("-inf")
    not_before_s: float = float("-inf")
    since_s: float = 0.0
    partly_since_s: float | None = None


@dataclass(slots=True)
class Stranger:
    """An order under a tag of ours that the journal does not know, and since when we see it."""

    order: Order
    since_s: float


@dataclass(frozen=True, slots=True)
class RefusedChange:
    """A change of a resting leg that the broker refused: how often in a row, and when to ask again."""

    change: Modification | Cancellation | None
    times: int
    not_before_s: float


@dataclass(slots=True)
class Lane:
    """The looks, budget and open questions of one account. All moments are monotonic seconds.

    `due_at_s` is when a leg may leave by the passing of time alone, infinite where each waits for news.
    `orders` are all that were ever seen, `listed` those that the newest list has and that can be read.
    `asked_last` has, per leg, the newest change that was sent, `refused` the one that the broker refuses.
    `edition` numbers what is known of the account's orders; `free` has what exits may close, as of which,
    `closable` what copies could. `agreed` has, per resting copy, what was compared when nothing was to be
    amended, `untouched` when no hand showed; `weighed` has, per leg in the queue, by what it may still leave
    if it is not too old; `offered_as_of` has by what the account's retries were last weighed, all of them.
    """

    account_id: AccountId
    limits: Limits
    orders: dict[OrderId, Order] = field(default_factory=dict)
    listed: frozenset[OrderId] = frozenset()
    unreadable: tuple[UnreadableRow, ...] = ()
    hidden: dict[ClientOrderId, UnreadableRow] = field(default_factory=dict)
    rows_told: int = 0
    looked_at_s: float | None = None
    doubts: dict[ClientOrderId, Doubt] = field(default_factory=dict)
    waiting: dict[ClientOrderId, Waiting] = field(default_factory=dict)
    amending: set[ClientOrderId] = field(default_factory=set)
    asked_last: dict[ClientOrderId, Modification | Cancellation] = field(default_factory=dict)
    refused: dict[ClientOrderId, RefusedChange] = field(default_factory=dict)
    agreed: dict[ClientOrderId, tuple[object, ...]] = field(default_factory=dict)
    matched: dict[ClientOrderId, tuple[Leg, Order]] = field(default_factory=dict)
    untouched: dict[ClientOrderId, tuple[object, ...]] = field(default_factory=dict)
    weighed: dict[ClientOrderId, tuple[Copy, Order, Rulebook]] = field(default_factory=dict)
    offered_as_of: tuple[int, int, Rulebook] | None = None
    amended_at_s: dict[ClientOrderId, float] = field(default_factory=dict)
    touched_at_s: dict[str, float] = field(default_factory=dict)
    strangers: dict[ClientOrderId, Stranger] = field(default_factory=dict)
    compared: tuple[int, int] = (0, 0)
    cancelled_since_s: dict[ClientOrderId, float] | None = None
    reported: set[str] = field(default_factory=set)
    look_wanted_at_s: float | None = None
    is_look_asked: bool = False
    due_at_s: float = float("inf")
    budget: Budget = field(init=False)
    edition: int = field(init=False, default=0)
    free: dict[ClientOrderId, tuple[tuple[int, int], int]] = field(init=False, default_factory=dict)
    closable: dict[CopyId, tuple[tuple[int, int], int]] = field(init=False, default_factory=dict)
    _held: dict[tuple[str, str], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.budget = Budget(self.limits)

    def take_list(self, order_list: OrderList, began_at_s: float) -> None:
        """Merge one read of the account's orders that began at `began_at_s`."""
        is_first = self.looked_at_s is None
        self.take_unreadable(order_list.unreadable)
        self.looked_at_s = max(began_at_s, self.looked_at_s or began_at_s)
        if order_list.is_unchanged and not is_first:
            return
        self.listed = frozenset(order.order_id for order in order_list.orders)
        for seen in order_list.orders:
            known = self.orders.get(seen.order_id)
            if seen is known:  # most of a long list, each time it is read
                continue
            merged = seen if known is None else merge(known, seen, is_poll=True)
            self.note(seen if merged == seen else merged)

    def note(self, order: Order) -> None:
        """Take over what is known of an order now."""
        self.orders[order.order_id] = order
        self.edition += 1
        self._held.clear()

    def take_unreadable(self, rows: tuple[UnreadableRow, ...]) -> None:
        """Note the rows of the newest list that cannot be read, and for good whose tags they carried."""
        self.edition += rows != self.unreadable
        self.unreadable = rows
        for row in rows:
            for tag in row.our_tags:
                self.hide(tag, row)

    def hide(self, tag: ClientOrderId, row: UnreadableRow) -> None:
        """Note that a row which cannot be read as an order of ours carries a tag of ours."""
        self.edition += self.hidden.get(tag) != row
        self.hidden[tag] = row

    def unhide(self, tag: ClientOrderId) -> None:
        """Note that the order of a tag can be read."""
        self.edition += self.hidden.pop(tag, None) is not None

    def may_hide(self, instrument: str) -> bool:
        """Tell whether an unreadable row may be an order of this instrument."""
        return any(row.instrument in {None, instrument} for row in self.unreadable)

    def hides(self, order_id: OrderId | None) -> bool:
        """Tell whether the newest list has this order, but unreadable: what we know of it is old."""
        return order_id is not None and any(row.order_id == order_id for row in self.unreadable)

    def has_looked_since(self, moment_s: float) -> bool:
        """Tell whether a good read began after a moment."""
        return self.looked_at_s is not None and self.looked_at_s > moment_s

    def held(self, instrument: str, product: str) -> int:
        """Return the account's net units of an instrument as the last look shows them."""
        key = (instrument, product)
        if key not in self._held:
            self._held[key] = held(self.orders.values(), instrument, product)
        return self._held[key]

    def waits(self, tag: ClientOrderId) -> Waiting:
        """Return what holds a leg back, made on first use."""
        return self.waiting.setdefault(tag, Waiting())

    def report_once(self, key: str) -> bool:
        """Tell whether this is the first time that something is to be reported."""
        if key in self.reported:
            return False
        self.reported.add(key)
        return True

    def want_look(self, moment_s: float) -> None:
        """Ask for a look at the order list no later than at `moment_s`."""
        if self.look_wanted_at_s is None or moment_s < self.look_wanted_at_s:
            self.look_wanted_at_s = moment_s

    def come_again(self, moment_s: float) -> None:
        """Ask for a turn at that moment, because something may leave then that may not leave now."""
        self.due_at_s = min(self.due_at_s, moment_s)

    def next_look_at_s(self, *, now_s: float, every_s: float) -> float:
        """Return when the next look is due: on request, for an open question, or by the clock."""
        if self.looked_at_s is None:
            return now_s
        due = self.looked_at_s + every_s
        if self.look_wanted_at_s is not None:
            due = min(due, self.look_wanted_at_s)
        for doubt in self.doubts.values():
            asked_s = max(self.looked_at_s - doubt.since_s, 0.0)
            due = min(due, doubt.since_s + next_look_s(asked_s))
        return due
