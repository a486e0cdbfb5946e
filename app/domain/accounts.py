"""Who copies from whom: accounts as the operator configured them, without their credentials."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.domain.ids import AccountId
from app.domain.orders import OrderType


class AccountMode(StrEnum):
    """What a secondary takes: everything, exits only, or nothing."""

    ON = "on"
    CLOSE_ONLY = "close_only"
    OFF = "off"


class CopyMode(StrEnum):
    """Whether new primary orders are copied at once or wait for the operator's tick."""

    AUTO = "auto"
    MANUAL = "manual"


class RestPolicy(StrEnum):
    """What becomes of a copy that still rests when its primary order is filled (docs/adr/0013)."""

    LEAVE = "leave"
    MARKET = "market"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account of the operator or their family. An empty `allow` allows every symbol.

    `when_primary_filled` applies to a copy that has rested for `rest_limit_s` behind a filled primary order.
    """

    account_id: AccountId
    name: str
    is_primary: bool
    multiplier: Fraction
    mode: AccountMode = AccountMode.ON
    max_quantity: int | None = None
    when_primary_filled: RestPolicy = RestPolicy.LEAVE
    rest_limit_s: float = 5.0
    allow: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()

    def allows(self, tradingsymbol: str) -> bool:
        """Tell whether the account's lists of symbols let entries in this one through."""
        return tradingsymbol not in self.deny and (not self.allow or tradingsymbol in self.allow)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRules:
    """Which orders are copied and under which limits.

    `market_protection`: -1 lets Kite choose the band, else per cent; 0 is refused by Kite since 1 April
    2026. `freeze_quantities`: underlying name to units. Ages are measured on the broker's clock.
    """

    order_types: frozenset[OrderType]
    products: frozenset[str] = frozenset({"MIS"})
    market_protection: Decimal = Decimal(-1)
    freeze_quantities: dict[str, int] = field(default_factory=dict)
    market_age_limit_s: float = 10.0
    resting_age_limit_s: float = 120.0
    restart_gap_s: float = 30.0
    exit_wait_s: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """Everything the operator has configured that decides about copies; `revision` names this content."""

    primary: Account
    secondaries: tuple[Account, ...]
    rules: CopyRules
    revision: str

    def account(self, account_id: AccountId) -> Account | None:
        """Return the account of that id, or None where the configuration no longer has it."""
        for account in self.secondaries:
            if account.account_id == account_id:
                return account
        return self.primary if self.primary.account_id == account_id else None
