"""What a batch of facts touched, so that the view redraws only that."""

from dataclasses import dataclass, field

from app.domain.ids import AccountId, CopyId, OrderId


@dataclass(slots=True)
class Changed:
    """The orders, copies and accounts whose rows are to be drawn anew, and whether the status is."""

    orders: dict[OrderId, None] = field(default_factory=dict)
    copies: dict[CopyId, None] = field(default_factory=dict)
    accounts: dict[AccountId, None] = field(default_factory=dict)
    status: bool = False
