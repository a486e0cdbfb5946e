"""Copies and their legs, and the one table of how their state may move."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from app.domain.hands import NOTHING_ASKED, Asked, HandChange
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import ZERO, Order, Phase, Side
from app.domain.reasons import Reason, ReasonCode


class CopyState(StrEnum):
    """Where a leg, and by roll-up its copy, stands."""

    HELD = "HELD"
    PENDING = "PENDING"
    SENDING = "SENDING"
    OPEN = "OPEN"
    TRIGGER_PENDING = "TRIGGER_PENDING"
    PARTIAL = "PARTIAL"
    FILLED = "FILLED"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    IN_DOUBT = "IN_DOUBT"
    NEEDS_OPERATOR = "NEEDS_OPERATOR"
    FAILED = "FAILED"
    DENIED = "DENIED"
    EXPIRED = "EXPIRED"
    NOT_SENT = "NOT_SENT"
    SKIPPED = "SKIPPED"


S = CopyState

RESTING = frozenset({S.OPEN, S.TRIGGER_PENDING, S.PARTIAL})
AT_BROKER = RESTING | {S.FILLED, S.CANCELLED, S.REJECTED}
ALIVE = RESTING | {S.PENDING, S.SENDING, S.IN_DOUBT}
"""May still trade, or may already have traded without our knowing."""
UNRESOLVED = frozenset({S.PENDING, S.SENDING, S.IN_DOUBT})
"""Unsent or in doubt: a younger copy of the same symbol waits behind it (order protocol, rule 7)."""
RETRYABLE = frozenset({S.REJECTED, S.FAILED, S.EXPIRED, S.NEEDS_OPERATOR})
NEEDS_ATTENTION = RETRYABLE | {S.IN_DOUBT, S.DENIED}
FOUND = RESTING | {S.FILLED, S.CANCELLED}
"""What a leg that was retried can be only by a late find: a retry needs one that came to nothing."""
CAME_TO_NOTHING = frozenset({S.REJECTED, S.FAILED, S.DENIED, S.EXPIRED, S.NOT_SENT})

MOVES: dict[CopyState, frozenset[CopyState]] = {
    S.HELD: frozenset({S.PENDING, S.NOT_SENT, S.EXPIRED, S.DENIED, S.SKIPPED}),
    S.PENDING: frozenset({S.SENDING, S.DENIED, S.EXPIRED, S.NOT_SENT}) | AT_BROKER,
    # Back to PENDING only on proof that the broker never took it.
    S.SENDING: AT_BROKER | {S.IN_DOUBT, S.PENDING, S.FAILED, S.NOT_SENT},
    S.IN_DOUBT: AT_BROKER | {S.NEEDS_OPERATOR, S.FAILED},
    S.NEEDS_OPERATOR: AT_BROKER,
    # A day that ended before the order's own end was seen leaves a question that nobody can answer any more.
    S.OPEN: AT_BROKER | {S.NEEDS_OPERATOR},
    S.TRIGGER_PENDING: AT_BROKER | {S.NEEDS_OPERATOR},
    S.PARTIAL: AT_BROKER | {S.NEEDS_OPERATOR},
    # Final at the broker. A late find (rule 5) may still adopt what we had given up.
    S.FILLED: frozenset(),
    S.CANCELLED: frozenset(),
    S.REJECTED: frozenset(),
    S.FAILED: AT_BROKER,
    S.DENIED: AT_BROKER,
    S.EXPIRED: AT_BROKER,
    S.NOT_SENT: AT_BROKER,
    S.SKIPPED: frozenset(),
}


class IllegalMoveError(Exception):
    """A leg was asked to move where the table does not allow: a fault of ours, never of the broker."""


def check_move(tag: str, old: CopyState, new: CopyState) -> None:
    """Raise IllegalMoveError unless a leg may go from `old` to `new`; staying put is always legal."""
    if new is not old and new not in MOVES[old]:
        raise IllegalMoveError(f"Leg {tag} cannot move from {old} to {new}.")


def state_of(order: Order) -> CopyState:
    """Return the state that a broker's report of our order puts its leg in."""
    match order.phase:
        case Phase.FILLED:
            return S.FILLED
        case Phase.CANCELLED:
            return S.CANCELLED
        case Phase.REJECTED:
            return S.REJECTED
        case Phase.TRIGGER_PENDING:
            return S.TRIGGER_PENDING
        case Phase.OPEN | Phase.WORKING:
            return S.PARTIAL if order.filled_quantity else S.OPEN
        case unknown:
            assert_never(unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOrder:
    """What one leg asks the broker for. Quantity and prices may be amended later; the rest is fixed."""

    exchange: str
    tradingsymbol: str
    side: Side
    order_type: str
    product: str
    validity: str
    quantity: int
    price: Decimal = ZERO
    trigger_price: Decimal = ZERO
    market_protection: Decimal = ZERO
    validity_ttl: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One attempt chain under one tag: a slice of a copy in one generation.

    `order` is what was sent, or will be. `shown_quantity` is what the broker's order list says it is for
    by now. `attempts` counts sends, `failures` those that provably never reached the broker through no
    fault of the account's session. `asked` are all values ever asked for, `by_hand` is what a person made
    of it at the broker while that is left alone. `share` is how many units it was planned for, less what
    another leg took over when it was divided. A leg that `is_added` was not in the plan: it came
    when the primary order grew, or, where it `is_remainder`, takes what an exit could not close at first.
    """

    tag: ClientOrderId
    copy_id: CopyId
    number: int
    generation: int
    order: LegOrder
    state: CopyState = S.PENDING
    attempts: int = 0
    failures: int = 0
    amendments: int = 0
    order_id: OrderId | None = None
    shown_quantity: int | None = None
    filled_quantity: int = 0
    average_price: Decimal = ZERO
    asked: Asked = NOTHING_ASKED
    by_hand: HandChange | None = None
    is_cancel_asked: bool = False
    reason: Reason | None = None
    planned_at: datetime | None = None
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    amended_at: datetime | None = None
    share: int = 0
    is_added: bool = False
    is_remainder: bool = False

    @property
    def is_parked(self) -> bool:
        """True for an exit that waits for its entry to fill and holds nothing younger back."""
        return self.reason is not None and self.reason.code is ReasonCode.WAITS_FOR_ENTRY

    @property
    def quantity(self) -> int:
        """What it is for now: as the broker shows it, else as it was or will be asked for."""
        return self.order.quantity if self.shown_quantity is None else self.shown_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One primary order mirrored into one secondary: what was decided, and its legs of every generation.

    Of the units planned, `closing_units` reduce a position and `opening_units` open one; they were sized
    from `basis_quantity` of the primary order. `idle_state` is the state while there is no leg (held,
    skipped, denied …). Once it is `withdrawn`, no more than `most_units` of it are wanted.
    """

    copy_id: CopyId
    primary_order_id: OrderId
    account_id: AccountId
    instrument: str
    side: Side
    closing_units: int
    idle_state: CopyState
    opening_units: int = 0
    lot_size: int = 1
    basis_quantity: int = 0
    reason: Reason | None = None
    withdrawn: Reason | None = None
    withdrawn_at: datetime | None = None
    most_units: int | None = None
    legs: tuple[Leg, ...] = ()
    requested_by: str = "engine"

    @property
    def current_legs(self) -> tuple[Leg, ...]:
        """The leg that counts for each slice: the newest generation.

        Unless that came to nothing and an earlier one was found at the broker after all: then that is it.
        """
        if len(self.legs) < 2:  # nearly every copy, and this is asked often
            return self.legs
        counting: dict[int, Leg] = {}
        for leg in sorted(self.legs, key=lambda leg: leg.generation):
            if leg.state not in CAME_TO_NOTHING or not self.was_found(leg):
                counting[leg.number] = leg
        return tuple(counting[number] for number in sorted(counting))

    def was_found(self, leg: Leg) -> bool:
        """Tell whether an earlier generation of a leg turned up at the broker, given up though it was."""
        return any(
            other.number == leg.number and other.generation < leg.generation and other.state in FOUND
            for other in self.legs
        )

    @property
    def generation(self) -> int:
        """The newest generation, 0 where nothing was planned yet."""
        if len(self.legs) == 1:
            return self.legs[0].generation
        return max((leg.generation for leg in self.legs), default=0)

    @property
    def state(self) -> CopyState:
        """The state of the whole copy, rolled up from its current legs and any other still resting.

        What was added to the plan and then never sent says nothing about it.
        """
        if not self.legs:
            return self.idle_state
        if len(self.legs) == 1:
            return self.legs[0].state
        current = tuple(leg for leg in self.current_legs if not (leg.is_added and leg.state is S.NOT_SENT))
        others = (leg for leg in self.legs if leg not in current and leg.state in RESTING)
        return roll_up(tuple(leg.state for leg in (*current, *others)))

    @property
    def quantity(self) -> int:
        """Units asked for by the current legs."""
        return sum(leg.order.quantity for leg in self.current_legs)

    @property
    def filled_quantity(self) -> int:
        """Units filled over all generations."""
        if len(self.legs) == 1:
            return self.legs[0].filled_quantity
        return sum(leg.filled_quantity for leg in self.legs)

    @property
    def is_exit(self) -> bool:
        """True where the copy only reduces a position."""
        return self.closing_units > 0 and self.opening_units == 0

    @property
    def is_ended_by_operator(self) -> bool:
        """True once the operator cancelled it, until they plan it anew."""
        return self.withdrawn is not None and self.withdrawn.code is ReasonCode.CANCELLED_BY_OPERATOR

    @property
    def has_open_question(self) -> bool:
        """True while any generation may still trade or may have traded: no retry then (rule 6)."""
        return any(leg.state in ALIVE for leg in self.legs)


_WORST_FIRST = (
    S.NEEDS_OPERATOR,
    S.IN_DOUBT,
    S.REJECTED,
    S.FAILED,
    S.EXPIRED,
    S.DENIED,
    S.SENDING,
    S.PENDING,
    S.PARTIAL,
)


def roll_up(states: tuple[CopyState, ...]) -> CopyState:
    """Summarise the states of a copy's slices in one word: the one that needs most attention wins."""
    if len(set(states)) == 1:
        return states[0]
    for state in _WORST_FIRST:
        if state in states:
            return state
    if any(state in RESTING for state in states):
        return S.PARTIAL if S.FILLED in states else next(s for s in states if s in RESTING)
    return S.CANCELLED
