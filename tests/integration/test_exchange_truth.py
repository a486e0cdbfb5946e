"""Whatever goes wrong on the way, the ledger and the order lists tell one story."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import requests

from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange

ACCOUNTS = ["PA0001", "PA0002", "PA0003"]
ORDERS_EACH = 60
MIXED = [
    "refuse",
    "429",
    "maintenance",
    "reset_before",
    "5xx_before",
    "timed_out_before",
    "reset_after",
    "5xx_after",
    "timed_out_after",
    "garbled_after",
    "late_timed_out",
    "late_reset",
    "late_5xx",
    "slow",
    "slow_reply",
]


def place_many(exchange: ExchangeServer, user_id: str) -> dict[str, bool]:
    """Place orders one after the other; return for each tag whether the client was told that it is placed."""
    low = user_id.lower()
    told = {}
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"token paperkey{low}:papertoken{low}"
        for number in range(ORDERS_EACH):
            tag = f"{user_id}N{number}"
            form = {
                "exchange": "NSE",
                "tradingsymbol": "INFY",
                "transaction_type": "BUY",
                "quantity": "1",
                "product": "MIS",
                "order_type": "LIMIT",
                "price": "1490" if number % 10 else "1490.03",
                "tag": tag,
            }
            told[tag] = False
            with suppress(requests.exceptions.ConnectionError, ValueError):
                answer = session.post(f"{exchange.root}/orders/regular", data=form, timeout=10)
                told[tag] = answer.json()["status"] == "success"
    return told


def test_the_ledger_and_the_order_lists_agree_under_mixed_faults() -> None:
    with running_exchange(accounts=len(ACCOUNTS), seed=11) as exchange:
        exchange.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        for kind in MIXED:
            exchange.fault(kind, count=None, probability=0.05, delay_s=0.05 if "after" not in kind else None)
        with ThreadPoolExecutor(len(ACCOUNTS)) as pool:
            told = list(pool.map(lambda user_id: place_many(exchange, user_id), ACCOUNTS))
        exchange.control("DELETE", "/faults")
        eventually(lambda: all(e["outcome"] != "pending" for e in exchange.ledger()))

        assert {e["fault"] for e in exchange.ledger()} >= {"reset_before", "reset_after", None}
        for user_id, answers in zip(ACCOUNTS, told, strict=True):
            entries = exchange.ledger(account=user_id)
            assert [e["tag"] for e in entries] == list(answers)  # every request is there once, in order
            placed = {e["tag"]: e["order_ids"] for e in entries if e["outcome"] == "accepted"}
            shown: dict[str, list[str]] = {}
            for order in exchange.kite(user_id).orders():
                shown.setdefault(order["tag"], []).append(order["order_id"])
            assert shown == placed
            assert all(len(ids) == 1 for ids in placed.values())
            assert {tag for tag, was_told in answers.items() if was_told} <= set(placed)
