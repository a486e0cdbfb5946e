"""The official ticker, in a process of its own (one Twisted reactor per process), on the exchange."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Thread
from typing import Any

import pytest

from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields

pytestmark = pytest.mark.process
TICKER = """
import json, sys
from kiteconnect import KiteTicker
root, key, token, tokens = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
def say(kind, value):
    print(json.dumps([kind, value], default=str), flush=True)
def on_connect(ws, response):
    say("connect", None)
    ws.subscribe(tokens)
    ws.set_mode(ws.MODE_FULL, tokens[:1])
ticker = KiteTicker(key, token, root=root)
ticker.on_connect = on_connect
ticker.on_ticks = lambda ws, ticks: [say("tick", t) for t in ticks]
ticker.on_order_update = lambda ws, data: say("order", data)
ticker.on_error = lambda ws, code, reason: say("error", [code, str(reason)])
ticker.on_message = lambda ws, payload, is_binary: say("heartbeat", None) if len(payload) == 1 else None
ticker.connect()
"""


class Heard:
    """What the ticker process printed so far."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._queue: Queue[list[Any]] = Queue()
        self._kept: list[list[Any]] = []
        self._thread = Thread(target=self._read, args=(process,), daemon=True)
        self._thread.start()

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._queue.put(json.loads(line))

    def all(self, kind: str) -> list[Any]:
        try:
            while True:
                self._kept.append(self._queue.get_nowait())
        except Empty:
            return [value for heard, value in self._kept if heard == kind]

    def first(self, kind: str, wanted: Callable[[Any], object] = lambda _: True) -> Any:
        found: list[Any] = []

        def look() -> bool:
            found[:] = [value for value in self.all(kind) if wanted(value)]
            return bool(found)

        eventually(look, what=f"a {kind} from the ticker")
        return found[0]

    def join(self) -> None:
        self._thread.join(10)


@contextmanager
def ticker(exchange: ExchangeServer, tokens: list[int], token: str = "papertokenpa0001") -> Iterator[Heard]:
    arguments = [exchange.ws_root, "paperkeypa0001", token, json.dumps(tokens)]
    process = subprocess.Popen(
        [sys.executable, "-c", TICKER, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"TZ": "Asia/Kolkata", "PATH": ""},
    )
    heard = Heard(process)
    try:
        yield heard
    finally:
        process.kill()
        process.wait(10)
        heard.join()
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=2) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        yield server


def place(exchange: ExchangeServer, user_id: str = "PA0001", **changes: Any) -> str:
    wanted = {
        "variety": "regular",
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "quantity": 2,
        "product": "MIS",
        "order_type": "LIMIT",
        "price": 1490.0,
        **changes,
    }
    order_id: str = exchange.kite(user_id).place_order(**wanted)
    return order_id


def test_ticks_heartbeats_and_order_updates_arrive(exchange: ExchangeServer) -> None:
    exchange.control("PUT", "/behaviour", {"heartbeat_s": 0.1})
    quotes = exchange.kite().ltp("NSE:INFY", "NSE:NIFTY 50")
    infy, nifty = (quotes[key]["instrument_token"] for key in ("NSE:INFY", "NSE:NIFTY 50"))
    with ticker(exchange, [infy, nifty]) as heard:
        full = heard.first("tick", lambda t: t["instrument_token"] == infy and t["mode"] == "full")
        assert full["last_price"] == 1500.0
        assert len(full["depth"]["buy"]) == 5
        stamp = exchange.control("GET", "/status")["session_time"]
        assert full["exchange_timestamp"][:10] == stamp[:10]
        index = heard.first("tick", lambda t: t["instrument_token"] == nifty)
        assert (index["mode"], index["tradable"]) == ("quote", False)
        heard.first("heartbeat")
        exchange.control("POST", "/prices", {"key": "NSE:INFY", "price": "1501.00"})
        heard.first("tick", lambda t: t["instrument_token"] == infy and t["last_price"] == 1501.0)

        order_id = place(exchange)
        place(exchange, "PA0002")
        resting = heard.first("order", lambda o: o["order_id"] == order_id)
        assert resting["status"] == "OPEN"
        assert_kite_fields("order_push", resting)
        exchange.kite().modify_order("regular", order_id, price=1491.0)
        heard.first("order", lambda o: o["order_id"] == order_id and o["status"] == "UPDATE")
        exchange.kite().cancel_order("regular", order_id)
        heard.first("order", lambda o: o["order_id"] == order_id and o["status"] == "CANCELLED")
        assert {o["account_id"] for o in heard.all("order")} == {"PA0001"}


def test_a_dead_token_gets_403_at_the_door(exchange: ExchangeServer) -> None:
    with ticker(exchange, [], token="wrong") as heard:
        _code, reason = heard.first("error")
        assert "403" in reason
        assert heard.all("connect") == []


def test_a_dropped_connection_comes_back(exchange: ExchangeServer) -> None:
    infy = exchange.kite().ltp("NSE:INFY")["NSE:INFY"]["instrument_token"]
    with ticker(exchange, [infy]) as heard:
        heard.first("tick")
        assert exchange.control("POST", "/streams/drop", account="PA0001") == {"dropped": 1}
        eventually(lambda: len(heard.all("connect")) == 2, what="the ticker coming back")


def test_push_faults_drop_double_and_reorder(exchange: ExchangeServer) -> None:
    infy = exchange.kite().ltp("NSE:INFY")["NSE:INFY"]["instrument_token"]
    with ticker(exchange, [infy]) as heard:
        heard.first("tick")
        exchange.fault("push_drop", route="OPEN")
        exchange.fault("push_duplicate", route="CANCELLED")
        dropped = place(exchange)
        eventually(lambda: exchange.kite().order_history(dropped)[-1]["status"] == "OPEN")
        exchange.kite().cancel_order("regular", dropped)
        eventually(lambda: len([o for o in heard.all("order") if o["order_id"] == dropped]) == 2)
        assert [o["status"] for o in heard.all("order")] == ["CANCELLED", "CANCELLED"]

        exchange.fault("push_reorder", route="OPEN")
        swapped = place(exchange)
        eventually(lambda: exchange.kite().order_history(swapped)[-1]["status"] == "OPEN")
        exchange.kite().cancel_order("regular", swapped)
        eventually(lambda: len([o for o in heard.all("order") if o["order_id"] == swapped]) == 2)
        assert [o["status"] for o in heard.all("order")][-2:] == ["CANCELLED", "OPEN"]
