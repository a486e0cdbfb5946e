"""The real web process and its page, over an engine that shows what it is told."""

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from app.engine.link import LinkServer
from app.engine.rows import Snapshot
from app.web import sign_in
from tests.builders.web_process import SECRET, WebProcess
from tests.fakes.scripted_engine import ScriptedEngine

_Result = TypeVar("_Result")
_PATIENCE_S = 60.0


class Dashboard:
    """A served dashboard. Its engine runs on an event loop in a thread of its own."""

    def __init__(self, data: Path, state: Snapshot) -> None:
        self._data = data
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()
        self.engine = ScriptedEngine(state)
        self._link = LinkServer(self.engine, SECRET)
        self._web = WebProcess("eventlet", data, self.run(self._link.start()))
        self.run(self._web.start())

    @property
    def url(self) -> str:
        """Where the page is."""
        return self._web.url

    def sign_in_link(self) -> str:
        """Make a link that signs a browser in once."""
        return f"{self.url}/sign-in#{sign_in.issue(self._data / 'sign-in')}"

    def show(self, **rows: Any) -> None:
        """Publish the next delta."""
        self.run(self._show(rows))

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Do something on the engine's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something on the engine's loop and wait for nothing."""
        asyncio.run_coroutine_threadsafe(work, self._loop)

    def lose_web(self) -> None:
        """Kill the web process: the page loses its connection."""
        self.run(self._web.end(signal.SIGKILL))

    def lose_engine(self) -> None:
        """End the link: the web process answers, the engine does not."""
        self.run(self._link.close())

    def close(self) -> None:
        """End everything."""
        self.run(self._web.end(signal.SIGKILL))
        self.run(self._link.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    async def _show(self, rows: dict[str, Any]) -> None:
        self.engine.show(**rows)


@contextmanager
def dashboard(data: Path, state: Snapshot) -> Iterator[Dashboard]:
    """Serve a dashboard that shows `state` while the block lasts."""
    board = Dashboard(data, state)
    try:
        yield board
    finally:
        board.close()
