"""The order book keeps price-time priority, limits and conservation of quantity."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.exchange.catalogue import list_instruments
from app.exchange.clock import SessionClock
from app.exchange.liquidity import Ladder
from app.exchange.matching import Book, Fill
from app.exchange.orders import OrderRecord
from tests.exchange.core_venue import MONDAY

CATALOGUE = list_instruments(date(2026, 11, 23), SessionClock(lambda: MONDAY))
WIPRO = CATALOGUE.by_key["NSE:WIPRO"]
LAST = 24_600


def order(number: int, side: int, quantity: int, limit: int, user: str = "") -> OrderRecord:
    """Return an order as the desk would hand it to the book."""
    return OrderRecord(
        order_id=str(number),
        user_id=user or f"U{number}",
        placed_by="U",
        instrument=WIPRO,
        variety="regular",
        side=side,
        order_type="LIMIT",
        product="MIS",
        validity="DAY",
        quantity=quantity,
        price=limit,
        limit=limit,
        trigger_price=0,
        order_timestamp="",
        priority=number,
    )


def book_at(tick: int = 1, last: int = LAST, stream: int = 5) -> Book:
    """Return an empty book with the ladder around a price."""
    ladder = Ladder(stream, WIPRO)
    ladder.refresh(tick, last)
    return Book(ladder)


def post(fills: list[Fill]) -> None:
    """Do what the desk does with fills, as far as the book cares."""
    for one, quantity, price in fills:
        one.filled += quantity
        one.filled_value += quantity * price


def enter(book: Book, one: OrderRecord) -> list[Fill]:
    """Match and rest an order as the desk would."""
    fills, _ = book.match(one)
    post(fills)
    if one.remaining:
        book.rest(one)
    return fills


orders = st.lists(
    st.tuples(st.sampled_from((1, -1)), st.integers(1, 9000), st.integers(LAST - 15, LAST + 15)),
    min_size=1,
    max_size=25,
)
moves = st.lists(st.integers(LAST - 20, LAST + 20), max_size=8)


@given(orders, moves)
def test_no_fill_breaks_a_limit_or_exceeds_a_quantity(
    wanted: list[tuple[int, int, int]], walk: list[int]
) -> None:
    book = book_at()
    placed = [order(number, *one) for number, one in enumerate(wanted, start=1)]
    fills = [fill for one in placed for fill in enter(book, one)]
    for tick, last in enumerate(walk, start=2):
        book.ladder.refresh(tick, last)
        swept = book.sweep()
        post(swept)
        fills += swept
    for one, quantity, price in fills:
        assert quantity > 0
        assert one.side * (one.limit - price) >= 0
    assert all(0 <= one.filled <= one.quantity for one in placed)


@given(orders)
def test_what_rests_is_exactly_what_is_left_and_never_crosses_the_other_clients(
    wanted: list[tuple[int, int, int]],
) -> None:
    book = book_at()
    placed = [order(number, *one) for number, one in enumerate(wanted, start=1)]
    for one in placed:
        enter(book, one)
    resting = book.resting(1) + book.resting(-1)
    assert sorted(one.order_id for one in resting) == sorted(one.order_id for one in placed if one.remaining)
    bids, asks = book.resting(1), book.resting(-1)
    assert not (bids and asks) or bids[0].limit < asks[0].limit
    for side in (bids, asks):
        ranks = [(-one.side * one.limit, one.priority) for one in side]
        assert ranks == sorted(ranks)


@given(orders)
def test_clients_and_ladder_together_buy_what_they_sell(wanted: list[tuple[int, int, int]]) -> None:
    book = book_at()
    before = {side: sum(level[1] for level in book.ladder.offers(side)) for side in (1, -1)}
    placed = [order(number, *one) for number, one in enumerate(wanted, start=1)]
    for one in placed:
        enter(book, one)
    taken = {side: before[side] - sum(level[1] for level in book.ladder.offers(side)) for side in (1, -1)}
    bought = sum(one.filled for one in placed if one.side > 0)
    sold = sum(one.filled for one in placed if one.side < 0)
    assert bought + taken[1] == sold + taken[-1]


def test_at_one_price_the_earlier_order_trades_first() -> None:
    book = book_at()
    first, second = order(1, 1, 10, LAST - 5), order(2, 1, 10, LAST - 5)
    enter(book, first)
    enter(book, second)
    book.ladder.refresh(2, LAST - 500)
    for level in book.ladder.offers(-1):
        level[1] = 0
    book.ladder.offers(-1)[0][1] = 12
    fills = book.sweep()
    assert [(fill.order.order_id, fill.quantity) for fill in fills] == [("1", 10), ("2", 2)]


def test_the_better_price_trades_first_and_at_the_resting_price() -> None:
    book = book_at()
    enter(book, order(1, -1, 10, LAST + 60))
    enter(book, order(2, -1, 10, LAST + 55))
    for level in book.ladder.offers(-1):
        level[1] = 0
    fills = enter(book, order(3, 1, 15, LAST + 100))
    assert [(fill.order.order_id, fill.quantity, fill.price) for fill in fills if fill.order.side < 0] == [
        ("2", 10, LAST + 55),
        ("1", 5, LAST + 60),
    ]


def test_a_large_order_fills_partly_and_rests() -> None:
    book = book_at()
    one = order(1, 1, 90_000, LAST + 50)
    enter(book, one)
    assert 0 < one.filled < 90_000
    assert book.resting(1) == [one]


def test_an_order_does_not_trade_with_its_own_account() -> None:
    book = book_at()
    enter(book, order(1, -1, 10, LAST + 60, user="ME"))
    for level in book.ladder.offers(-1):
        level[1] = 0
    fills, has_met_itself = book.match(order(2, 1, 10, LAST + 60, user="ME"))
    assert fills == []
    assert has_met_itself


def test_stops_trigger_in_the_direction_of_their_side() -> None:
    book = book_at()
    rising, falling = order(1, 1, 1, LAST + 20), order(2, -1, 1, LAST - 20)
    rising.trigger_price, falling.trigger_price = LAST + 10, LAST - 10
    book.watch(rising)
    book.watch(falling)
    assert book.take_triggered(LAST) == []
    assert book.take_triggered(LAST + 10) == [rising]
    assert book.take_triggered(LAST - 11) == [falling]
    assert book.is_empty


def test_an_auction_fills_all_who_accept_its_price() -> None:
    book = book_at()
    for number, (side, limit) in enumerate([(1, LAST - 10), (1, LAST - 30), (-1, LAST + 30)], start=1):
        book.rest(order(number, side, 5, limit))
    fills = book.uncross(LAST - 20)
    assert [(fill.order.order_id, fill.quantity, fill.price) for fill in fills] == [("1", 5, LAST - 20)]
    assert [one.order_id for one in book.resting(1) + book.resting(-1)] == ["2", "3"]


@given(st.integers(0, 10**9), st.integers(1, 50_000))
def test_the_ladder_is_never_crossed_and_holds_the_last_price(tick: int, last: int) -> None:
    ladder = Ladder(11, WIPRO)
    ladder.refresh(tick, last)
    bids, asks = ladder.offers(1), ladder.offers(-1)
    assert all(price > 0 and quantity > 0 for price, quantity, _ in bids + asks)
    assert [level[0] for level in asks] == sorted(level[0] for level in asks)
    if bids:
        assert bids[0][0] + WIPRO.tick_size == asks[0][0]
        assert last in (bids[0][0], asks[0][0])
