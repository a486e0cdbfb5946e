"""The bytes of order requests: what Kite is told, and that the official client would say the same."""

from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

import pytest

from app.adapters.kite.client import new_client
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.order_requests import Requests, modify_form, place_form
from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import ClientOrderId, OrderId
from app.domain.orders import Side

TAG = ClientOrderId("TC" + "A" * 18)
CREDENTIALS = Credentials("key1", "token1")


def leg(**changes: Any) -> LegOrder:
    values: dict[str, Any] = {
        "exchange": "NSE",
        "tradingsymbol": "M&M",
        "side": Side.BUY,
        "order_type": "LIMIT",
        "product": "MIS",
        "validity": "DAY",
        "quantity": 10,
        "price": Decimal("1400.50"),
        "trigger_price": Decimal(1399),
        **changes,
    }
    return LegOrder(**values)


def test_a_limit_order_names_its_price_and_nothing_that_is_not_its() -> None:
    assert place_form(leg(), TAG) == {
        "exchange": "NSE",
        "tradingsymbol": "M&M",
        "transaction_type": "BUY",
        "quantity": "10",
        "product": "MIS",
        "order_type": "LIMIT",
        "validity": "DAY",
        "price": "1400.5",
        "tag": TAG,
    }


@pytest.mark.parametrize(
    ("order", "named"),
    [
        (leg(order_type="SL"), {"price": "1400.5", "trigger_price": "1399"}),
        (leg(order_type="SL-M"), {"trigger_price": "1399", "market_protection": "-1"}),
        (leg(order_type="MARKET"), {"market_protection": "-1"}),
        (leg(order_type="MARKET", market_protection=Decimal("2.50")), {"market_protection": "2.5"}),
        (leg(order_type="MARKET", market_protection=Decimal(100)), {"market_protection": "100"}),
        (leg(validity="TTL", validity_ttl=5), {"price": "1400.5", "validity_ttl": "5"}),
        (leg(price=Decimal("1E+5")), {"price": "100000"}),
    ],
)
def test_each_type_names_what_it_needs(order: LegOrder, named: dict[str, str]) -> None:
    common = {"exchange", "tradingsymbol", "transaction_type", "quantity", "product", "order_type"}
    form = place_form(order, TAG)
    assert {name: form[name] for name in form.keys() - common - {"validity", "tag"}} == named


@pytest.mark.parametrize("order_type", ["LIMIT", "MARKET", "SL", "SL-M"])
def test_the_official_client_would_send_the_same_form(
    order_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `variety`, which stands in the path, is in its form besides."""
    client = new_client("http://127.0.0.1:1", Egress(), api_key="key1", access_token="token1")
    sent: dict[str, Any] = {}

    def request(method: str, url: str, **options: Any) -> None:
        sent.update(options, method=method, url=url)
        raise ConnectionError

    monkeypatch.setattr(client.reqsession, "request", request)
    form = place_form(leg(order_type=order_type), TAG)
    with pytest.raises(ConnectionError):
        client.place_order("regular", **form)
    assert sent["url"] == "http://127.0.0.1:1/orders/regular"
    assert {name: value for name, value in sent["data"].items() if value is not None} == {
        **form,
        "variety": "regular",
    }
    assert sent["headers"]["Authorization"] == "token key1:token1"
    assert sent["headers"]["X-Kite-Version"] == "3"


def test_a_change_names_only_what_changes() -> None:
    assert modify_form(Modification(price=Decimal("1400.50"))) == {"price": "1400.5"}
    change = Modification(
        quantity=5,
        trigger_price=Decimal(7),
        order_type="MARKET",
        market_protection=Decimal(-1),
    )
    assert modify_form(change) == {
        "order_type": "MARKET",
        "quantity": "5",
        "trigger_price": "7",
        "market_protection": "-1",
    }


def test_the_bytes_of_each_request() -> None:
    requests = Requests("api.kite.trade", CREDENTIALS)
    head, _, body = requests.place(leg(), TAG).partition(b"\r\n\r\n")
    first, *headers = head.decode().split("\r\n")
    assert first == "POST /orders/regular HTTP/1.1"
    assert dict(line.split(": ", 1) for line in headers) == {
        "Host": "api.kite.trade",
        "X-Kite-Version": "3",
        "User-Agent": "Tandem",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Authorization": "token key1:token1",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    assert parse_qs(body.decode())["tradingsymbol"] == ["M&M"]
    modify = requests.modify(OrderId("12/../34"), Modification(quantity=1))
    assert modify.startswith(b"PUT /orders/regular/12%2F..%2F34 HTTP/1.1\r\n")
    assert modify.endswith(b"Content-Length: 10\r\n\r\nquantity=1")
    cancel = requests.cancel(OrderId("12"))
    assert cancel.startswith(b"DELETE /orders/regular/12 HTTP/1.1\r\n")
    assert cancel.endswith(b"\r\n\r\n")
    assert b"Content-" not in cancel
    assert requests.order_list.startswith(b"GET /orders HTTP/1.1\r\n")


@pytest.mark.parametrize("bad", ["", "a b", "a\r\nX-Evil: 1", "ключ", "a\x00"])
def test_a_credential_that_could_break_a_header_is_refused_unquoted(bad: str) -> None:
    for pair in ((bad, "token1"), ("key1", bad)):
        with pytest.raises(ValueError, match="characters that no") as refused:
            Credentials(*pair)
        assert not bad or bad not in str(refused.value)


def test_credentials_show_nothing() -> None:
    assert repr(CREDENTIALS) == "Credentials()"
    assert "token1" not in repr(Requests("x", CREDENTIALS))
