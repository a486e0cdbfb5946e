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


def play(service: Service, hand: HandClock, trader: DayTrader) -> list[str]:
    """Run one round of the script in virtual time and return what was not possible."""
    refused = []
    at_s = 0.0
    for step in DAY:
        while at_s < step.at_s:
            at_s += 0.05
            hand.at += timedelta(seconds=0.05)
            service.venue.step()
        if not act(trader, step):
            refused.append(step.what)
    hand.at += timedelta(seconds=1)
    service.venue.step()
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


def test_the_first_order_comes_within_two_seconds() -> None:
    assert DAY[0].at_s < 2
    assert [s.at_s for s in DAY] == sorted(s.at_s for s in DAY)


def test_a_refusal_skips_the_step_only() -> None:
    service, _hand = trading_day()
    trader = DayTrader(service)
    assert not act(trader, Step(0, "change what is not there", lambda t: t.change("nothing", price="1")))
