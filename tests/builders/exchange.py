"""The paper exchange for tests: in this process on a thread of its own, or as a real process."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from kiteconnect import KiteConnect

from app.exchange.server import ExchangeOptions, RunningExchange
from app.exchange.service import Service

REPOSITORY = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 30.0


class ControlError(AssertionError):
    """The control API refused; `status` is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ExchangeAddress:
    """Where an exchange is and how a test speaks to it; both variants share this."""

    root: str

    @property
    def ws_root(self) -> str:
        return self.root.replace("http://", "ws://")

    @property
    def port(self) -> int:
        return int(self.root.rpartition(":")[2])

    def control(self, method: str, path: str, json_body: object = None, **query: str) -> Any:
        """Call the control API (`path` without /_exchange) and return its data; ControlError if refused."""
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method, f"{self.root}/_exchange{path}", params=query, json=json_body, timeout=10
            )
        body = answer.json()
        if not answer.ok:
            raise ControlError(answer.status_code, body["error"])
        return body["data"]

    def ledger(self, **filters: str) -> list[dict[str, Any]]:
        """Return the ledger, narrowed by account, tag, action or after."""
        rows: list[dict[str, Any]] = self.control("GET", "/ledger", **filters)
        return rows

    def fault(self, kind: str, **rule: object) -> int:
        """Plan a fault and return its number; see `FaultRule` for the rule's fields."""
        return int(self.control("POST", "/faults", {"kind": kind, **rule})["id"])

    def kite(self, user_id: str = "PA0001", *, timeout_s: float = 7.0) -> KiteConnect:
        """Return an unmodified official client signed in as that paper account."""
        low = user_id.lower()
        return KiteConnect(f"paperkey{low}", f"papertoken{low}", root=self.root, timeout=timeout_s)


class ExchangeServer(ExchangeAddress):
    """An exchange in this process, its event loop on a thread of its own; `service` is for looking inside."""

    def __init__(self, options: ExchangeOptions) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="exchange", daemon=True)
        self._thread.start()
        self._exchange: RunningExchange = self._run(_started(options))
        self.root = self._exchange.root
        self.service: Service = self._exchange.service

    @property
    def has_failed(self) -> bool:
        """Say whether the exchange broke from inside."""
        return self._exchange.failed.done()

    def stop(self) -> None:
        """Stop the exchange and its thread; raise what broke it, if anything did."""
        failed = self._exchange.failed
        self._run(self._exchange.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_TIMEOUT_S)
        self._loop.close()
        if failed.done():
            failed.result()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_TIMEOUT_S)


async def _started(options: ExchangeOptions) -> RunningExchange:
    exchange = RunningExchange(options)
    await exchange.start()
    return exchange


@contextmanager
def running_exchange(**options: Any) -> Iterator[ExchangeServer]:
    """Run an exchange in this process on a free port, without rate limits unless `options` says otherwise."""
    given = {"port": 0, "has_rate_limits": False, **options}
    server = ExchangeServer(ExchangeOptions(**given))
    try:
        yield server
    finally:
        server.stop()


class ExchangeProcess(ExchangeAddress):
    """An exchange as a process of its own; `kill` is SIGKILL."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.exchange.server", *arguments],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("exchange ready "):
            _, complaint = self.process.communicate(timeout=START_TIMEOUT_S)
            raise AssertionError(f"The exchange did not start: {complaint or line}")
        self.root = line.split()[2]

    def kill(self) -> None:
        """Kill without warning, as a crash would."""
        self.process.kill()
        self.process.communicate(timeout=START_TIMEOUT_S)

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=START_TIMEOUT_S)
        return self.process.returncode


@contextmanager
def exchange_process(*arguments: str) -> Iterator[ExchangeProcess]:
    """Run an exchange process on a free port (mark such tests `process`)."""
    server = ExchangeProcess("--port", "0", *arguments)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
