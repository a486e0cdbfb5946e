"""Money and positions always add up: net = cash - debits, positions = sum of fills, nothing leaks."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange import risk
from app.exchange.accounts import Account
from app.exchange.errors import KiteError
from app.exchange.money import rupees, rupees_text, to_paise
from app.exchange.positions import Position
from tests.exchange.core_venue import VirtualVenue, form

FUTURE = "NFO:NIFTY26NOVFUT"
CALL = "NFO:NIFTY26NOV25900CE"

actions = st.lists(
    st.one_of(
        st.tuples(
            st.just("place"),
            st.sampled_from(("BUY", "SELL")),
            st.sampled_from(
                (("INFY", 10, "MIS"), ("INFY", 3, "CNC"), (FUTURE, 65, "NRML"), (CALL, 65, "MIS"))
            ),
            st.integers(1, 4),
            st.sampled_from((None, 0.99, 1.0, 1.01)),
        ),
        st.tuples(st.just("cancel"), st.integers(0, 10)),
        st.tuples(st.just("modify"), st.integers(0, 10), st.integers(1, 6)),
        st.tuples(st.just("wait"), st.sampled_from((1, 600, 60_000))),
    ),
    max_size=25,
)


def act(desk: VirtualVenue, account: Account, action: tuple[Any, ...]) -> None:
    """Do one thing a client might do; refusals are part of life."""
    try:
        if action[0] == "place":
            _, side, (name, size, product), times, share = action
            key = name if ":" in name else f"NSE:{name}"
            params: dict[str, Any] = {"product": product}
            if share is not None:
                tick = desk.venue.catalogue.by_key[key].tick_size
                params["price"] = round(desk.last(key) * share * 100 / tick) * tick / 100
            desk.venue.place(account, "regular", form(f"{side} {size * times} {name}", **params))
        elif action[0] == "wait":
            desk.pass_time(milliseconds=action[1])
        else:
            orders = desk.venue.orders(account)
            if orders and action[0] == "cancel":
                desk.venue.cancel(account, "regular", orders[action[1] % len(orders)]["order_id"], {})
            elif orders:
                row = orders[action[1] % len(orders)]
                lot = desk.venue.catalogue.by_token[row["instrument_token"]].lot_size
                desk.venue.modify(account, "regular", row["order_id"], {"quantity": str(lot * action[2])})
    except KiteError:
        return


def check_books(desk: VirtualVenue, account: Account) -> None:
    """Compare every derived figure with what it is derived from."""
    equity = desk.venue.margins(account, "equity")
    assert equity["net"] == pytest.approx(
        equity["available"]["cash"] - equity["utilised"]["debits"], abs=0.01
    )
    assert account.blocked == sum(risk.blocked_by(one).total for one in account.positions.values())
    fills: dict[tuple[str, str], int] = {}
    for trade in desk.venue.trades(account):
        key = (trade["tradingsymbol"], trade["product"])
        signed = trade["quantity"] if trade["transaction_type"] == "BUY" else -trade["quantity"]
        fills[key] = fills.get(key, 0) + signed
    shown = desk.venue.positions(account)["net"]
    assert {(one["tradingsymbol"], one["product"]): one["quantity"] for one in shown} == fills
    for one in shown:
        assert one["quantity"] == one["buy_quantity"] - one["sell_quantity"]
        assert one["pnl"] == pytest.approx(one["value"] + one["quantity"] * one["last_price"], abs=0.01)
    for row in desk.venue.orders(account):
        traded = sum(one["quantity"] for one in desk.venue.order_trades(account, row["order_id"]))
        assert row["filled_quantity"] == traded <= row["quantity"]
        if row["status"] == "COMPLETE":
            assert traded == row["quantity"]
    for order in account.orders.values():
        assert 0 <= order.reserved <= (0 if order.is_final else order.remaining)
    for key, position in account.positions.items():
        line = [one for one in account.orders.values() if (one.instrument.key, one.product) == key]
        assert position.pending_buy == sum(one.reserved for one in line if one.side > 0)
        assert position.pending_sell == sum(one.reserved for one in line if one.side < 0)


@settings(max_examples=60, deadline=None)
@given(actions)
def test_books_add_up_after_anything_a_client_does(script: list[tuple[Any, ...]]) -> None:
    desk = VirtualVenue()
    account = desk.venue.accounts.create("PA0002", cash="1500000", holdings={"NSE:INFY": (7, "1400")})
    for action in script:
        act(desk, account, action)
        check_books(desk, account)


def close_everything(desk: VirtualVenue, account: Account) -> None:
    """Cancel what is open and trade every position back to nothing."""
    desk.pass_time(seconds=5)
    for row in desk.venue.orders(account):
        act(desk, account, ("cancel", desk.venue.orders(account).index(row)))
    desk.pass_time(seconds=1)
    for row in desk.venue.positions(account)["net"]:
        if row["quantity"]:
            side = "SELL" if row["quantity"] > 0 else "BUY"
            text = f"{side} {abs(row['quantity'])} {row['exchange']}:{row['tradingsymbol']}"
            desk.venue.place_external(account, form(text, product=row["product"]), placed_by="rms1")
    desk.pass_time(seconds=30)


@settings(max_examples=25, deadline=None)
@given(actions)
def test_after_all_is_closed_only_the_result_of_the_trades_is_left(script: list[tuple[Any, ...]]) -> None:
    desk = VirtualVenue()
    account = desk.venue.accounts.create("PA0002", cash="1500000")
    for action in script:
        act(desk, account, action)
    close_everything(desk, account)
    before = account.cash
    flow = 0
    for trade in desk.venue.trades(account):
        value = round(trade["average_price"] * 100) * trade["quantity"]
        flow += value if trade["transaction_type"] == "SELL" else -value
    assert account.blocked == -flow
    desk.venue.advance_session()
    assert account.cash - before == flow
    assert account.blocked == 0


money = st.integers(1, 10**7)
lots = st.integers(0, 50)
sides = st.sampled_from((1, -1))
CATALOGUE = VirtualVenue().venue.catalogue


@given(st.tuples(lots, lots), st.tuples(money, money), sides, st.sampled_from((FUTURE, CALL, "NSE:INFY")))
def test_an_order_that_only_closes_needs_no_money(
    quantities: tuple[int, int], prices: tuple[int, int], side: int, key: str
) -> None:
    closing, held = sorted(quantities)
    line = Position(CATALOGUE.by_key[key], "MIS")
    if held:
        line.trade(side, held, prices[0])
    line.blocked = risk.blocked_by(line).total
    assert risk.required_for(line, -side, closing, prices[1]) <= 0


@given(lots.filter(bool), money, sides, st.sampled_from((FUTURE, "NSE:INFY")))
def test_opening_needs_money_and_both_sides_the_same(quantity: int, price: int, side: int, key: str) -> None:
    instrument = CATALOGUE.by_key[key]
    there, back = Position(instrument, "MIS"), Position(instrument, "MIS")
    assert risk.required_for(there, side, quantity, price) == risk.required_for(back, -side, quantity, price)
    there.pend(side, quantity, price)
    blocked = risk.blocked_by(there).total
    there.pend(-side, quantity, price)
    assert risk.blocked_by(there).total == blocked


def test_money_is_blocked_for_an_open_order_and_let_go_with_it() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=1500)
    assert desk.account.blocked == 5 * 150_000 // 5
    desk.pass_time()
    desk.venue.cancel(desk.account, "regular", order_id, {})
    desk.pass_time()
    assert desk.account.blocked == 0


def test_a_lot_of_an_option_costs_its_premium_and_selling_it_gives_it_back() -> None:
    desk = VirtualVenue()
    desk.venue.freeze_price(CALL, True)
    desk.place(f"BUY 65 {CALL}", product="NRML")
    desk.pass_time()
    price = round(desk.net(CALL[4:], "NRML")["buy_price"] * 100)
    assert desk.account.blocked == 65 * price
    assert desk.venue.margins(desk.account, "equity")["utilised"]["option_premium"] == rupees(65 * price)


@given(st.integers(-(10**12), 10**12))
def test_amounts_survive_their_text(paise: int) -> None:
    assert to_paise(rupees_text(paise)) == paise


@pytest.mark.parametrize("text", ["", "abc", "1.005", "NaN", "Infinity", "1e-3"])
def test_what_is_no_whole_paisa_is_no_amount(text: str) -> None:
    assert to_paise(text) is None


def test_whole_rupees_have_no_fraction_as_in_kites_json() -> None:
    assert repr(rupees(7200)) == "72"
    assert repr(rupees(7250)) == "72.5"
