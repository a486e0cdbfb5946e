"""The real program under chaos: started, killed, started again on the same folder and ports."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import requests
from kiteconnect import KiteConnect

from app.cli.supervisor.ports import free_port
from app.settings import PAPER_SPREADSHEET, PROJECT
from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeAddress, exchange_process
from tests.builders.tandem import Tandem

PRIMARY = "PA0001"
SECONDARIES = ("PA0002", "PA0003", "PA0004")
PROGRAMS = ("engine", "web", "exchange")
CLERKS = ("records", "google")
"""What keeps the trade log, and the stand-in for Google: nothing waits for them."""
START_TIMEOUT_S = 90.0
_RICH = "1000000000"

PATIENT_RULES = {
    "market_age_limit_s": 120,
    "resting_age_limit_s": 600,
    "restart_gap_s": 120,
    "poll_interval_s": 0.5,
}
"""Chaos wants copying to go on by itself through all that happens, for that is where doubles are made."""


class House(ExchangeAddress):
    """One data folder and the supervisors that ran on it, one after the other.

    As an exchange address it speaks to the paper exchange of whichever run lives; what cannot be reached
    raises requests.ConnectionError, as it does for everybody while a program is down.
    """

    def __init__(self, data: Path, *, rules: dict[str, Any] | None = None, **variables: str) -> None:
        self.data = data
        # The key file names the stand-in's address, so it keeps its port over all starts.
        self._variables = {"TANDEM_GOOGLE_PORT": str(free_port("127.0.0.1")), **variables}
        self._output: list[str] = []
        self._browser = requests.Session()
        self._browser.trust_env = False
        write_rules(data, {**PATIENT_RULES, **(rules or {})})
        give_money(data)
        self.run = Tandem(data, "--paper", ports=None, **self._variables)
        self.root = self.run.root
        self.supervisor_kills = 0

    @property
    def url(self) -> str:
        """Where the web process answers."""
        return self.run.url

    def wait_ready(self) -> "House":
        """Wait until all programs are up and sign the operator in."""
        self.run.wait_ready()
        self._browser = self.run.sign_in()
        return self

    def kill_supervisor(self) -> None:
        """SIGKILL the supervisor; its programs notice and end. Then start anew and wait until all are up."""
        old = self.run
        old.process.kill()
        old.process.wait()
        old._reader.join(START_TIMEOUT_S)
        if old.process.stdout:
            old.process.stdout.close()
        self._output += old.lines
        self.supervisor_kills += 1
        ports = (old.web_port, self.port)
        self.run = Tandem(self.data, "--paper", ports=ports, **self._variables)
        self.run.wait_ready()

    def readies(self, program: str) -> int:
        """Return how often a program has become ready under the present supervisor."""
        start = f"{program:<8} | {program} ready"
        return sum(line.startswith(start) for line in tuple(self.run.lines))

    def kill(self, program: str) -> bool:
        """SIGKILL a program; False where it is down already."""
        return self.signal(program, signal.SIGKILL)

    def signal(self, program: str, number: signal.Signals) -> bool:
        """Send one of our own programs a signal; False where it is down."""
        process_id = self.run.programs().get(program)
        if process_id is None:
            return False
        try:
            os.kill(process_id, number)
        except ProcessLookupError:
            return False
        return True

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        """Ask the web process as the signed-in operator does."""
        return self._browser.request(method, f"{self.url}/api/v1{path}", json=body, timeout=20)

    def shown(self) -> dict[str, Any] | None:
        """Return what the page shows now, or None while the web process or its engine is not heard."""
        try:
            answer = self.ask("GET", "/snapshot")
        except requests.RequestException:
            return None
        if not answer.ok:
            return None
        found: dict[str, Any] = answer.json()
        return found if found["link"]["is_up"] else None

    def trade_log(self, day: str) -> list[list[Any]] | None:
        """Return a day's worksheet, the header first; None where no trade log is kept."""
        if self._variables.get("TANDEM_RECORDS") != "true":
            return None
        answer = self._browser.get(
            f"http://127.0.0.1:{self._variables['TANDEM_GOOGLE_PORT']}/control/cells",
            params={"id": PAPER_SPREADSHEET},
            timeout=20,
        )
        cells: list[list[Any]] = answer.json().get(day, {}).get("cells", [])
        return cells

    def is_exchange_up(self) -> bool:
        """Tell whether the exchange answers."""
        try:
            self.control("GET", "/status")
        except requests.RequestException:
            return False
        return True

    def wait_exchange(self) -> None:
        """Wait until the exchange answers."""
        eventually(self.is_exchange_up, timeout_s=START_TIMEOUT_S, what="an exchange that answers")

    def clients(self) -> dict[str, KiteConnect]:
        """Return the official client of every account."""
        return {account: self.kite(account) for account in (PRIMARY, *SECONDARIES)}

    @property
    def output(self) -> str:
        """Everything that was printed, by all supervisors."""
        return "\n".join([*self._output, *self.run.lines])

    def close(self) -> None:
        """End everything."""
        self.run.close()
        self._browser.close()


def give_money(data: Path) -> None:
    """Make the secondaries rich: the scripted day begins anew with each killed exchange, and buys on."""
    state = data / "paper" / "exchange"
    with exchange_process("--accounts", "1", "--state-dir", str(state)) as exchange:
        for account in SECONDARIES:
            exchange.control("POST", "/accounts", {"user_id": account, "cash": _RICH})


def write_rules(data: Path, changes: dict[str, Any]) -> None:
    """Write the paper run's copier.json before its first start; a start never writes over it."""
    folder = data / "paper" / "config"
    folder.mkdir(parents=True, exist_ok=True)
    rules = json.loads((PROJECT / "config" / "copier.json").read_text())
    (folder / "copier.json").write_text(json.dumps({**rules, **changes}, indent=2))
