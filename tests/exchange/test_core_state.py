"""A killed venue started again on its files shows the same, and the same script gives the same day."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from app.exchange.accounts import Account
from app.exchange.errors import KiteError
from app.exchange.venue import Venue
from tests.exchange.core_venue import MONDAY, VirtualVenue, form
from tests.exchange.test_core_money import act, actions

OPENED: list[Venue] = []
KEYS = ["NSE:INFY", "NFO:NIFTY26NOVFUT", "NFO:NIFTY26NOV25900CE"]


@pytest.fixture(autouse=True)
def _close_files() -> Iterator[None]:
    """Close the files of venues that were "killed" during the test."""
    yield
    while OPENED:
        OPENED.pop().close()


def opened(directory: Path | None, **switches: Any) -> VirtualVenue:
    """Start a venue on a directory."""
    desk = VirtualVenue(state_dir=directory, **switches)
    OPENED.append(desk.venue)
    return desk


def shown(venue: Venue, account: Account) -> dict[str, Any]:
    """Return everything a client can see of his account and the market."""
    rows = venue.orders(account)
    return {
        "orders": rows,
        "histories": [venue.order_history(account, row["order_id"]) for row in rows],
        "trades": venue.trades(account),
        "positions": venue.positions(account),
        "holdings": venue.holdings(account),
        "margins": venue.margins(account),
        "ltp": venue.ltp(KEYS),
    }


def live(directory: Path | None, script: list[tuple[Any, ...]]) -> VirtualVenue:
    """Run a script of client actions, with a hand on the price and a night in between."""
    desk = opened(directory, keep_tokens=True)
    desk.venue.accounts.create("PA0002", cash="1500000", holdings={"NSE:INFY": (7, "1400")})
    account = desk.venue.accounts.get("PA0002")
    for place, action in enumerate(script):
        act(desk, account, action)
        if place == 5:
            desk.venue.set_price("NSE:INFY", "1544.40")
            desk.venue.halt("NSE:TCS", True)
        if place == 12:
            desk.venue.advance_session()
    return desk


def restarted(desk: VirtualVenue, directory: Path) -> Venue:
    """Start a second venue on the files of the first, which is simply forgotten, as after SIGKILL."""
    OPENED.append(Venue(clock=desk.clock, seed=7, state_dir=directory, keep_tokens=True))
    return OPENED[-1]


@settings(max_examples=40, deadline=None)
@given(script=actions)
def test_a_killed_venue_shows_the_same_after_a_restart(
    script: list[tuple[Any, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("state")
    desk = live(directory, script)
    account = desk.venue.accounts.get("PA0002")
    desk.pass_time()
    again = restarted(desk, directory)
    again.step()
    twin = again.accounts.by_token(account.api_key, account.access_token)
    assert shown(again, twin) == shown(desk.venue, account)
    assert twin.blocked == account.blocked
    desk.pass_time(minutes=3)
    again.step()
    finals = [row["status"] for row in again.orders(twin)]
    assert finals == [row["status"] for row in desk.venue.orders(account)]


@settings(max_examples=15, deadline=None)
@given(script=actions)
def test_the_same_calls_at_the_same_times_give_the_same_day(script: list[tuple[Any, ...]]) -> None:
    first, second = live(None, script), live(None, script)
    one, other = (desk.venue.accounts.get("PA0002") for desk in (first, second))
    assert shown(first.venue, one) == shown(second.venue, other)


def test_a_last_line_cut_short_by_the_kill_is_dropped(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    order_id = desk.place("BUY 5 INFY")
    (file,) = tmp_path.glob("session-*.ndjson")
    with file.open("ab") as torn:
        torn.write(b'{"kind":"order","ord')
    again = restarted(desk, tmp_path)
    account = again.accounts.get("PA0001")
    assert [row["order_id"] for row in again.orders(account)] == [order_id]
    desk.pass_time()
    again.step()
    assert again.orders(account)[0]["status"] == "COMPLETE"
    third = restarted(desk, tmp_path)
    assert third.orders(third.accounts.get("PA0001"))[0]["status"] == "COMPLETE"


def test_changes_under_way_go_on_after_a_restart(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    modified, cancelled = desk.place("BUY 5 INFY", price=1450), desk.place("BUY 5 INFY", price=1451)
    desk.pass_time()
    desk.venue.modify(desk.account, "regular", modified, {"quantity": "8"})
    desk.venue.cancel(desk.account, "regular", cancelled, {})
    again = restarted(desk, tmp_path)
    account = again.accounts.get("PA0001")
    desk.now += (MONDAY - MONDAY.replace(minute=MONDAY.minute - 1)) / 10
    again.step()
    rows = {row["order_id"]: row for row in again.orders(account)}
    assert (rows[modified]["quantity"], rows[modified]["status"]) == (8, "OPEN")
    assert rows[cancelled]["status"] == "CANCELLED"


def test_order_ids_are_never_used_twice_even_when_time_stands_still(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    before = [desk.place("BUY 1 INFY") for _ in range(5)]
    again = restarted(desk, tmp_path)
    account = again.accounts.get("PA0001")
    order_id = again.place(account, "regular", form("BUY 1 INFY"))["order_id"]
    assert order_id not in before
    assert len(order_id) == 19
    assert int(order_id) > max(int(one) for one in before)


def test_the_clock_of_a_restarted_venue_never_goes_back(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    desk.pass_time(hours=2)
    desk.place("BUY 5 INFY")
    reached = desk.clock.now()
    later = opened(tmp_path)
    assert later.clock.now() == reached


def test_a_conversion_a_token_and_an_auction_survive(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    desk.place("BUY 5 INFY")
    desk.pass_time()
    change = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "position_type": "day",
        "quantity": "2",
        "old_product": "MIS",
        "new_product": "CNC",
    }
    assert desk.venue.convert_position(desk.account, change) is True
    desk.venue.accounts.expire("PA0001")
    again = restarted(desk, tmp_path)
    account = again.accounts.get("PA0001")
    assert again.positions(account) == desk.venue.positions(desk.account)
    assert account.blocked == desk.account.blocked
    with pytest.raises(KiteError, match="access_token"):
        again.accounts.by_token(account.api_key, account.access_token)


def test_old_session_files_are_cleared_away(tmp_path: Path) -> None:
    desk = opened(tmp_path)
    for _ in range(4):
        desk.venue.advance_session()
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["session-2026-11-26.ndjson", "session-2026-11-27.ndjson"]


def test_an_evening_order_and_a_timed_one_survive_the_night_and_the_kill(tmp_path: Path) -> None:
    desk = opened(tmp_path, keep_tokens=True)
    desk.pass_time(hours=9)
    queued = desk.place("BUY 5 INFY", variety="amo", product="CNC")
    desk.venue.halt("NSE:TCS", True)
    desk.venue.halt("NSE:TCS", False)
    desk.pass_time(hours=13)
    again = restarted(desk, tmp_path)
    account = again.accounts.get("PA0001")
    assert [row["order_id"] for row in again.orders(account)] == [queued]
    desk.now += timedelta(hours=2)
    again.step()
    desk.now += timedelta(seconds=30)
    again.step()
    assert again.orders(account)[0]["status"] == "COMPLETE"
    timed = again.place(account, "regular", form("BUY 5 INFY", price=1450, validity="TTL", validity_ttl=5))
    desk.now += timedelta(seconds=1)
    again.step()
    third = restarted(desk, tmp_path)
    desk.now += timedelta(minutes=6)
    third.step()
    rows = {row["order_id"]: row for row in third.orders(third.accounts.get("PA0001"))}
    assert rows[timed["order_id"]]["status"] == "CANCELLED"
