"""The web process as a real process, and a browser's part of talking to it."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import socketio

from app.web import sign_in

SECRET = "the-secret-of-this-start"

_PROGRAM = """
import json, pathlib, sys
from app.web.options import LinkAddress, WebOptions
from app.web.process import main
told = json.loads(sys.stdin.readline())
link = LinkAddress(port=told.pop("link_port"), secret=told.pop("link_secret"))
sys.exit(main(WebOptions(link=link, data=pathlib.Path(told.pop("data")), **told)))
"""


class WebProcess:
    """Start the web process in one asynchronous mode; `url` is known once it is ready."""

    def __init__(self, mode: str, data: Path, link_port: int, *, port: int = 0) -> None:
        self._told = {
            "async_mode": mode,
            "data": str(data),
            "link_port": link_port,
            "link_secret": SECRET,
            "port": port,
        }
        self.port = port
        self.said: list[str] = []
        self._process: Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "WebProcess":
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.end(signal.SIGKILL)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def run(self) -> int:
        """Start it and return its exit code, for one that is expected to refuse."""
        await self._launch()
        return await self._ended()

    async def start(self) -> None:
        """Start it and wait for its ready line; the port it got is kept over restarts."""
        lines = await self._launch()
        first = (await asyncio.wait_for(lines.readline(), 30)).decode()
        self.said.append(first)
        assert first.startswith("web ready http://localhost:"), (await self._ended(), self.said)
        self.port = self._told["port"] = int(first.rstrip().rsplit(":", 1)[1])

    async def end(self, how: signal.Signals) -> int:
        """Send a signal, unless it has ended already, and return the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        return await self._ended()

    async def _launch(self) -> asyncio.StreamReader:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _PROGRAM, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process = process
        self._listening = asyncio.create_task(self._listen(process.stderr))
        process.stdin.write(json.dumps(self._told).encode() + b"\n")
        return process.stdout

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            self.said.append(line.decode())

    async def _ended(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        assert self._listening is not None
        code = await asyncio.wait_for(self._process.wait(), 30)
        self.said.append((await self._process.stdout.read()).decode())
        await self._listening
        return code


class Browser:
    """A signed-in browser: HTTP with its cookie, and the live stream kept as the page keeps it."""

    def __init__(self, web: WebProcess, data: Path) -> None:
        self._web = web
        self._data = data
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        # Its cookies come from the session's jar. It does not reconnect by itself: attempts it gives up leave
        # connections unclosed, so tests say when to watch again.
        self.live = socketio.AsyncClient(http_session=self.http, reconnection=False)
        self.state: dict[str, Any] | None = None
        self.snapshots = 0
        self.gaps = 0
        self.is_link_up: bool | None = None
        for event in (self.snapshot, self.deltas, self.link):
            self.live.on(event.__name__, event, namespace="/live")

    async def __aenter__(self) -> "Browser":
        token = sign_in.issue(self._data / "sign-in")
        async with self.http.post(f"{self._web.url}/sign-in", data={"token": token}) as response:
            assert response.status == 204
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.live.shutdown()
        self._release()
        await self.http.close()

    @property
    def reference(self) -> str:
        """The session's secret."""
        (cookie,) = self.http.cookie_jar
        return cookie.value

    async def watch(self, transport: str = "websocket") -> None:
        """Open the live stream, again where it was cut."""
        self._release()
        await self.live.connect(self._web.url, namespaces=["/live"], transports=[transport])

    def _release(self) -> None:
        """Close what is left of a socket that a killed server reset: aiohttp marks it closed but keeps it."""
        if self.live.eio.ws is not None:
            self.live.eio.ws._response.close()

    async def snapshot(self, body: dict[str, Any]) -> None:
        self.state = body
        self.snapshots += 1

    async def deltas(self, body: dict[str, Any]) -> None:
        """Take a batch as docs say a client must: none before a snapshot, a gap asks for a new one."""
        state = self.state
        if state is None or body["to_seq"] <= state["seq"]:
            return
        if body["boot_id"] != state["boot_id"] or body["from_seq"] > state["seq"] + 1:
            self.gaps += 1
            self.state = None
            await self.live.emit("resync", namespace="/live")
            return
        for name in ("accounts", "orders", "copies"):
            state[name].update(body[name])
        state["status"] = body["status"] or state["status"]
        newest = state["alerts"][-1]["seq"] if state["alerts"] else 0
        state["alerts"] += [alert for alert in body["alerts"] if alert["seq"] > newest]
        state["seq"] = body["to_seq"]

    async def link(self, body: dict[str, Any]) -> None:
        self.is_link_up = body["is_up"]
