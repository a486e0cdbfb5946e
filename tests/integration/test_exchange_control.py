"""The control API: accounts, prices, clock, sessions, orders from elsewhere, postbacks, and who may ask."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.builders.eventually import eventually
from tests.builders.exchange import ControlError, ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=2) as server:
        yield server


def test_accounts_have_the_paper_credentials(exchange: ExchangeServer) -> None:
    rows = exchange.control("GET", "/accounts")
    assert [row["user_id"] for row in rows][:2] == ["PA0001", "PA0002"]
    first = rows[0]
    assert (first["api_key"], first["api_secret"], first["access_token"]) == (
        "paperkeypa0001",
        "papersecretpa0001",
        "papertokenpa0001",
    )
    new = exchange.control("POST", "/accounts", {"user_id": "PA0042", "name": "Forty Two", "cash": "5000"})
    assert new["name"] == "Forty Two"
    assert exchange.kite("PA0042").margins("equity")["available"]["cash"] == 5000


def test_an_account_can_be_given_money(exchange: ExchangeServer) -> None:
    exchange.control("POST", "/accounts", {"user_id": "PA0043", "cash": "10"})
    kite = exchange.kite("PA0043")
    assert kite.margins("equity")["net"] == 10
    exchange.control("PUT", "/accounts/PA0043", {"cash": "250000.50"})
    assert kite.margins("equity")["net"] == 250000.5
    with pytest.raises(ControlError):
        exchange.control("PUT", "/accounts/PA0043", {"cash": "a lot"})
    assert kite.margins("equity")["net"] == 250000.5


def test_a_price_can_be_set_and_frozen(exchange: ExchangeServer) -> None:
    exchange.control("POST", "/prices", {"key": "NSE:ITC", "price": "410.50", "is_frozen": True})
    kite = exchange.kite()
    assert kite.ltp("NSE:ITC")["NSE:ITC"]["last_price"] == 410.5
    with pytest.raises(ControlError, match="There is no instrument NSE:NOSUCH"):
        exchange.control("POST", "/prices", {"key": "NSE:NOSUCH", "price": "1"})


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/faults", {"kind": "explode"}, "explode"),
        ("/faults", {"kind": "hang", "probabilty": 1}, "probabilty"),
        ("/outage", {"for_s": -1}, "for_s"),
        ("/prices", {"price": "1"}, "key"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_name(
    exchange: ExchangeServer, path: str, body: dict[str, Any], words: str
) -> None:
    with pytest.raises(ControlError, match=words) as caught:
        exchange.control("POST", path, body)
    assert caught.value.status == 400


def test_faults_are_listed_and_removed(exchange: ExchangeServer) -> None:
    number = exchange.fault("hang", account="PA0002", count=None)
    (row,) = exchange.control("GET", "/faults")
    assert (row["id"], row["rule"]["kind"], row["rule"]["account"]) == (number, "hang", "PA0002")
    exchange.control("DELETE", f"/faults/{number}")
    assert exchange.control("GET", "/faults") == []
    with pytest.raises(ControlError, match="There is no fault rule"):
        exchange.control("DELETE", f"/faults/{number}")


def test_an_order_from_elsewhere_carries_who_placed_it(exchange: ExchangeServer) -> None:
    last = exchange.kite().ltp("NSE:SBIN")["NSE:SBIN"]["last_price"]
    params = {
        "exchange": "NSE",
        "tradingsymbol": "SBIN",
        "transaction_type": "BUY",
        "quantity": "3",
        "product": "MIS",
        "order_type": "LIMIT",
        "price": str(round(last * 0.97)),
    }
    before = len(exchange.ledger())
    for placed_by, shown in ((None, "PA0001"), ("ADMINSQF", "ADMINSQF")):
        body = {"user_id": "PA0001", "params": params, "placed_by": placed_by}
        order_id = exchange.control("POST", "/orders", body)["order_id"]
        row = next(o for o in exchange.kite().orders() if o["order_id"] == order_id)
        assert row["placed_by"] == shown
    assert len(exchange.ledger()) == before  # the ledger is of requests through the API
    with pytest.raises(ControlError, match="Invalid `price`"):
        exchange.control("POST", "/orders", {"user_id": "PA0001", "params": {**params, "price": "900.003"}})


def test_an_address_can_be_taken_away_again(exchange: ExchangeServer) -> None:
    exchange.control("PUT", "/accounts/PA0001", {"redirect_url": "http://127.0.0.1:9/", "postback_url": "x"})
    exchange.control("PUT", "/accounts/PA0001", {"redirect_url": None})
    assert exchange.service.redirect_urls == {}
    assert exchange.service.postback_urls == {"PA0001": "x"}
    exchange.control("PUT", "/accounts/PA0001", {"postback_url": None})
    assert exchange.service.postback_urls == {}
    with pytest.raises(ControlError, match="There is no account PA7777"):
        exchange.control("PUT", "/accounts/PA7777", {"postback_url": None})


def test_the_clock_goes_forward_only(exchange: ExchangeServer) -> None:
    with pytest.raises(ControlError, match="cannot go back"):
        exchange.control("POST", "/clock", {"advance_to": "2026-01-01T09:00:00"})


def test_browsers_and_strangers_are_kept_out(exchange: ExchangeServer) -> None:
    answer = requests.get(
        f"{exchange.root}/_exchange/accounts", headers={"Origin": "http://evil.example"}, timeout=5
    )
    assert answer.status_code == 403
    assert "papersecret" not in answer.text


def test_the_date_header_is_the_sessions(exchange: ExchangeServer) -> None:
    answer = requests.get(f"{exchange.root}/instruments/NSE", timeout=5)
    stamp = exchange.service.http_date()
    assert answer.headers["Date"][:16] == stamp[:16]
    assert answer.headers["Content-Type"].startswith("text/csv")


def test_unknown_routes_and_methods_answer_in_kites_envelope(exchange: ExchangeServer) -> None:
    for method, path, status in (("GET", "/gtt/triggers", 404), ("DELETE", "/user/profile", 405)):
        answer = requests.request(method, exchange.root + path, timeout=5)
        assert answer.status_code == status
        assert set(answer.json()) == {"status", "message", "data", "error_type"}


class Inbox(http.server.ThreadingHTTPServer):
    """An app's postback URL that keeps what it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        inbox = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                inbox.bodies.append(json.loads(self.rfile.read(size)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                return

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def test_postbacks_come_for_the_apps_own_orders_only(exchange: ExchangeServer) -> None:
    inbox = Inbox()
    try:
        url = f"http://127.0.0.1:{inbox.server_address[1]}/postback"
        exchange.control("PUT", "/accounts/PA0002", {"postback_url": url})
        kite = exchange.kite("PA0002")
        last = kite.ltp("NSE:SBIN")["NSE:SBIN"]["last_price"]
        order = {
            "exchange": "NSE",
            "tradingsymbol": "SBIN",
            "transaction_type": "BUY",
            "quantity": 3,
            "product": "MIS",
            "order_type": "LIMIT",
            "price": round(last * 0.97),
        }
        params = {name: str(value) for name, value in order.items()}
        elsewhere = exchange.control("POST", "/orders", {"user_id": "PA0002", "params": params})["order_id"]
        own = kite.place_order(variety="regular", **order)
        eventually(lambda: {o["status"] for o in kite.orders()} == {"OPEN"})
        for order_id in (elsewhere, own):
            kite.cancel_order("regular", order_id)
        body = eventually(lambda: list(inbox.bodies))[0]
        assert_kite_fields("postback", body)
        assert (body["order_id"], body["status"], body["user_id"]) == (own, "CANCELLED", "PA0002")
        proof = f"{own}{body['order_timestamp']}papersecretpa0002".encode()
        assert body["checksum"] == hashlib.sha256(proof).hexdigest()
        assert [b["order_id"] for b in inbox.bodies] == [own]
    finally:
        inbox.shutdown()
        inbox.server_close()


def test_a_postback_nobody_takes_harms_nothing(exchange: ExchangeServer) -> None:
    exchange.control("PUT", "/accounts/PA0001", {"postback_url": "http://127.0.0.1:9/nobody"})
    kite = exchange.kite()
    last = kite.ltp("NSE:WIPRO")["NSE:WIPRO"]["last_price"]
    order_id = kite.place_order(
        variety="regular",
        exchange="NSE",
        tradingsymbol="WIPRO",
        transaction_type="BUY",
        quantity=3,
        product="MIS",
        order_type="LIMIT",
        price=round(last * 1.01, 2),
    )
    eventually(lambda: kite.order_history(order_id)[-1]["status"] == "COMPLETE")
    assert not exchange.has_failed
