"""The exchange as a process: its ready line, a clean stop, and a kill it comes back from."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.exchange.server import ExchangeOptions
from tests.builders.eventually import eventually
from tests.builders.exchange import REPOSITORY, ExchangeProcess, exchange_process

pytestmark = pytest.mark.process


def place(exchange: ExchangeProcess, tag: str) -> str:
    kite = exchange.kite()
    last = kite.ltp("NSE:INFY")["NSE:INFY"]["last_price"]
    order_id: str = kite.place_order(
        variety="regular",
        exchange="NSE",
        tradingsymbol="INFY",
        transaction_type="BUY",
        quantity=2,
        product="MIS",
        order_type="LIMIT",
        price=round(last * 1.004),
        tag=tag,
    )
    return order_id


def test_it_says_where_it_listens_and_stops_cleanly() -> None:
    with exchange_process("--accounts", "1") as exchange:
        assert exchange.kite().profile()["user_id"] == "PA0001"
        assert exchange.stop() == 0


def test_a_port_in_use_is_named() -> None:
    with exchange_process("--accounts", "1") as exchange:
        again = subprocess.run(
            [sys.executable, "-m", "app.exchange.server", "--port", str(exchange.port)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert again.returncode == 2
    assert f"Port {exchange.port} on 127.0.0.1 is in use" in again.stderr
    assert "Traceback" not in again.stderr


def test_orders_tokens_clock_and_ledger_outlive_a_kill(tmp_path: Path) -> None:
    arguments = ["--accounts", "2", "--state-dir", str(tmp_path), "--no-rate-limits"]
    with exchange_process(*arguments) as exchange:
        order_id = place(exchange, "KILLED")
        eventually(lambda: exchange.kite().order_history(order_id)[-1]["status"] == "COMPLETE")
        exchange.control("POST", "/accounts/PA0002/expire")
        orders, trades = exchange.kite().orders(), exchange.kite().trades()
        positions = exchange.kite().positions()["net"]
        status = exchange.control("GET", "/status")
        exchange.kill()
    with exchange_process(*arguments) as exchange:
        assert exchange.kite().orders() == orders
        assert exchange.kite().trades() == trades
        again = exchange.kite().positions()["net"]
        assert [(p["tradingsymbol"], p["quantity"], p["average_price"]) for p in again] == [
            (p["tradingsymbol"], p["quantity"], p["average_price"]) for p in positions
        ]
        assert [a["is_logged_in"] for a in exchange.control("GET", "/accounts")] == [True, False]
        later = exchange.control("GET", "/status")["session_time"]
        assert later > status["session_time"]
        (entry,) = exchange.ledger(tag="KILLED")
        assert entry["order_ids"] == [order_id]
        assert place(exchange, "AFTER") != order_id
        assert exchange.ledger(tag="AFTER")[0]["number"] == 2


def test_the_day_scenario_trades_within_two_seconds() -> None:
    with exchange_process("--scenario", "day", "--accounts", "2", "--no-rate-limits") as exchange:
        rows = eventually(exchange.kite().orders, timeout_s=10.0)
        assert rows[0]["tradingsymbol"] == "INFY"
        assert exchange.ledger() == []  # a person's orders are not requests of an app


@pytest.mark.parametrize(
    "wrong",
    [{"host": "0.0.0.0"}, {"accounts": 0}, {"scenario": "night"}],
)
def test_options_that_cannot_be_served_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"loopback|accounts|scenario"):
        ExchangeOptions(**wrong)  # type: ignore[arg-type] # wrong on purpose
