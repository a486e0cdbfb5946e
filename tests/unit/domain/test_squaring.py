"""What stands behind a square-off in place of a primary order."""

from datetime import timedelta

from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.squaring import SquareOff, closing_order, is_square_off, origin_of, younger_than
from tests.builders.orders import an_instrument, an_order, at

S1 = AccountId("S1")


def _closing() -> SquareOff:
    return SquareOff(
        origin=origin_of("c1", S1, "NSE:INFY"),
        account_id=S1,
        instrument="NSE:INFY",
        requested_by="ops",
        asked_at=at(),
    )


def test_one_command_gives_one_name_to_each_position_and_other_commands_give_others() -> None:
    names = {
        origin_of(*parts)
        for parts in [
            ("c1", S1, "A"),
            ("c2", S1, "A"),
            ("c1", AccountId("S2"), "A"),
            ("c1", S1, "B"),
            ("c1S", AccountId("1"), "A"),
        ]
    }
    assert len(names) == 5
    assert origin_of("c1", S1, "A") in names


def test_the_order_behind_it_closes_at_the_market_and_never_fills_itself() -> None:
    order = closing_order(_closing(), an_instrument(), side=Side.SELL, quantity=50, placed_at=at())
    assert (order.order_type, order.product, order.side, order.quantity) == ("MARKET", "MIS", Side.SELL, 50)
    assert (order.filled_quantity, order.is_terminal, order.account_id) == (0, False, S1)
    assert is_square_off(order)
    assert not is_square_off(an_order())


def test_it_is_younger_than_everything_it_closes() -> None:
    ahead = at() + timedelta(seconds=3)
    assert younger_than([], at()) == at()
    assert younger_than([ahead.timestamp(), 0.0], at()) > ahead
    assert younger_than([ahead.timestamp()], ahead + timedelta(seconds=1)) == ahead + timedelta(seconds=1)
