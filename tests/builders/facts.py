"""Facts with plausible contents, for tests of what keeps them."""

from datetime import date
from decimal import Decimal

from app.domain.copies import LegOrder
from app.domain.events import AttemptStarted, CopyPlanned, LegPlanned
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId, client_order_id
from app.domain.orders import Side

FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)


def leg_order(quantity: int = 50) -> LegOrder:
    """Return a plain LIMIT order of a copy."""
    return LegOrder(
        exchange="NSE",
        tradingsymbol="INFY",
        side=Side.BUY,
        order_type="LIMIT",
        product="MIS",
        validity="DAY",
        quantity=quantity,
        price=Decimal("1500.05"),
    )


def tag_of(order_id: str, account: str, number: int, generation: int, day: date = FRIDAY) -> ClientOrderId:
    """Return the tag that this intent has in an installation whose key is all zeros."""
    return client_order_id(
        bytes(32),
        trade_date=day,
        primary=AccountId("PA0001"),
        primary_order_id=OrderId(order_id),
        secondary=AccountId(account),
        leg=number,
        generation=generation,
    )


def planned(
    order_id: str = "1001",
    account: str = "SA0001",
    *,
    legs: int = 1,
    generation: int = 0,
    tag: str | None = None,
    day: date = FRIDAY,
) -> CopyPlanned:
    """Return an intent with so many legs; `tag` replaces the derived one of the first."""
    tags = [tag_of(order_id, account, number, generation, day) for number in range(legs)]
    if tag is not None:
        tags[0] = ClientOrderId(tag)
    return CopyPlanned(
        copy_id=CopyId(f"{order_id}:{account}"),
        primary_order_id=OrderId(order_id),
        account_id=AccountId(account),
        instrument="NSE:INFY",
        side=Side.BUY,
        legs=tuple(
            LegPlanned(tag=tag, number=number, generation=generation, order=leg_order())
            for number, tag in enumerate(tags)
        ),
        closing_units=0,
        opening_units=50 * legs,
        lot_size=1,
        basis_quantity=50,
    )


def started(copy: CopyPlanned, *, attempt: int = 1, number: int = 0) -> AttemptStarted:
    """Return the start of an attempt of one leg."""
    leg = copy.legs[number]
    return AttemptStarted(account_id=copy.account_id, tag=leg.tag, attempt=attempt, order=leg.order)
