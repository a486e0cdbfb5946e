"""The order push: it wakes, survives whatever the line does, and says each trouble once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.adapters.kite import feed as feed_module
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.feed import KiteFeed
from app.adapters.kite.roots import paper_roots
from app.domain.ids import AccountId
from tests.builders.eventually import eventually_async

Behave = Callable[[web.WebSocketResponse], Awaitable[None]]
ORDER = '{"type":"order","id":"","data":{"order_id":"1","status":"OPEN"}}'
HEARTBEAT = b"\x00"


async def stay(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass


class Ticker:
    """Kite's WebSocket, as far as the feed needs it; `behaviours` are used up one per connection."""

    def __init__(self) -> None:
        self.behaviours: list[Behave] = []
        self.queries: list[dict[str, str]] = []
        self.refuse_with: int | None = None
        self.wakes = 0
        self.reports: list[str] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.queries.append(dict(request.query))
        if self.refuse_with is not None:
            return web.Response(status=self.refuse_with)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await (self.behaviours.pop(0) if self.behaviours else stay)(socket)
        return socket

    def wake(self) -> None:
        self.wakes += 1


@pytest.fixture
def ticker() -> Ticker:
    return Ticker()


@pytest.fixture
async def feed(ticker: Ticker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KiteFeed]:
    """A feed that runs, with its pauses shortened."""
    monkeypatch.setattr(feed_module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(feed_module, "LONGEST_PAUSE_S", 0.02)
    monkeypatch.setattr(feed_module, "CLOSE_TIMEOUT_S", 0.05)
    application = web.Application()
    application.router.add_get("/", ticker.serve)
    server = TestServer(application, host="127.0.0.1")
    await server.start_server()
    made = KiteFeed(
        AccountId("PA0001"),
        credentials=Credentials("key1", "token1"),
        roots=paper_roots(f"http://127.0.0.1:{server.port}"),
        report=ticker.reports.append,
        silence_s=0.5,
    )
    task = asyncio.create_task(made.run(ticker.wake))
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await server.close()


async def test_it_wakes_after_connecting_and_for_each_order(ticker: Ticker, feed: KiteFeed) -> None:
    async def push(socket: web.WebSocketResponse) -> None:
        for frame in (ORDER, '{"type":"message","data":"hello"}', "no json", "[1]", '{"type":7}', ORDER):
            await socket.send_str(frame)
        await socket.send_bytes(HEARTBEAT)
        await socket.send_bytes(b"\x00\x01\x00\x08" + b"1" * 8)
        await stay(socket)

    ticker.behaviours = [push]
    await eventually_async(lambda: ticker.wakes == 3)
    assert ticker.queries == [{"api_key": "key1", "access_token": "token1"}]
    assert ticker.reports == []


async def test_it_says_whether_a_connection_stands_and_how_many_were_made(
    ticker: Ticker, feed: KiteFeed
) -> None:
    await eventually_async(lambda: feed.state.is_up)
    assert feed.state.connections >= 1


async def test_a_silent_line_is_replaced(ticker: Ticker, feed: KiteFeed) -> None:
    await eventually_async(lambda: len(ticker.queries) >= 2)
    await eventually_async(lambda: ticker.wakes >= 2)


async def test_heartbeats_keep_a_line_alive(ticker: Ticker, feed: KiteFeed) -> None:
    beats = 0

    async def beat(socket: web.WebSocketResponse) -> None:
        nonlocal beats
        while beats < 15:
            await socket.send_bytes(HEARTBEAT)
            beats += 1
            await asyncio.sleep(0.05)

    ticker.behaviours = [beat]
    await eventually_async(lambda: beats == 15)
    assert len(ticker.queries) == 1


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no JSON",
        "null",
        "[]",
        '"order"',
        '{"type":7}',
        '{"type":null}',
        '{"type":"order"',
        '{"type":"order","data":' + "[" * 10_000 + "]" * 10_000 + "}",
        '{"type":"order","data":"\\ud800"}',
        "\ufeff{}",
        b"",
        b"\x00\x01",
        b"\xff" * 100_000,
        '{"type":"error","data":"' + "x" * 100_000 + '"}',
    ],
    ids=lambda frame: f"{type(frame).__name__} {frame[:18]!r}",
)
async def test_no_frame_ends_the_listening_or_passes_for_more_than_a_hint(
    ticker: Ticker, feed: KiteFeed, frame: str | bytes
) -> None:
    async def say(socket: web.WebSocketResponse) -> None:
        await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
        await socket.send_str(ORDER)
        await stay(socket)

    ticker.behaviours = [say]
    await eventually_async(lambda: ticker.wakes >= 2)
    assert len(ticker.queries) == 1


async def test_a_frame_larger_than_any_of_kites_or_in_broken_text_costs_the_line_only(
    ticker: Ticker, feed: KiteFeed
) -> None:
    async def bomb(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"0" * (feed_module.MAX_FRAME_BYTES + 1))
        await stay(socket)

    async def broken_text(socket: web.WebSocketResponse) -> None:
        assert socket._writer is not None
        await socket._writer.send_frame(b"\xff\xfe", 1)
        await stay(socket)

    ticker.behaviours = [bomb, broken_text]
    await eventually_async(lambda: len(ticker.queries) == 3)


async def test_a_fault_of_ours_is_told_and_ends_nothing(
    ticker: Ticker, feed: KiteFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(frame: str) -> bool:
        raise ZeroDivisionError

    async def say(socket: web.WebSocketResponse) -> None:
        await socket.send_str(ORDER)
        await stay(socket)

    monkeypatch.setattr(feed_module, "_is_order", breaks)
    ticker.behaviours = [say]
    await eventually_async(lambda: len(ticker.queries) == 2)
    assert ticker.reports == ["Order pushes for PA0001 failed (ZeroDivisionError). Polling goes on."]


async def test_a_broken_line_is_made_anew_and_wakes(ticker: Ticker, feed: KiteFeed) -> None:
    async def drop(socket: web.WebSocketResponse) -> None:
        await socket.close(code=aiohttp.WSCloseCode.GOING_AWAY)

    ticker.behaviours = [drop, drop]
    await eventually_async(lambda: ticker.wakes >= 3)


async def test_a_refused_upgrade_is_said_once_and_a_new_token_tries_at_once(
    ticker: Ticker, feed: KiteFeed
) -> None:
    ticker.refuse_with = 403
    await eventually_async(lambda: ticker.reports)
    feed.set_token("token2")
    await eventually_async(lambda: len(ticker.queries) == 2)
    ticker.refuse_with = None
    feed.set_token("token3")
    await eventually_async(lambda: ticker.wakes == 1)
    assert [query["access_token"] for query in ticker.queries] == ["token1", "token2", "token3"]
    assert len(ticker.reports) == 1
    assert "PA0001" in ticker.reports[0]
    assert "403" in ticker.reports[0]
    assert "key1" not in ticker.reports[0]


async def test_other_troubles_are_said_once_without_the_address(ticker: Ticker, feed: KiteFeed) -> None:
    ticker.refuse_with = 502
    await eventually_async(lambda: len(ticker.queries) >= 6)
    assert len(ticker.reports) == 1
    assert "502" in ticker.reports[0]
    assert "token1" not in ticker.reports[0]
    ticker.refuse_with = None
    await eventually_async(lambda: ticker.wakes >= 1)


def test_back_off_grows_to_a_bound_and_is_spread() -> None:
    feed = KiteFeed(
        AccountId("PA0001"),
        credentials=Credentials("key1", "token1"),
        roots=paper_roots("http://127.0.0.1:1"),
        report=lambda _: None,
    )
    pauses = []
    for feed._failures in range(1, 40):
        pauses.append(feed._back_off_s())
    assert 0.5 <= pauses[0] <= 1.0
    assert all(
        feed_module.LONGEST_PAUSE_S / 2 <= pause <= feed_module.LONGEST_PAUSE_S for pause in pauses[6:]
    )
    assert len({round(pause, 6) for pause in pauses[6:]}) > 20
    assert repr(feed) == "KiteFeed('PA0001')"
