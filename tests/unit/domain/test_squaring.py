"""What stands behind a square-off in place of a primary order."""

from datetime import timedelta

from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.squaring import SquareOff, closing_order, is_square_off, origin_of, younger_than
from tests.builders.orders import an_order, at

S1 = AccountId("S1")
DAY = at().date()


def _closing() -> SquareOff:
    return SquareOff(
        origin=origin_of(DAY, S1, "NSE:INFY", 0),
        account_id=S1,
        instrument="NSE:INFY",
        requested_by="ops",
        asked_at=at(),
    )


def test_each_square_off_of_each_position_has_its_own_name() -> None:
    names = {
        origin_of(*parts)
        for parts in [
            (DAY, S1, "A", 0),
            (DAY, S1, "A", 1),
            (DAY, AccountId("S2"), "A", 0),
            (DAY, S1, "B", 0),
            (DAY, S1, "A1", 0),
            (DAY + timedelta(days=1), S1, "A", 0),
        ]
    }
    assert len(names) == 6
    assert origin_of(DAY, S1, "A", 0) in names


def test_the_order_behind_it_closes_at_the_market_and_never_fills_itself() -> None:
    order = closing_order(_closing(), side=Side.SELL, quantity=50, placed_at=at())
    assert (order.order_type, order.product, order.side, order.quantity) == ("MARKET", "MIS", Side.SELL, 50)
    assert order.instrument == "NSE:INFY"
    assert (order.filled_quantity, order.is_terminal, order.account_id) == (0, False, S1)
    assert is_square_off(order)
    assert not is_square_off(an_order())


def test_it_is_younger_than_everything_it_closes() -> None:
    ahead = at() + timedelta(seconds=3)
    assert younger_than([], at()) == at()
    assert younger_than([ahead.timestamp(), 0.0], at()) > ahead
    assert younger_than([ahead.timestamp()], ahead + timedelta(seconds=1)) == ahead + timedelta(seconds=1)
