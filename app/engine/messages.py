"""What enters `CopyEngine.handle`, and what it wants done afterwards."""

from dataclasses import dataclass

from app.domain.accounts import Rulebook
from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.pacing import Limits
from app.ports.broker import OrderList, Outcome


@dataclass(frozen=True, slots=True)
class PrimaryListRead:
    """The primary's order list was read well. `gap_s` since the read before it; None if there was none."""

    order_list: OrderList
    gap_s: float | None


@dataclass(frozen=True, slots=True)
class SecondaryListRead:
    """A secondary's order list was read well; the read began at this monotonic moment."""

    account_id: AccountId
    order_list: OrderList
    began_at_s: float


@dataclass(frozen=True, slots=True)
class AttemptAnswered:
    """A send came to an end, one way or another."""

    account_id: AccountId
    tag: ClientOrderId
    attempt: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class AmendmentAnswered:
    """A modification or cancellation came to an end, one way or another."""

    account_id: AccountId
    tag: ClientOrderId
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SessionLost:
    """A read was refused because the account's token is dead."""

    account_id: AccountId
    message: str


@dataclass(frozen=True, slots=True)
class SessionRenewed:
    """The account has a new token."""

    account_id: AccountId


@dataclass(frozen=True, slots=True)
class RulesReplaced:
    """A valid edit of the configuration."""

    rulebook: Rulebook
    limits: Limits
    summary: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """An adapter has something to tell the operator."""

    text: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened, but something may be due: an expiry, a back-off, a fresh second of the budget."""


AboutOneAccount = SecondaryListRead | AttemptAnswered | AmendmentAnswered | SessionLost | SessionRenewed
Message = AboutOneAccount | PrimaryListRead | RulesReplaced | Noticed | TimePassed


@dataclass(frozen=True, slots=True)
class Send:
    """Place this order; its attempt is in the journal."""

    account_id: AccountId
    tag: ClientOrderId
    attempt: int
    order: LegOrder


@dataclass(frozen=True, slots=True)
class Amend:
    """Change or cancel (None) this order; the amendment is in the journal."""

    account_id: AccountId
    tag: ClientOrderId
    order_id: OrderId
    modification: Modification | None


Effect = Send | Amend


def budget_key(about: Effect | AttemptAnswered | AmendmentAnswered) -> str:
    """Name a request in its account's budget: an order may be amended before it was itself answered."""
    return f"{'change' if isinstance(about, Amend | AmendmentAnswered) else 'order'} {about.tag}"
