"""What an account holds, and which part of an order closes it: the signs that exits hang on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import Order, Side
from app.domain.positions import Fills, closing_quantity, held
from tests.builders.orders import an_order, at

B, S = Side.BUY, Side.SELL


def filled(side: Side, quantity: int, **changes: object) -> Order:
    fill = {"side": side, "quantity": quantity, "filled_quantity": quantity, "status": "COMPLETE"}
    return an_order(**(fill | changes))


@pytest.mark.parametrize(
    ("side", "quantity", "holding", "closing"),
    [
        (B, 50, 0, 0),
        (S, 50, 0, 0),
        (B, 50, 50, 0),
        (S, 50, -50, 0),
        (S, 50, 50, 50),
        (B, 50, -50, 50),
        (S, 30, 50, 30),
        (B, 30, -50, 30),
        (S, 100, 50, 50),
        (B, 100, -50, 50),
        (S, 50, 1, 1),
        (B, 50, -1, 1),
    ],
)
def test_an_order_closes_what_it_reduces_and_no_more(
    side: Side, quantity: int, holding: int, closing: int
) -> None:
    assert closing_quantity(an_order(side=side, quantity=quantity), holding) == closing


@pytest.mark.parametrize(
    ("orders", "net"),
    [
        ([], 0),
        ([filled(B, 50)], 50),
        ([filled(S, 50)], -50),
        ([filled(B, 50), filled(S, 20)], 30),
        ([filled(B, 50), filled(S, 80)], -30),
        ([an_order(quantity=50, filled_quantity=20)], 20),
        ([an_order(status="CANCELLED", quantity=50, filled_quantity=20)], 20),
        ([an_order(status="REJECTED", quantity=50)], 0),
        ([filled(B, 50, product="CNC")], 0),
        ([filled(B, 50, tradingsymbol="TCS")], 0),
        ([filled(B, 50, exchange="BSE")], 0),
    ],
)
def test_fills_of_the_same_instrument_and_product_make_the_position(orders: list[Order], net: int) -> None:
    assert held(orders, "NSE:INFY", "MIS") == net


def held_before(orders: list[Order], order: Order) -> int:
    fills = Fills()
    for other in orders:
        fills.note(other)
    return fills.held_before(order)


def test_what_was_held_before_an_order_leaves_out_itself_and_all_younger_ones() -> None:
    entry = filled(B, 50, placed_at=at("09:15:00"), order_id="1")
    exit_ = filled(S, 50, placed_at=at("10:00:00"), order_id="2")
    again = filled(B, 70, placed_at=at("11:00:00"), order_id="3")
    orders = [again, exit_, entry]
    assert [held_before(orders, order) for order in (entry, exit_, again)] == [0, 50, 0]


def test_within_one_second_the_lower_number_was_first() -> None:
    entry = filled(B, 50, order_id="1953341975595868160")
    exit_ = filled(S, 50, order_id="1953341975595868161")
    assert held_before([exit_, entry], exit_) == 50
    assert held_before([exit_, entry], entry) == 0


def test_an_older_sight_of_the_same_order_does_not_count_as_held_before_it() -> None:
    order = an_order(order_id="7")
    assert held_before([filled(B, 50, order_id="7")], order) == 0


def test_what_is_learnt_of_an_order_later_takes_the_place_of_what_was_known() -> None:
    unseen = an_order(order_id="1", quantity=50, placed_at=at("10:00:00"))
    earlier = filled(B, 50, order_id="1", placed_at=at("09:59:59"))
    exit_ = filled(S, 50, order_id="2", placed_at=at("10:00:00"))
    assert held_before([unseen, exit_], exit_) == 0
    assert held_before([unseen, exit_, earlier], exit_) == 50
    assert held_before([earlier, exit_, earlier, exit_], earlier) == 0


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(Side), st.integers(1, 9), st.integers(0, 30)),
        max_size=40,
    ),
    asked=st.integers(0, 9),
)
def test_it_agrees_with_adding_up_all_older_orders(
    steps: list[tuple[int, Side, int, int]], asked: int
) -> None:
    fills, newest = Fills(), {}
    for number, side, units, second in steps:
        order = filled(side, units, order_id=str(number), placed_at=at(f"10:00:{second:02d}"))
        fills.note(order)
        newest[number] = order
    order = newest.get(asked, an_order(order_id=str(asked), placed_at=at("10:00:15")))
    older = [other for other in newest.values() if other.seniority < order.seniority]
    assert fills.held_before(order) == held(older, order.instrument, order.product)
