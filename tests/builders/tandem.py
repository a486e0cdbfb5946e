"""The whole program as its user has it: `python run.py` in a temporary folder, and ways to ask it things."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from app.cli.supervisor.ports import free_port
from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeAddress

ROOT = Path(__file__).resolve().parents[2]
READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 40.0
_LINK = re.compile(r"(http://\S+)/sign-in#(\S+)")


class Tandem(ExchangeAddress):
    """One run; as an exchange address it speaks to the paper exchange's control API."""

    def __init__(
        self, data: Path, *arguments: str, ports: tuple[int, int] | None = None, **variables: str
    ) -> None:
        self.data = data
        self.web_port, exchange_port = ports or (free_port("127.0.0.1"), free_port("127.0.0.1"))
        self.root = f"http://127.0.0.1:{exchange_port}"
        self.environment = {
            "TANDEM_PORT": str(self.web_port),
            "TANDEM_EXCHANGE_PORT": str(exchange_port),
            "TANDEM_GOOGLE_PORT": str(free_port("127.0.0.1")),
            "TANDEM_RECORDS": "false",  # most tests have no use for a trade log
            "TANDEM_DATA": str(data),
            **variables,
        }
        self.lines: list[str] = []
        self.url = f"http://localhost:{self.web_port}"
        self._tokens: queue.Queue[str] = queue.Queue()
        self._session: requests.Session | None = None
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())
            if found := _LINK.search(line):
                self._tokens.put(found[2])

    def wait_ready(self) -> "Tandem":
        """Wait for the ready block; AssertionError with all output where it does not come."""
        eventually(
            lambda: self._has("Tandem is ready") or self.process.poll() is not None,
            timeout_s=READY_TIMEOUT_S,
            what="the ready block",
        )
        assert self._has("Tandem is ready"), self.output
        return self

    @property
    def output(self) -> str:
        """Everything it has printed."""
        return "\n".join(self.lines)

    def ended(self) -> int:
        """Wait for the end and return the exit code."""
        code = self.process.wait(STOP_TIMEOUT_S)
        self._reader.join(STOP_TIMEOUT_S)
        return code

    def sign_in(self) -> requests.Session:
        """Sign in with the printed link, once, and return the session."""
        if self._session is None:
            self._session = requests.Session()
            self._session.trust_env = False
            token = self._tokens.get(timeout=10)
            answer = self._session.post(f"{self.url}/sign-in", data={"token": token}, timeout=10)
            assert answer.ok, answer.text
        return self._session

    def snapshot(self) -> dict[str, Any]:
        """Return the state as the API shows it; AssertionError where it cannot."""
        try:
            answer = self.sign_in().get(f"{self.url}/api/v1/snapshot", timeout=10)
        except requests.ConnectionError as e:
            raise AssertionError("the web process does not answer") from e
        assert answer.ok, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def programs(self) -> dict[str, int]:
        """Return the running children: name to process id."""
        return {
            name: pid
            for pid, parent, command in _processes()
            if parent == self.process.pid and (name := _program(command))
        }

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Give another command in the same environment."""
        return subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=READY_TIMEOUT_S,
        )

    def close(self) -> None:
        """End it, whatever state it is in, and everything it started."""
        children = self.programs()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(STOP_TIMEOUT_S)
        for pid in children.values():
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        self._reader.join(STOP_TIMEOUT_S)
        if self.process.stdout:
            self.process.stdout.close()
        if self._session:
            self._session.close()

    def _has(self, text: str) -> bool:
        return any(text in line for line in self.lines)


@contextmanager
def tandem(data: Path, *arguments: str, **variables: str) -> Iterator[Tandem]:
    """Run Tandem while the block lasts."""
    run = Tandem(data, *arguments, ports=None, **variables)
    try:
        yield run
    finally:
        run.close()


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that waits to be reaped does not."""
    return any(pid == process_id for pid, _, _ in _processes())


def held(snapshot: Mapping[str, Any], account: str) -> dict[str, dict[str, Any]]:
    """Return an account's copies by primary order."""
    return {
        copy["primary_order_id"]: copy
        for copy in snapshot["copies"].values()
        if copy["account_id"] == account
    }


def _program(command: str) -> str:
    found = re.search(r"run\.py (exchange|engine|web|google|records)\b", command)
    return found[1] if found else ""


def _processes() -> list[tuple[int, int, str]]:
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 3) for line in listed.stdout.splitlines()]
    return [(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and row[2][0] != "Z"]
