"""The shapes of a preview: what a command would send now. JSON types only, exact numbers as text."""

from typing import TypedDict

from app.domain.reasons import ReasonCode


class RefusalRow(TypedDict):
    """Why a copy would not be sent. `code` is None where only a sentence says it."""

    code: ReasonCode | None
    text: str
    raw: str | None


class OrderPreviewRow(TypedDict):
    """A primary order that would be copied.

    `age_s` is on the broker's clock. `moved_percent` is how far the last price is from the primary's average
    price, or from its limit while nothing is filled: signed, None where either is not known.
    """

    order_id: str
    age_s: float | None
    last_price: str | None
    moved_percent: str | None
    is_exit: bool


class CopyPreviewRow(TypedDict):
    """One copy: its `slices` are the orders that would leave, `quantity` their sum.

    A `refusal` says why nothing of it would; `warnings` say what is to be expected of what would.
    """

    copy_id: str
    order_id: str
    account_id: str
    quantity: int
    slices: list[int]
    refusal: RefusalRow | None
    warnings: list[str]


class AccountPreviewRow(TypedDict):
    """What an account has, and what its orders would take, in rupees; None where it could not be read."""

    account_id: str
    funds_free: str | None
    funds_needed: str | None
    warnings: list[str]


class PreviewRow(TypedDict):
    """What a command would do at the moment `at`. `order_count` is how many orders would leave."""

    at: str
    order_count: int
    orders: list[OrderPreviewRow]
    copies: list[CopyPreviewRow]
    accounts: list[AccountPreviewRow]
    warnings: list[str]
