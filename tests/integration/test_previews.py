"""A preview in a whole paper run: what it counts is what the exchange then gets; what is short is said."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.eventually import eventually
from tests.builders.tandem import Tandem, held, tandem

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

ACCOUNTS = ("PA0002", "PA0003", "PA0004")


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tandem]:
    with tandem(tmp_path_factory.mktemp("data"), "--paper") as run:
        yield run.wait_ready()


def post(paper: Tandem, path: str, **body: object) -> dict[str, Any]:
    answer = paper.sign_in().post(f"{paper.url}/api/v1/{path}", json=body, timeout=30)
    assert answer.ok, answer.text
    told: dict[str, Any] = answer.json()
    return told


def place(paper: Tandem, symbol: str, quantity: int, exchange: str = "NSE") -> str:
    params = {
        "exchange": exchange,
        "tradingsymbol": symbol,
        "transaction_type": "BUY",
        "quantity": str(quantity),
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
    }
    placed = paper.control("POST", "/orders", {"user_id": "PA0001", "params": params})
    return str(placed["order_id"])


def sent_for(paper: Tandem, orders: list[str]) -> list[dict[str, Any]]:
    """Return what reached the exchange for the copies of some primary orders."""
    tags = {leg["tag"] for order in orders for copy in copies(paper, order) for leg in copy["legs"]}
    return [row for row in paper.ledger(action="place") if row["tag"] in tags]


def test_the_preview_counts_what_the_exchange_then_gets(paper: Tandem) -> None:
    eventually(lambda: all(row["state"] == "ready" for row in paper.snapshot()["accounts"].values()))
    post(paper, "mode", command_id=uuid4().hex, mode="manual")
    orders = [place(paper, "INFY", 7), place(paper, "SBIN", 1)]
    eventually(lambda: all(len(copies(paper, order)) == 3 for order in orders))

    preview = post(paper, "previews", orders=orders)

    assert {row["order_id"] for row in preview["orders"]} == set(orders)
    for row in preview["orders"]:
        assert float(row["last_price"]) > 0
        assert row["moved_percent"][0] in "+-"
        assert not row["is_exit"]
    sizes = {(row["order_id"], row["account_id"]): row["slices"] for row in preview["copies"]}
    assert sizes == {
        (orders[0], "PA0002"): [7],
        (orders[0], "PA0003"): [17],
        (orders[0], "PA0004"): [3],
        (orders[1], "PA0002"): [1],
        (orders[1], "PA0003"): [2],
        (orders[1], "PA0004"): [],
    }
    assert preview["order_count"] == 5
    for row in preview["accounts"]:
        assert float(row["funds_free"]) > float(row["funds_needed"]) > 0
        assert row["warnings"] == []
    assert preview["warnings"] == []
    assert {copy["state"] for order in orders for copy in copies(paper, order)} == {"HELD", "SKIPPED"}

    post(paper, "copies", command_id=uuid4().hex, orders=orders)

    eventually(
        lambda: all(copy["state"] in {"FILLED", "SKIPPED"} for o in orders for copy in copies(paper, o))
    )
    assert len(sent_for(paper, orders)) == preview["order_count"]


def test_funds_that_are_short_are_said_and_so_is_a_dead_session(paper: Tandem) -> None:
    paper.control("POST", "/accounts/PA0004/expire")
    eventually(lambda: paper.snapshot()["accounts"]["PA0004"]["state"] == "blocked", timeout_s=60)
    order = place(paper, "RELIANCE", 1600)
    eventually(lambda: len(copies(paper, order)) == 3)

    preview = post(paper, "previews", orders=[order])

    told = {row["account_id"]: row for row in preview["accounts"]}
    assert told["PA0004"]["warnings"] == ["its session has expired: log in first"]
    assert told["PA0003"]["warnings"][0].endswith("needed: expect a rejection")
    assert preview["order_count"] == 2


def copies(paper: Tandem, order: str) -> list[dict[str, Any]]:
    shown = paper.snapshot()
    return [mine[order] for account in ACCOUNTS if order in (mine := held(shown, account))]
