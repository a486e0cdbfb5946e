"""Rulebooks, accounts and rules as the operator might configure them, any field of them replaceable."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from app.domain.accounts import Account, CopyRules, Rulebook
from app.domain.ids import AccountId
from app.domain.orders import OrderType

PRIMARY = AccountId("PA0001")
SECONDARY = AccountId("SA0001")


def an_account(account_id: str = SECONDARY, multiplier: Fraction | int | str = 1, **changes: Any) -> Account:
    """Build a secondary that takes everything; the multiplier may be text such as "2.5" or "1/3"."""
    account = Account(
        account_id=AccountId(account_id), name=account_id, is_primary=False, multiplier=Fraction(multiplier)
    )
    return replace(account, **changes)


def rules(**changes: Any) -> CopyRules:
    """Build rules that copy MIS orders of all four types."""
    return replace(CopyRules(order_types=frozenset(OrderType)), **changes)


def a_rulebook(
    *secondaries: Account, primary: Account | None = None, revision: str = "r1", **rule_changes: Any
) -> Rulebook:
    """Build a rulebook: primary PA0001, the secondaries given (else SA0001 × 1), rules changed as named."""
    return Rulebook(
        primary=primary or an_account(PRIMARY, is_primary=True),
        secondaries=secondaries or (an_account(),),
        rules=rules(**rule_changes),
        revision=revision,
    )


def accounts(multipliers: Iterable[Fraction | int | str]) -> tuple[Account, ...]:
    """Build secondaries SA0001, SA0002 … with these multipliers."""
    return tuple(an_account(f"SA{n:04d}", multiplier) for n, multiplier in enumerate(multipliers, start=1))
