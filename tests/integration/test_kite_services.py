"""Login, instrument list, order push and order path of the Kite adapter, on the embedded exchange."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import kiteconnect.exceptions
import pytest

from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.client import new_client
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.egress import Egress
from app.adapters.kite.feed import KiteFeed
from app.adapters.kite.instruments import KiteInstruments
from app.adapters.kite.login import (
    exchange_request_token,
    login_url,
    read_profile,
)
from app.adapters.kite.roots import Roots, paper_roots
from app.domain.ids import AccountId
from app.ports.broker import BrokerUnavailableError
from app.ports.broker_login import LoginRefusedError
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.fakes.clock import FakeClock

KEYS = Credentials("paperkeypa0001", "papertokenpa0001")
SECRET = "papersecretpa0001"


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=2) as running:
        yield running


@pytest.fixture
def roots(exchange: ExchangeServer) -> Roots:
    return paper_roots(exchange.root)


def request_token(exchange: ExchangeServer, user_id: str = "PA0001") -> str:
    return str(exchange.control("POST", f"/accounts/{user_id}/login")["request_token"])


async def log_in(roots: Roots, token: str, secret: str = SECRET) -> str:
    session = await exchange_request_token(
        roots, api_key=KEYS.api_key, api_secret=secret, request_token=token
    )
    assert session.access_token not in repr(session)
    assert (session.user_id, bool(session.user_name)) == ("PA0001", True)
    return session.access_token


def test_the_login_page_is_zerodhas_own() -> None:
    url = urlsplit(login_url(Roots(), "key 1"))
    assert (url.scheme, url.netloc, url.path) == ("https", "kite.zerodha.com", "/connect/login")
    assert parse_qs(url.query) == {"v": ["3"], "api_key": ["key 1"]}


async def test_a_request_token_becomes_a_session_once(exchange: ExchangeServer, roots: Roots) -> None:
    token = request_token(exchange)
    access_token = await log_in(roots, token)
    profile = await read_profile(roots, Credentials(KEYS.api_key, access_token))
    assert profile.user_id == "PA0001"
    assert "MIS" in profile.products
    with pytest.raises(LoginRefusedError, match="Log in again"):
        await log_in(roots, token)


async def test_a_refused_login_says_why_and_shows_no_secret(exchange: ExchangeServer, roots: Roots) -> None:
    token = request_token(exchange)
    with pytest.raises(LoginRefusedError) as refused:
        await log_in(roots, token, secret="wrong" + SECRET)
    assert SECRET not in str(refused.value)
    with pytest.raises(LoginRefusedError, match="did not accept the access token"):
        await read_profile(roots, Credentials(KEYS.api_key, "wrong"))


async def test_a_login_without_anybody_there_shows_no_secret() -> None:
    with pytest.raises(LoginRefusedError, match="could not be asked") as refused:
        await log_in(paper_roots("http://127.0.0.1:1"), "abc")
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_the_whole_instrument_list_is_read(roots: Roots, tmp_path: Path) -> None:
    reports: list[str] = []
    instruments = KiteInstruments(
        roots=roots,
        clock=FakeClock(),
        freeze_quantities=lambda: {"NIFTY": 1800},
        folder=tmp_path,
        report=reports.append,
    )
    await instruments.refresh()
    infy = instruments.find("NSE:INFY")
    assert infy is not None
    assert infy.lot_size == 1
    assert reports == []
    assert len(await asyncio.to_thread(lambda: list(tmp_path.iterdir()))) == 1


async def test_an_instrument_list_nobody_gives_is_said() -> None:
    instruments = KiteInstruments(
        roots=paper_roots("http://127.0.0.1:1"),
        clock=FakeClock(),
        freeze_quantities=dict,
        folder=None,
        report=lambda _: None,
    )
    with pytest.raises(BrokerUnavailableError, match="ConnectionError"):
        await instruments.refresh()


async def test_a_push_wakes_when_the_order_is_already_in_the_list(
    exchange: ExchangeServer, roots: Roots
) -> None:
    """The whole point of the feed: an order placed by hand is seen before the next poll would."""
    wakes: list[int] = []
    reports: list[str] = []
    keys = Credentials("paperkeypa0002", "papertokenpa0002")
    feed = KiteFeed(AccountId("PA0002"), credentials=keys, roots=roots, report=reports.append)
    broker = KiteBroker(AccountId("PA0002"), credentials=keys, roots=roots)
    task = asyncio.create_task(feed.run(lambda: wakes.append(len(wakes))))
    await eventually_async(lambda: len(wakes) == 1)
    params = {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "quantity": "1",
        "product": "MIS",
        "order_type": "MARKET",
        "market_protection": "-1",
        "validity": "DAY",
    }
    exchange.control("POST", "/orders", {"user_id": "PA0002", "params": params})
    await eventually_async(lambda: len(wakes) >= 2)
    [order] = (await broker.order_list()).orders
    assert order.quantity == 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await broker.close()
    assert reports == []


async def test_a_feed_with_a_dead_token_says_so(roots: Roots) -> None:
    reports: list[str] = []
    keys = Credentials("paperkeypa0002", "wrong")
    feed = KiteFeed(AccountId("PA0002"), credentials=keys, roots=roots, report=reports.append)
    task = asyncio.create_task(feed.run(lambda: None))
    await eventually_async(lambda: reports)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "403" in reports[0]


class TestOfficialClient:
    """How the official client is set up."""

    def test_the_errors_it_lacks_are_registered(self) -> None:
        new_client("http://127.0.0.1:1", Egress())
        for name in ("MarginException", "HoldingException", "UserException"):
            error = getattr(kiteconnect.exceptions, name)("No.", code=400)
            assert isinstance(error, kiteconnect.exceptions.KiteException)
            assert (error.code, str(error)) == (400, "No.")

    def test_it_follows_no_redirect_and_no_environment(self) -> None:
        client = new_client("http://127.0.0.1:1", Egress(), api_key="a", access_token="b")
        assert client.reqsession.max_redirects == 0
        assert client.reqsession.trust_env is False
        assert client.debug is False

    def test_it_leaves_the_same_way_as_orders_do(self, exchange: ExchangeServer) -> None:
        client = new_client(exchange.root, Egress(source_address="127.0.0.2"))
        client.access_token = "x"
        assert client.instruments()
        proxied = new_client("http://127.0.0.1:1", Egress(proxy_url="http://127.0.0.1:2"))
        assert proxied.proxies == {"http": "http://127.0.0.1:2", "https": "http://127.0.0.1:2"}
