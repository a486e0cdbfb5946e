"""Faults over real sockets: what the client sees, what the order list shows and what the ledger swears to."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange

NEVER = [
    "refuse",
    "429",
    "token_dead",
    "maintenance",
    "reset_before",
    "5xx_before",
    "timed_out_before",
    "hang",
]
NOW = ["reset_after", "5xx_after", "timed_out_after", "garbled_after", "reply_lost"]
LATE = ["late_timed_out", "late_reset", "late_5xx", "late_silence"]
SILENT = {"hang", "reply_lost", "late_silence"}
STATUS = {
    "refuse": 400,
    "429": 429,
    "token_dead": 403,
    "maintenance": 503,
    "5xx_before": 502,
    "5xx_after": 502,
    "late_5xx": 502,
    "timed_out_before": 400,
    "timed_out_after": 400,
    "late_timed_out": 400,
    "garbled_after": 200,
}
ORDER = {
    "exchange": "NSE",
    "tradingsymbol": "INFY",
    "transaction_type": "BUY",
    "quantity": "1",
    "product": "MIS",
    "order_type": "LIMIT",
}


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=2) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        yield server


@pytest.fixture(autouse=True)
def _no_faults_left(exchange: ExchangeServer) -> Iterator[None]:
    yield
    exchange.control("DELETE", "/faults")


def call(
    exchange: ExchangeServer, method: str, path: str, *, timeout_s: float = 5.0, **more: Any
) -> requests.Response:
    headers = {"Authorization": "token paperkeypa0001:papertokenpa0001"}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, exchange.root + path, headers=headers, timeout=timeout_s, **more)


def place(exchange: ExchangeServer, tag: str, *, timeout_s: float = 5.0) -> requests.Response:
    form = {**ORDER, "price": "1490", "tag": tag}
    return call(exchange, "POST", "/orders/regular", data=form, timeout_s=timeout_s)


def told(exchange: ExchangeServer, kind: str, tag: str) -> object:
    """Place an order into a fault and return what the client saw: a status, `silence` or `reset`."""
    try:
        return place(exchange, tag, timeout_s=0.4 if kind in SILENT else 5.0).status_code
    except requests.exceptions.ReadTimeout:
        return "silence"
    except requests.exceptions.ConnectionError:
        return "reset"


def orders_tagged(exchange: ExchangeServer, tag: str) -> list[str]:
    rows = call(exchange, "GET", "/orders").json()["data"]
    return [row["order_id"] for row in rows if row["tag"] == tag]


def expected(kind: str) -> object:
    if kind in SILENT:
        return "silence"
    return "reset" if "reset" in kind else STATUS[kind]


@pytest.mark.parametrize("kind", NEVER)
def test_before_acceptance_nothing_is_ever_placed(exchange: ExchangeServer, kind: str) -> None:
    tag = f"N{kind}"
    exchange.fault(kind, account="PA0001", route="orders.place")
    assert told(exchange, kind, tag) == expected(kind)
    (entry,) = exchange.ledger(tag=tag)
    assert (entry["outcome"], entry["fault"], entry["order_ids"]) == ("dropped", kind, [])
    assert orders_tagged(exchange, tag) == []


@pytest.mark.parametrize("kind", NOW)
def test_after_acceptance_the_order_is_there_whatever_the_client_saw(
    exchange: ExchangeServer, kind: str
) -> None:
    tag = f"A{kind}"
    exchange.fault(kind, account="PA0001")
    assert told(exchange, kind, tag) == expected(kind)
    (entry,) = exchange.ledger(tag=tag)
    assert (entry["outcome"], entry["fault"], entry["is_late"]) == ("accepted", kind, False)
    assert orders_tagged(exchange, tag) == entry["order_ids"] != []
    assert entry["settled_ns"] >= entry["arrived_ns"]


@pytest.mark.parametrize("kind", LATE)
def test_late_acceptance_comes_after_the_answer(exchange: ExchangeServer, kind: str) -> None:
    tag = f"L{kind}"
    exchange.fault(kind, account="PA0001", delay_s=1.5)
    assert told(exchange, kind, tag) == expected(kind)
    assert orders_tagged(exchange, tag) == []
    assert exchange.ledger(tag=tag)[0]["outcome"] == "pending"
    found = eventually(lambda: orders_tagged(exchange, tag))
    (entry,) = exchange.ledger(tag=tag)
    assert (entry["outcome"], entry["is_late"], entry["order_ids"]) == ("accepted", True, found)


@pytest.mark.parametrize("kind", ["slow", "slow_reply"])
def test_a_slow_account_gets_the_true_answer(exchange: ExchangeServer, kind: str) -> None:
    exchange.fault(kind, delay_s=0.3)
    answer = place(exchange, f"S{kind}")
    (entry,) = exchange.ledger(tag=f"S{kind}")
    assert [answer.json()["data"]["order_id"]] == entry["order_ids"]
    assert entry["is_late"] is (kind == "slow")


def test_a_late_order_can_still_be_refused_by_the_rules(exchange: ExchangeServer) -> None:
    exchange.fault("late_timed_out", delay_s=0.2)
    call(exchange, "POST", "/orders/regular", data={**ORDER, "price": "1490.03", "tag": "LR"})
    entry = eventually(
        lambda: next((e for e in exchange.ledger(tag="LR") if e["outcome"] != "pending"), None)
    )
    assert entry is not None
    assert (entry["outcome"], entry["is_late"], entry["reply"]) == ("refused", True, "400")
    assert "Tick size" in entry["error"]["message"]


def test_a_cancel_can_be_lost_too(exchange: ExchangeServer) -> None:
    order_id = place(exchange, "CX").json()["data"]["order_id"]
    exchange.fault("reset_after", route="orders.cancel")
    with pytest.raises(requests.exceptions.ConnectionError):
        call(exchange, "DELETE", f"/orders/regular/{order_id}")
    (entry,) = exchange.ledger(action="cancel")[-1:]
    assert (entry["order_id"], entry["outcome"], entry["reply"]) == (order_id, "accepted", "reset")


def test_a_stale_order_list_shows_the_past(exchange: ExchangeServer) -> None:
    exchange.fault("stale_orders", delay_s=20, count=1, skip=1)
    place(exchange, "STALE")
    assert len(orders_tagged(exchange, "STALE")) == 1
    assert orders_tagged(exchange, "STALE") == []
    assert len(orders_tagged(exchange, "STALE")) == 1


def test_a_fault_on_one_account_leaves_the_others_alone(exchange: ExchangeServer) -> None:
    exchange.fault("maintenance", account="PA0002", route="*", count=None)
    assert call(exchange, "GET", "/orders").status_code == 200
    headers = {"Authorization": "token paperkeypa0002:papertokenpa0002"}
    answer = requests.get(f"{exchange.root}/orders", headers=headers, timeout=5)
    assert answer.status_code == 503
    assert answer.json()["error_type"] == "NetworkException"


def test_a_proxys_page_is_neither_json_nor_kite(exchange: ExchangeServer) -> None:
    exchange.fault("5xx_before", is_html=True, http_status=504)
    answer = place(exchange, "HTML")
    assert answer.status_code == 504
    assert answer.headers["Content-Type"] == "text/html"


def test_a_request_without_a_token_is_on_the_ledger_as_refused(exchange: ExchangeServer) -> None:
    answer = requests.post(
        f"{exchange.root}/orders/regular", data={**ORDER, "price": "1490", "tag": "NOTOKEN"}, timeout=5
    )
    assert (answer.status_code, answer.json()["error_type"]) == (403, "TokenException")
    (entry,) = exchange.ledger(tag="NOTOKEN")
    assert (entry["account"], entry["outcome"], entry["reply"]) == (None, "refused", "403")


def test_an_outage_refuses_connections_and_ends(exchange: ExchangeServer) -> None:
    exchange.control("POST", "/outage", {"for_s": 1.0})

    def is_away() -> bool:
        try:
            return call(exchange, "GET", "/orders").status_code != 200
        except requests.exceptions.ConnectionError:
            return True

    eventually(is_away)
    eventually(lambda: not is_away())
