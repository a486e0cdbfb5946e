"""A browser that follows the live stream over a wire that breaks, again and again."""

import asyncio
from pathlib import Path
from random import Random

import aiohttp

from app.web import sign_in
from tests.builders.web_process import WebProcess
from tests.drops.history import History
from tests.drops.raw_client import RawClient
from tests.drops.view import Tally, View
from tests.drops.wire import Cut, Wire

TRANSPORTS = ("websocket", "polling")
LONGEST_S = 2.0
"""A connection that its plan has not cut by then is cut where it stands."""
PATIENCE_S = 60.0
_AGAIN_S = 0.2
_MOST_BYTES = 200_000
_BROKEN = (aiohttp.ClientError, OSError, ValueError)


class Follower:
    """Signed in once; each connection is a new one with a view of its own."""

    def __init__(self, web: WebProcess, wire: Wire, cookie: str, history: History, tally: Tally) -> None:
        self._wire = wire
        self._headers = {"Cookie": cookie, "Host": f"localhost:{web.port}"}
        self._history = history
        self._tally = tally

    async def be_dropped(self, chance: Random) -> bool:
        """Follow until the wire breaks at a moment of chance: in the handshake, the snapshot, or later.

        A WebSocket ends with it. Polling may go on, as browsers repeat a request whose connection broke,
        and what was on its way is lost: then the view has to heal. Returns whether anything was cut: nothing
        is where the web process does not answer.
        """
        transport, how, cuts = chance.choice(TRANSPORTS), chance.choice(tuple(Cut)), self._wire.cuts
        self._wire.plan(int(_MOST_BYTES ** chance.random()), how)
        view = self._view(transport)
        following = asyncio.create_task(self._follow(view, transport))
        await asyncio.wait({following}, timeout=LONGEST_S)
        if self._wire.cuts == cuts:
            self._wire.cut(how)
        if self._wire.cuts == cuts or not await self._is_over(following, view):
            following.cancel()
        await asyncio.wait({following})
        error = None if following.cancelled() else following.exception()
        if error is not None and not isinstance(error, _BROKEN):
            raise error
        if self._wire.cuts == cuts:
            return False
        self._tally.seen.update((f"drops {transport}", f"drops by {how}"))
        return True

    async def catch_up(self, transport: str) -> None:
        """Connect over a wire that holds, and follow to what the engine has said by now."""
        self._wire.plan(None, Cut.RESET)
        view, target = self._view(transport), self._history.seq
        async with asyncio.timeout(PATIENCE_S):
            await self._follow(view, transport, until=target)
        if not view.is_true():
            self._tally.wrong.append(f"the view at {view.seq} is not the engine's state")
        self._tally.seen["views that ended true"] += 1

    def _view(self, transport: str) -> View:
        return View(self._history, self._tally, is_ordered=transport == "websocket")

    async def _is_over(self, following: asyncio.Task[None], view: View) -> bool:
        """Wait until a broken connection ends, or until its view has healed and caught up (False)."""
        target = self._history.seq + 1
        async with asyncio.timeout(PATIENCE_S):
            while not following.done() and view.seq < target:
                await asyncio.wait({following}, timeout=_AGAIN_S)
        if following.done():
            return True
        if not view.is_true():
            self._tally.wrong.append(f"the view healed at {view.seq} is not the engine's state")
        self._tally.seen["connections that survived"] += 1
        return False

    async def _follow(self, view: View, transport: str, *, until: int | None = None) -> None:
        async with RawClient(self._wire.port, self._headers, transport) as client:
            async for event, body in client.events():
                if event == "snapshot":
                    view.take_snapshot(body)
                elif event == "deltas":
                    view.take_deltas(body)
                if view.wants_resync:
                    await client.resync()
                if until is not None and view.seq >= until:
                    return


async def signed_in(web: WebProcess, folder: Path, http: aiohttp.ClientSession) -> str:
    """Sign in with a fresh one-time token and return the cookie."""
    token = sign_in.issue(folder / "sign-in")
    async with http.post(f"{web.url}/sign-in", data={"token": token}) as response:
        assert response.status == 204
        return "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())
