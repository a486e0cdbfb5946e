"""What the exchange turns down before an order is looked at, and what it does when it fails itself."""

from collections.abc import Iterator

import pytest
import requests

from app.exchange.server import ExchangeOptions
from app.exchange.throttle import Limits
from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange

AUTHORIZATION = {"Authorization": "token paperkeypa0001:papertokenpa0001"}
ORDER = {
    "exchange": "NSE",
    "tradingsymbol": "INFY",
    "transaction_type": "BUY",
    "quantity": "1",
    "product": "MIS",
    "order_type": "LIMIT",
    "price": "1490",
}


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as one:
        one.trust_env = False
        one.headers.update(AUTHORIZATION)
        yield one


def test_the_eleventh_order_of_a_second_is_too_many(
    exchange: ExchangeServer, session: requests.Session
) -> None:
    exchange.control("PUT", "/behaviour", {"has_rate_limits": True})
    answers = [session.post(f"{exchange.root}/orders/regular", data=ORDER, timeout=5) for _ in range(60)]
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert refused[0].json() == {
        "status": "error",
        "message": "Too many requests",
        "data": None,
        "error_type": "NetworkException",
    }
    entries = exchange.ledger()
    assert len([e for e in entries if e["outcome"] == "refused" and e["reply"] == "429"]) == len(refused)
    seconds = [row["order_timestamp"] for row in exchange.kite().orders()]
    assert len(seconds) == 60 - len(refused)


def test_the_day_cap_is_named(exchange: ExchangeServer, session: requests.Session) -> None:
    exchange.service.throttle.limits = Limits(orders_per_day=1)
    exchange.control("PUT", "/behaviour", {"has_rate_limits": True})
    session.post(f"{exchange.root}/orders/regular", data=ORDER, timeout=5)
    answer = session.post(f"{exchange.root}/orders/regular", data=ORDER, timeout=5)
    assert (answer.status_code, answer.json()["message"]) == (429, "Maximum allowed order requests exceeded")


@pytest.mark.parametrize("path", ["/margins/orders", "/orders/regular"])
def test_a_body_that_cannot_be_read_is_an_input_error(
    exchange: ExchangeServer, session: requests.Session, path: str
) -> None:
    answer = session.post(exchange.root + path, data=b"\xff\xfe{", timeout=5)
    assert (answer.status_code, answer.json()["error_type"]) == (400, "InputException")


def test_a_body_without_end_is_cut_off(exchange: ExchangeServer, session: requests.Session) -> None:
    answer = session.post(f"{exchange.root}/orders/regular", data=b"x" * 2_000_000, timeout=5)
    assert answer.status_code == 413
    assert answer.json()["status"] == "error"


def test_a_mistake_of_its_own_is_a_500_in_kites_envelope(
    exchange: ExchangeServer, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(exchange.service.venue, "profile", broken)
    answer = session.get(f"{exchange.root}/user/profile", timeout=5)
    assert (answer.status_code, answer.json()["error_type"]) == (500, "GeneralException")
    assert "planted" not in answer.text


def test_an_exchange_that_breaks_inside_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("planted")

    exchange = ExchangeServer(ExchangeOptions(port=0, accounts=1))
    monkeypatch.setattr(exchange.service.venue, "step", broken)
    eventually(lambda: exchange.has_failed)
    with pytest.raises(RuntimeError, match="planted"):
        exchange.stop()


def test_closing_ends_what_hangs_and_drops_what_was_late() -> None:
    with running_exchange(accounts=1) as exchange:
        exchange.fault("late_timed_out", delay_s=600)
        answer = requests.post(
            f"{exchange.root}/orders/regular", data={**ORDER}, headers=AUTHORIZATION, timeout=5
        )
        assert answer.status_code == 400
        ledger = exchange.service.ledger
    assert ledger.entries()[0].outcome == "pending"
