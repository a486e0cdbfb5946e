"""The scripted day, without waiting: each step is taken, and a round leaves nothing open."""

from datetime import UTC, datetime, timedelta

from app.exchange.clock import SessionClock
from app.exchange.ledger import Ledger
from app.exchange.scenarios import DAY, DayTrader, Step, act
from app.exchange.service import Service
from app.exchange.venue import Venue


class HandClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


def trading_day() -> tuple[Service, HandClock]:
    hand = HandClock()
    venue = Venue(clock=SessionClock.opened_at(hand), seed=5)
    venue.accounts.create("PA0001")
    return Service.build(venue, seed=5, ledger=Ledger()), hand


def wait(service: Service, hand: HandClock, seconds: float) -> None:
    """Let virtual time pass in small steps, as the server's loop does."""
    for _ in range(round(seconds / 0.05)):
        hand.at += timedelta(seconds=0.05)
        service.venue.step()


def play(service: Service, hand: HandClock, trader: DayTrader) -> list[str]:
    """Run one round of the script in virtual time and return what was not possible."""
    refused = []
    at_s = 0.0
    for step in DAY:
        wait(service, hand, step.at_s - at_s)
        at_s = step.at_s
        if not act(trader, step):
            refused.append(step.what)
    wait(service, hand, 1.0)
    return refused


def test_a_round_takes_every_step_and_ends_flat() -> None:
    service, hand = trading_day()
    account = service.venue.accounts.get("PA0001")
    assert play(service, hand, DayTrader(service)) == []
    orders = service.venue.orders(account)
    assert {o["status"] for o in orders} <= {"COMPLETE", "CANCELLED"}
    assert {o["product"] for o in orders} == {"MIS", "CNC"}
    assert {o["order_type"] for o in orders} >= {"LIMIT", "SL"}
    assert [p["tradingsymbol"] for p in service.venue.positions(account)["net"] if p["quantity"]] == []


def test_rounds_repeat_without_running_out_of_money() -> None:
    service, hand = trading_day()
    for _ in range(5):
        assert play(service, hand, DayTrader(service)) == []


def test_what_was_left_open_is_closed_and_other_peoples_orders_are_not() -> None:
    service, hand = trading_day()
    venue, account = service.venue, service.venue.accounts.get("PA0001")
    trader = DayTrader(service)
    infy = trader.stock("INFY")
    foreign = {"exchange": "NSE", "tradingsymbol": "INFY", "transaction_type": "BUY", "product": "MIS"}
    price = trader.price(infy, 0.4)
    venue.place(account, "regular", {**foreign, "quantity": "3", "order_type": "LIMIT", "price": price})
    trader.enter("in", infy, "BUY", 20, "LIMIT", price=price)
    trader.enter("rests", infy, "SELL", 5, "LIMIT", price=trader.price(infy, 2.0))
    wait(service, hand, 1.0)
    trader.close_all()
    wait(service, hand, 1.0)
    positions = {p["tradingsymbol"]: p["quantity"] for p in venue.positions(account)["net"]}
    assert positions == {"INFY": 3}
    assert {o["status"] for o in venue.orders(account)} == {"COMPLETE", "CANCELLED"}


def test_the_first_order_comes_within_two_seconds() -> None:
    assert DAY[0].at_s < 2
    assert [s.at_s for s in DAY] == sorted(s.at_s for s in DAY)


def test_a_refusal_skips_the_step_only() -> None:
    service, _hand = trading_day()
    trader = DayTrader(service)
    assert not act(trader, Step(0, "change what is not there", lambda t: t.change("nothing", price="1")))
