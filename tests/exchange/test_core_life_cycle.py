"""An order's life: the states Kite shows, in their order, on the list and in the history."""

import pytest

from app.exchange.errors import KiteError
from tests.exchange.core_venue import VirtualVenue


def history(desk: VirtualVenue, order_id: str) -> list[str]:
    """Return the statuses an order went through."""
    return [row["status"] for row in desk.venue.order_history(desk.account, order_id)]


def away(desk: VirtualVenue, share: float = 0.98) -> str:
    """Return a price on the tick, some way below the last one."""
    return f"{round(desk.last() * share, 0):.2f}"


def test_an_order_is_on_the_list_at_once_and_moves_on_with_time() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY")
    assert desk.row(order_id)["status"] == "PUT ORDER REQ RECEIVED"
    desk.pass_time(milliseconds=1)
    assert desk.row(order_id)["status"] == "PUT ORDER REQ RECEIVED"
    desk.pass_time(milliseconds=1)
    assert desk.row(order_id)["status"] == "COMPLETE"
    assert history(desk, order_id) == [
        "PUT ORDER REQ RECEIVED",
        "VALIDATION PENDING",
        "OPEN PENDING",
        "OPEN",
        "COMPLETE",
    ]


def test_a_protected_market_order_shows_as_a_limit_with_tags() -> None:
    desk = VirtualVenue()
    last = desk.last()
    order_id = desk.place("BUY 5 INFY", tag="TC1")
    desk.pass_time()
    row = desk.row(order_id)
    assert (row["order_type"], row["market_protection"]) == ("LIMIT", 0)
    assert row["tags"] == ["TC1", "mktp", "mktp:0.50"]
    assert last < row["price"] <= last * 1.005
    assert row["average_price"] < row["price"]


def test_lax_rules_take_a_market_order_without_protection() -> None:
    desk = VirtualVenue(strict_2026=False)
    order_id = desk.place("BUY 5 INFY", market_protection=0)
    desk.pass_time()
    row = desk.row(order_id)
    assert (row["order_type"], row["price"], row["status"]) == ("MARKET", 0, "COMPLETE")
    assert "tags" not in row


def test_a_modification_shows_its_states_and_applies_after_the_latency() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    assert desk.venue.modify(desk.account, "regular", order_id, {"quantity": "7"}) == {"order_id": order_id}
    assert desk.row(order_id)["status"] == "MODIFY VALIDATION PENDING"
    with pytest.raises(KiteError, match="being processed"):
        desk.venue.cancel(desk.account, "regular", order_id, {})
    desk.pass_time()
    assert history(desk, order_id)[4:] == ["MODIFY VALIDATION PENDING", "MODIFY PENDING", "MODIFIED", "OPEN"]
    assert (desk.row(order_id)["quantity"], desk.row(order_id)["modified"]) == (7, True)


def test_a_cancelled_order_keeps_its_pending_quantity() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    desk.venue.cancel(desk.account, "regular", order_id, {})
    assert desk.row(order_id)["status"] == "CANCEL PENDING"
    desk.pass_time()
    row = desk.row(order_id)
    assert (row["status"], row["pending_quantity"], row["cancelled_quantity"]) == ("CANCELLED", 5, 5)
    with pytest.raises(KiteError, match="already cancelled"):
        desk.venue.cancel(desk.account, "regular", order_id, {})


def test_a_fill_that_overtakes_a_cancellation_stands() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    desk.venue.cancel(desk.account, "regular", order_id, {})
    desk.venue.set_price("NSE:INFY", f"{round(desk.last() * 0.95, 0):.2f}")
    assert desk.row(order_id)["status"] == "COMPLETE"
    desk.pass_time()
    assert desk.row(order_id)["status"] == "COMPLETE"


def test_a_stop_waits_for_its_trigger_and_then_trades() -> None:
    desk = VirtualVenue()
    desk.venue.freeze_price("NSE:INFY", True)
    last = desk.last()
    order_id = desk.place(
        "BUY 5 INFY", order_type="SL", price=round(last + 12), trigger_price=round(last + 10)
    )
    desk.pass_time()
    assert desk.row(order_id)["status"] == "TRIGGER PENDING"
    desk.venue.set_price("NSE:INFY", str(round(last + 10)))
    desk.pass_time()
    assert history(desk, order_id)[3:] == ["TRIGGER PENDING", "OPEN", "COMPLETE"]
    assert desk.row(order_id)["order_type"] == "SL"


def test_an_order_too_large_for_the_moment_fills_bit_by_bit() -> None:
    desk = VirtualVenue()
    desk.venue.accounts.get("PA0001").cash = 10**12
    order_id = desk.place("BUY 6000 INFY", price=round(desk.last() * 1.03))
    desk.pass_time(milliseconds=10)
    row = desk.row(order_id)
    assert row["status"] == "OPEN"
    assert 0 < row["filled_quantity"] < 6000
    assert row["pending_quantity"] == 6000 - row["filled_quantity"]
    for _ in range(60):
        desk.pass_time()
    assert desk.row(order_id)["status"] == "COMPLETE"
    trades = desk.venue.order_trades(desk.account, order_id)
    assert sum(trade["quantity"] for trade in trades) == 6000
    assert len(trades) > 1


def test_ioc_gives_back_what_does_not_fill_at_once() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk), validity="IOC")
    desk.pass_time()
    assert (desk.row(order_id)["status"], desk.row(order_id)["cancelled_quantity"]) == ("CANCELLED", 5)


def test_ttl_ends_after_its_minutes() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk, 0.92), validity="TTL", validity_ttl=2)
    desk.pass_time(minutes=1, seconds=59)
    assert desk.row(order_id)["status"] == "OPEN"
    desk.pass_time(seconds=2)
    assert desk.row(order_id)["status"] == "CANCELLED"


def test_a_halted_instrument_accepts_orders_and_trades_them_after_the_halt() -> None:
    desk = VirtualVenue()
    desk.venue.halt("NSE:INFY", True)
    order_id = desk.place("BUY 5 INFY")
    desk.pass_time()
    assert desk.row(order_id)["status"] == "OPEN"
    desk.venue.halt("NSE:INFY", False)
    assert desk.row(order_id)["status"] in ("OPEN", "COMPLETE")
    desk.pass_time(seconds=30)
    assert desk.row(order_id)["status"] == "COMPLETE"


def test_a_row_is_the_same_object_until_the_order_changes() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    before = desk.row(order_id)
    desk.pass_time()
    assert desk.row(order_id) is before
    desk.venue.cancel(desk.account, "regular", order_id, {})
    assert desk.row(order_id) is not before
    assert before["status"] == "OPEN"


def test_listeners_hear_of_every_lasting_change_but_not_of_the_request() -> None:
    desk = VirtualVenue()
    desk.place("BUY 5 INFY")
    assert desk.updates == []
    desk.pass_time()
    assert [row["status"] for row in desk.updates] == ["OPEN", "COMPLETE"]


def test_the_26th_modification_is_refused_as_kite_names_it() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk, 0.93))
    desk.pass_time()
    for step in range(25):
        desk.venue.modify(desk.account, "regular", order_id, {"quantity": str(6 + step)})
        desk.pass_time()
    with pytest.raises(KiteError, match="Maximum allowed order modifications exceeded") as refusal:
        desk.venue.modify(desk.account, "regular", order_id, {"quantity": "50"})
    assert refusal.value.error_type == "NetworkException"


def test_only_a_price_change_or_a_larger_quantity_loses_the_place_in_the_queue() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    record = desk.account.orders[order_id]
    place = record.priority
    desk.venue.modify(desk.account, "regular", order_id, {"quantity": "3"})
    desk.pass_time()
    assert record.priority == place
    desk.venue.modify(desk.account, "regular", order_id, {"quantity": "9"})
    desk.pass_time()
    assert record.priority > place


def test_a_stranger_does_not_find_the_order() -> None:
    desk = VirtualVenue()
    other = desk.venue.accounts.create("PA0002")
    order_id = desk.place("BUY 5 INFY")
    for call in (
        lambda: desk.venue.order_history(other, order_id),
        lambda: desk.venue.cancel(other, "regular", order_id, {}),
        lambda: desk.venue.cancel(desk.account, "co", order_id, {}),
    ):
        with pytest.raises(KiteError, match="Couldn't find that `order_id`"):
            call()


def test_an_order_from_outside_carries_who_placed_it() -> None:
    desk = VirtualVenue()
    form = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "quantity": "5",
        "product": "MIS",
        "order_type": "MARKET",
    }
    order_id = desk.venue.place_external(desk.account, form, placed_by="rms7")["order_id"]
    desk.pass_time()
    assert (desk.row(order_id)["placed_by"], desk.row(order_id)["status"]) == ("rms7", "COMPLETE")


def test_a_fill_that_overtakes_a_modification_stands() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=away(desk))
    desk.pass_time()
    desk.venue.modify(desk.account, "regular", order_id, {"quantity": "9"})
    desk.venue.set_price("NSE:INFY", f"{round(desk.last() * 0.95, 0):.2f}")
    desk.pass_time()
    row = desk.row(order_id)
    assert (row["status"], row["quantity"], row["filled_quantity"]) == ("COMPLETE", 5, 5)
    assert history(desk, order_id)[-2:] == ["MODIFY VALIDATION PENDING", "COMPLETE"]


def test_a_quantity_reduced_to_what_was_filled_meanwhile_completes_the_order() -> None:
    desk = VirtualVenue()
    desk.account.cash = 10**12
    order_id = desk.place("BUY 6000 INFY", price=round(desk.last() * 1.03))
    desk.pass_time(milliseconds=10)
    filled = desk.row(order_id)["filled_quantity"]
    with pytest.raises(KiteError, match="already traded"):
        desk.venue.modify(desk.account, "regular", order_id, {"quantity": str(filled)})
    desk.venue.modify(desk.account, "regular", order_id, {"quantity": str(filled + 1)})
    desk.venue.set_price("NSE:INFY", f"{desk.last() - 5:.2f}")
    desk.pass_time()
    row = desk.row(order_id)
    assert row["status"] == "COMPLETE"
    assert row["quantity"] == row["filled_quantity"] > filled
    assert desk.account.blocked == sum(one.blocked for one in desk.account.positions.values())


def test_the_square_off_ends_an_order_that_has_not_arrived_yet() -> None:
    desk = VirtualVenue()
    desk.pass_to(15, 11, 59)
    desk.pass_time(milliseconds=999)
    order_id = desk.place("BUY 5 INFY")
    desk.pass_time()
    assert history(desk, order_id) == ["PUT ORDER REQ RECEIVED", "CANCELLED"]
    assert desk.account.blocked == 0


def test_an_order_that_would_meet_its_own_account_is_cancelled() -> None:
    desk = VirtualVenue()
    desk.account.cash = 10**12
    desk.venue.freeze_price("NSE:INFY", True)
    resting = desk.place("SELL 5 INFY", price=round(desk.last() + 2))
    desk.pass_time()
    crossing = desk.place("BUY 60000 INFY", price=round(desk.last() + 2))
    desk.pass_time()
    row = desk.row(crossing)
    assert (desk.row(resting)["status"], row["status"]) == ("OPEN", "CANCELLED")
    assert "your own order" in row["status_message"]
    assert row["filled_quantity"] + row["cancelled_quantity"] == 60000
