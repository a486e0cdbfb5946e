"""The web process as a process, in both modes: a scripted engine behind it, a client before it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from app.engine.link import LinkServer
from app.web import sign_in
from tests.builders import shown_rows as rows
from tests.builders.eventually import eventually_async
from tests.builders.web_process import SECRET, Browser, WebProcess
from tests.fakes.scripted_engine import ScriptedEngine

pytestmark = pytest.mark.process


@pytest.fixture(params=["eventlet", "threading"])
def mode(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


class Stack:
    """A scripted engine behind a real link, and a real web process on it."""

    def __init__(self, mode: str, data: Path) -> None:
        self.mode, self.data = mode, data
        self.engine = ScriptedEngine(rows.snapshot(4))
        self.server = LinkServer(self.engine, SECRET)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[WebProcess, Browser]]:
        self.port = await self.server.start()
        try:
            async with WebProcess(self.mode, self.data, self.port) as web, Browser(web, self.data) as browser:
                yield web, browser
        finally:
            await self.server.close()

    async def restart_engine(self, engine: ScriptedEngine) -> None:
        await self.server.close()
        self.engine, self.server = engine, LinkServer(engine, SECRET)
        await self.server.start(port=self.port)

    async def caught_up(self, browser: Browser) -> None:
        await eventually_async(
            lambda: browser.state == self.engine.snapshot(), what="the browser catching up"
        )


@pytest.fixture
def stack(mode: str, tmp_path: Path) -> Stack:
    return Stack(mode, tmp_path)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_the_browser_follows_the_engine_without_a_gap(stack: Stack, transport: str) -> None:
    async with stack.running() as (_, browser):
        await browser.watch(transport)
        await stack.caught_up(browser)
        for number in range(1, 301):
            stack.engine.show(
                orders={str(number % 40): rows.order(quantity=number)}, alerts=[rows.alert(number)]
            )
            await asyncio.sleep(0)
        await stack.caught_up(browser)
        assert (browser.snapshots, browser.gaps, browser.is_link_up) == (1, 0, True)


async def test_a_killed_web_process_comes_back_and_the_browser_catches_up(stack: Stack) -> None:
    async with stack.running() as (web, browser):
        await browser.watch()
        await stack.caught_up(browser)
        await web.end(signal.SIGKILL)
        await eventually_async(lambda: not browser.live.connected)
        for _ in range(10):
            stack.engine.show(copies={"100:AB1234": rows.copy()})
        await web.start()
        await browser.watch()
        await stack.caught_up(browser)
        assert browser.snapshots == 2, "the session outlived the kill, so nobody signed in again"


async def test_a_restarted_engine_is_shown_anew(stack: Stack) -> None:
    async with stack.running() as (web, browser):
        await browser.watch()
        await stack.caught_up(browser)
        await stack.server.close()
        await eventually_async(lambda: browser.is_link_up is False)
        async with browser.http.post(f"{web.url}/api/v1/stop") as response:
            assert (response.status, "NOT stopped" in await response.text()) == (503, True)
        await stack.restart_engine(ScriptedEngine(rows.snapshot(9, boot_id="boot-2")))
        await stack.caught_up(browser)
        await eventually_async(lambda: browser.is_link_up)


async def test_a_gap_is_healed_by_a_new_snapshot(stack: Stack) -> None:
    async with stack.running() as (_, browser):
        await browser.watch()
        await stack.caught_up(browser)
        assert browser.state is not None
        browser.state["seq"] -= 2  # as if a batch had been lost
        stack.engine.show()
        await eventually_async(lambda: browser.gaps == 1)
        await stack.caught_up(browser)
        assert browser.snapshots == 2


async def test_a_command_repeated_with_its_id_acts_once(stack: Stack) -> None:
    async with stack.running() as (web, browser):
        body = {"command_id": "0f8fad5b-d9cb", "orders": ["100"]}

        async def copy() -> dict[str, Any]:
            async with browser.http.post(f"{web.url}/api/v1/copies", json=body) as response:
                assert response.status == 200
                answer: dict[str, Any] = await response.json()
                return answer

        await browser.watch()
        await stack.caught_up(browser)
        assert await copy() == await copy()
        assert len(stack.engine.carried_out) == 1


async def test_strangers_and_other_sites_stay_outside(stack: Stack) -> None:
    async with stack.running() as (web, browser), aiohttp.ClientSession() as unknown:
        stranger = socketio.AsyncClient(http_session=unknown)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await stranger.connect(web.url, namespaces=["/live"], transports=["websocket"])
        async with unknown.get(f"{web.url}/api/v1/snapshot") as response:
            assert response.status == 401
        evil = {"Origin": "http://localhost:3000"}
        with pytest.raises(socketio.exceptions.ConnectionError):
            await browser.live.connect(web.url, namespaces=["/live"], headers=evil, transports=["websocket"])
        rebound = {"Host": f"evil.example:{web.port}"}
        for path in ("/", "/healthz", "/socket.io/?EIO=4&transport=polling"):
            async with browser.http.get(f"{web.url}{path}", headers=rebound) as response:
                assert response.status == 400


async def test_signing_out_cuts_the_socket_and_it_stays_cut(stack: Stack) -> None:
    async with stack.running() as (web, browser):
        await browser.watch()
        await stack.caught_up(browser)
        async with browser.http.post(f"{web.url}/sign-out") as response:
            assert response.status == 204
        await eventually_async(lambda: not browser.live.connected)


async def test_it_ends_cleanly_when_asked_and_tells_no_secret(stack: Stack) -> None:
    async with stack.running() as (web, browser):
        await browser.watch()
        await stack.caught_up(browser)
        token = sign_in.issue(stack.data / "sign-in")
        async with browser.http.get(f"{web.url}/sign-in?token={token}&canary=1") as response:
            assert response.status == 200
        assert await web.end(signal.SIGTERM) == 0
        said = "".join(web.said)
        for secret in (SECRET, token, "canary", browser.reference):
            assert secret not in said
        assert "Traceback" not in said


async def test_a_port_in_use_is_said_and_ends_with_code_2(mode: str, tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    web = WebProcess(mode, tmp_path, 1, port=port)
    assert await web.run() == 2
    assert f"Port {port} on 127.0.0.1 is in use" in "".join(web.said)
    taken.close()
