"""Facts: what happened, in the past tense. The journal keeps them, the engine's state is their fold."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.accounts import CopyMode
from app.domain.amending import Modification
from app.domain.copies import CopyState, LegOrder
from app.domain.hands import HandChange
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import Order, Side
from app.domain.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStarted:
    """A boot: everything sent before it without a known outcome is in doubt from here on."""

    boot_id: str
    version: str
    revision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    """What an earlier day had left open is closed under that day, and told under this one."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryOrderSeen:
    """The primary's order list showed an order, new or changed; `order` is the merged report.

    `late` says why it is not copied by itself (first seen after a gap, or too old) and comes with the
    first sight. `is_decided` comes once: with the sight on which its copies were decided, or on which
    it was `skipped` for everybody.
    """

    order: Order
    is_decided: bool = False
    late: Reason | None = None
    skipped: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySettled:
    """A copy without orders: held, skipped, denied, expired or not sent."""

    copy_id: CopyId
    primary_order_id: OrderId
    account_id: AccountId
    instrument: str
    side: Side
    state: CopyState
    reason: Reason | None = None
    requested_by: str = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegPlanned:
    """One order that a copy is going to send."""

    tag: ClientOrderId
    number: int
    generation: int
    order: LegOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlanned:
    """The durable intent to copy: every leg with its tag, before anything is sent.

    `closing_units` of the legs' sum reduce a position and are clamped to what is held when they leave;
    `opening_units` open one.
    `basis_quantity` is the primary order's quantity that they were sized from.
    """

    copy_id: CopyId
    primary_order_id: OrderId
    account_id: AccountId
    instrument: str
    side: Side
    legs: tuple[LegPlanned, ...]
    closing_units: int
    opening_units: int
    lot_size: int
    basis_quantity: int
    requested_by: str = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegsAdded:
    """A copy takes more orders than were planned: the durable intent to send them.

    Either the primary order grew beyond what its legs can carry, or an exit leaves with the part it can close
    now: then `split` names its leg, and what is added carries the rest of that leg's units.
    """

    copy_id: CopyId
    primary_order_id: OrderId
    account_id: AccountId
    legs: tuple[LegPlanned, ...]
    split: ClientOrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyWithdrawn:
    """From here on no more than `units` of a copy are wanted, whatever its primary order does.

    Holds until the operator plans the copy anew. What is above that and rests is cancelled; what has not
    been sent is not sent.
    """

    copy_id: CopyId
    account_id: AccountId
    units: int
    reason: Reason
    requested_by: str = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareOffAsked:
    """The operator wants a position closed. `origin` names this square-off in place of a primary order."""

    origin: OrderId
    account_id: AccountId
    instrument: str
    requested_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareOffDecided:
    """What became of a square-off: the `order` that its copy is planned from, or the `reason` for none."""

    origin: OrderId
    account_id: AccountId
    order: Order | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted:
    """A leg is about to leave as this order. Durable before the first byte."""

    account_id: AccountId
    tag: ClientOrderId
    attempt: int
    order: LegOrder


class AttemptResult(StrEnum):
    """How an attempt ended, as far as it is known."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NEVER_SENT = "never_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded:
    """The answer to an attempt, or the certainty that there is none.

    `state` is where the leg stands now: an accepted one is OPEN until an order list says more.
    """

    account_id: AccountId
    tag: ClientOrderId
    attempt: int
    result: AttemptResult
    state: CopyState
    order_id: OrderId | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegMoved:
    """A leg changed without an attempt: denied, expired, not sent, absent from the order list …"""

    tag: ClientOrderId
    state: CopyState
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMatched:
    """A secondary's order list shows an order with our tag: its word is what the leg's state is."""

    account_id: AccountId
    tag: ClientOrderId
    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexpectedOrderSeen:
    """An account has an order under a tag of ours that no intent accounts for: it is left alone and shown.

    Either the journal does not know the tag, or the tag has another order already, which `beside` names.
    """

    account_id: AccountId
    tag: ClientOrderId
    order: Order
    beside: OrderId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentStarted:
    """A change of a resting copy is about to leave; `modification` None is a cancellation."""

    account_id: AccountId
    tag: ClientOrderId
    order_id: OrderId
    modification: Modification | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentEnded:
    """The answer to an amendment. What became of the order, only the next order list tells."""

    account_id: AccountId
    tag: ClientOrderId
    result: AttemptResult
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedByHand:
    """A person changed a resting copy at the broker: it is left so until the primary order changes."""

    account_id: AccountId
    tag: ClientOrderId
    order_id: OrderId
    change: HandChange


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedAgain:
    """What a person made of a copy counts no more: the primary order changed, or the copy lost it."""

    tag: ClientOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyModeChanged:
    """The operator chose whether new orders are copied at once or held."""

    mode: CopyMode
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyingStopped:
    """From here on nothing leaves, until the operator resumes."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyingResumed:
    """The operator lifted a stop."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBlocked:
    """One account sends nothing until the cause is gone: a dead session, a refused address, our own fault."""

    account_id: AccountId
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUnblocked:
    """The cause is gone: a good read with a new token, or the operator's word."""

    account_id: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged:
    """A valid edit of the configuration applies from here on."""

    revision: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised:
    """Something the operator should know and nobody else tells: an unexpected order, an unreadable row."""

    text: str
    account_id: AccountId | None = None
    order_id: OrderId | None = None


Fact = (
    EngineStarted
    | DayClosed
    | PrimaryOrderSeen
    | CopySettled
    | CopyPlanned
    | LegsAdded
    | CopyWithdrawn
    | SquareOffAsked
    | SquareOffDecided
    | AttemptStarted
    | AttemptEnded
    | LegMoved
    | OrderMatched
    | UnexpectedOrderSeen
    | AmendmentStarted
    | AmendmentEnded
    | ChangedByHand
    | FollowedAgain
    | CopyModeChanged
    | CopyingStopped
    | CopyingResumed
    | AccountBlocked
    | AccountUnblocked
    | RulesChanged
    | AlertRaised
)

LASTING = (CopyModeChanged, CopyingStopped, CopyingResumed)
"""Facts whose last word holds beyond the day it was said on."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the journal holds it: its number, and when it was written (UTC)."""

    seq: int
    at: datetime
    fact: Fact
