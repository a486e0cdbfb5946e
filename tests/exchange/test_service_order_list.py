"""Order lists: encoded once per change, and exactly as they stood when they are served stale."""

from typing import Any, cast

import msgspec

from app.exchange.accounts import Account
from app.exchange.http.order_list import OrderLists
from app.exchange.venue import Venue

ACCOUNT = Account(user_id="PA0001", name="Paper", api_key="k", api_secret="s", access_token="t", cash=0)


class OneAccount:
    """Stands for a venue with one account; `put` changes an order as the venue would."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.now_s = 100.0
        self.accounts = self
        self.lists = OrderLists(cast(Venue, self), lambda: self.now_s)

    def all(self) -> list[Account]:
        return [ACCOUNT]

    def orders(self, _account: Account) -> list[dict[str, Any]]:
        return list(self.rows.values())

    def put(self, order_id: str, status: str, at_s: float) -> None:
        self.now_s = at_s
        self.rows[order_id] = {"order_id": order_id, "status": status}
        self.lists.changed(ACCOUNT, self.rows[order_id])

    def seen(self, age_s: float = 0.0) -> dict[str, str]:
        answer = msgspec.json.decode(self.lists.body(ACCOUNT, age_s=age_s))
        assert answer["status"] == "success"
        return {row["order_id"]: row["status"] for row in answer["data"]}


def test_the_list_is_true_without_an_age() -> None:
    one = OneAccount()
    assert one.seen() == {}
    one.put("1", "OPEN", 101)
    one.put("2", "OPEN", 102)
    one.put("1", "COMPLETE", 103)
    assert one.seen() == {"1": "COMPLETE", "2": "OPEN"}


def test_each_age_shows_that_moment() -> None:
    one = OneAccount()
    one.put("1", "OPEN", 101)
    one.put("2", "OPEN", 102)
    one.put("1", "COMPLETE", 103)
    one.now_s = 104
    assert one.seen(0.5) == {"1": "COMPLETE", "2": "OPEN"}
    assert one.seen(1.5) == {"1": "OPEN", "2": "OPEN"}
    assert one.seen(2.5) == {"1": "OPEN"}
    assert one.seen(3.5) == {}
    assert one.seen() == {"1": "COMPLETE", "2": "OPEN"}


def test_orders_of_an_earlier_run_were_there_before() -> None:
    one = OneAccount()
    one.rows["1"] = {"order_id": "1", "status": "OPEN"}
    one.lists.prime()
    one.put("1", "COMPLETE", 101)
    one.now_s = 102
    assert one.seen(1.5) == {"1": "OPEN"}


def test_changes_older_than_the_window_are_forgotten() -> None:
    one = OneAccount()
    one.put("1", "OPEN", 101)
    one.put("1", "COMPLETE", 150)
    one.now_s = 151
    assert one.seen(30) == {"1": "OPEN"}  # the birth at 101 is out of the window and stays


def test_an_unchanged_row_is_encoded_once() -> None:
    one = OneAccount()
    one.put("1", "OPEN", 101)
    one.seen()
    one.rows["1"]["status"] = (
        "CHANGED IN PLACE"  # the venue never does this; it shows that nothing is re-read
    )
    assert one.seen() == {"1": "OPEN"}


def test_a_list_read_before_the_venue_told_of_an_order_does_not_hide_its_birth() -> None:
    one = OneAccount()
    one.now_s = 101
    one.rows["1"] = {"order_id": "1", "status": "PUT ORDER REQ RECEIVED"}
    assert one.seen() == {"1": "PUT ORDER REQ RECEIVED"}
    one.put("1", "OPEN", 102)
    one.now_s = 103
    assert one.seen(0.5) == {"1": "OPEN"}
    assert one.seen(1.5) == {"1": "PUT ORDER REQ RECEIVED"}
    assert one.seen(2.5) == {}
