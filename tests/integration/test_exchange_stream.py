"""The ticker WebSocket by hand: who gets in, bad frames, and updates that come late."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import pytest

from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange

USER = "pa0001"
TOKEN = {"api_key": f"paperkey{USER}", "access_token": f"papertoken{USER}"}


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        yield server


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def place(exchange: ExchangeServer) -> str:
    order_id: str = exchange.kite().place_order(
        variety="regular",
        exchange="NSE",
        tradingsymbol="INFY",
        transaction_type="BUY",
        quantity=2,
        product="MIS",
        order_type="LIMIT",
        price=1490.0,
    )
    return order_id


async def next_text(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    """Return the next text frame, ticks and heartbeats left out."""
    while True:
        message = await socket.receive(timeout=10)
        if message.type is aiohttp.WSMsgType.TEXT:
            frame: dict[str, Any] = message.json()
            return frame
        assert message.type is aiohttp.WSMsgType.BINARY


async def test_three_connections_and_no_more(exchange: ExchangeServer, client: aiohttp.ClientSession) -> None:
    sockets = [await client.ws_connect(exchange.ws_root, params=TOKEN) for _ in range(3)]
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await client.ws_connect(exchange.ws_root, params=TOKEN)
    assert caught.value.status == 429
    assert len(exchange.control("GET", "/streams")) == 3
    await sockets[0].close()
    await eventually_async(lambda: len(exchange.control("GET", "/streams")) == 2)
    await (await client.ws_connect(exchange.ws_root, params=TOKEN)).close()


async def test_plain_http_and_dead_tokens_are_refused(
    exchange: ExchangeServer, client: aiohttp.ClientSession
) -> None:
    async with client.get(exchange.root, params=TOKEN) as answer:
        assert answer.status == 400
        assert (await answer.json())["error_type"] == "InputException"
    async with client.get(exchange.root) as answer:
        assert answer.status == 403


async def test_a_bad_frame_is_answered_and_the_connection_lives(
    exchange: ExchangeServer, client: aiohttp.ClientSession
) -> None:
    async with client.ws_connect(exchange.ws_root, params=TOKEN) as socket:
        await socket.send_str('{"a":"dance"}')
        assert (await next_text(socket))["type"] == "error"
        await socket.send_bytes(b"ignored")
        await socket.send_str('{"a":"subscribe","v":[1]}')  # no such instrument: nothing comes of it
        place(exchange)
        assert (await next_text(socket))["data"]["status"] == "OPEN"
        assert exchange.control("GET", "/streams") == [{"user_id": "PA0001", "modes": {"1": "quote"}}]


async def test_a_delayed_update_comes_after_its_successor(
    exchange: ExchangeServer, client: aiohttp.ClientSession
) -> None:
    exchange.fault("push_delay", route="OPEN", delay_s=2.0)
    async with client.ws_connect(exchange.ws_root, params=TOKEN) as socket:
        kite, order_id = exchange.kite(), place(exchange)
        await eventually_async(lambda: kite.order_history(order_id)[-1]["status"] == "OPEN")
        kite.cancel_order("regular", order_id)
        assert [(await next_text(socket))["data"]["status"] for _ in range(2)] == ["CANCELLED", "OPEN"]


async def test_an_update_that_waits_to_be_overtaken_does_not_wait_for_ever(
    exchange: ExchangeServer, client: aiohttp.ClientSession
) -> None:
    exchange.fault("push_reorder", route="OPEN")
    async with client.ws_connect(exchange.ws_root, params=TOKEN) as socket:
        place(exchange)
        assert (await next_text(socket))["data"]["status"] == "OPEN"


async def test_the_placement_push_can_be_switched_off(
    exchange: ExchangeServer, client: aiohttp.ClientSession
) -> None:
    exchange.control("PUT", "/behaviour", {"has_placement_push": False})
    async with client.ws_connect(exchange.ws_root, params=TOKEN) as socket:
        kite, order_id = exchange.kite(), place(exchange)
        await eventually_async(lambda: kite.order_history(order_id)[-1]["status"] == "OPEN")
        kite.cancel_order("regular", order_id)
        assert (await next_text(socket))["data"]["status"] == "CANCELLED"
