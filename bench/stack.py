"""One complete copier for measuring: an exchange, an engine, and a primary that trades over the API."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from threading import Event

import msgspec
import requests

from bench.engine import READY as ENGINE_READY
from bench.engine import Told
from bench.trade_logger import READY as TRADE_LOG_READY
from bench.troubles import Trouble, silent_address
from tests.builders.eventually import eventually
from tests.builders.exchange import REPOSITORY, ExchangeProcess, exchange_process

ENGINE, TRADE_LOGGER = "bench.engine", "bench.trade_logger"
PRIMARY = "PA0001"
SYMBOLS = ("YESBANK", "CENTRALBK", "WIPRO", "ITC", "SBIN")
"""In turn, so that no copy waits for an older one of its symbol (order protocol, rule 7)."""
PATIENCE_S = 60.0
ORDER_GAPS_S = (0.18, 0.30)
"""Between two orders: less than the six a second that an account may be sent."""


class Stack:
    """An exchange and the engine that copies on it; the last secondary is the one in trouble, if any is."""

    def __init__(self, exchange: ExchangeProcess, secondaries: list[str]) -> None:
        self._exchange = exchange
        self._healthy = secondaries[:-1]
        self._session = requests.Session()
        self._session.trust_env = False
        low = PRIMARY.lower()
        self._session.headers["Authorization"] = f"token paperkey{low}:papertoken{low}"
        self._session.headers["X-Kite-Version"] = "3"

    def round(self, orders: int, chance: Random) -> list[float]:
        """Trade so many orders and return, for each copy of a healthy account, how long it took, in ms.

        From the moment the exchange has accepted the primary's order to the moment it has accepted the
        copy, both by the exchange's ledger.
        """
        start = max((row["number"] for row in self._exchange.ledger()), default=0)
        for number in range(1, orders + 1):
            self._place(SYMBOLS[number % len(SYMBOLS)], quantity=number)
            Event().wait(chance.uniform(*ORDER_GAPS_S))
        found: list[float] = []

        def all_copied() -> bool:
            found[:] = self._latencies_ms(start)
            return len(found) == orders * len(self._healthy)

        eventually(all_copied, timeout_s=PATIENCE_S, what="every copy of the healthy accounts")
        return found

    def warm_up(self) -> None:
        """Wait until the engine copies, and let every connection be used once."""
        self.round(len(SYMBOLS), Random(0))  # noqa: S311 - pauses, not secrets

    def _latencies_ms(self, start: int) -> list[float]:
        rows = self._exchange.ledger(action="place", after=str(start))
        accepted = [row for row in rows if row["outcome"] == "accepted"]
        primary = {
            row["params"]["quantity"]: row["settled_ns"] for row in accepted if row["account"] == PRIMARY
        }
        return [
            (row["settled_ns"] - primary[row["params"]["quantity"]]) / 1e6
            for row in accepted
            if row["account"] in self._healthy
        ]

    def _place(self, symbol: str, quantity: int) -> None:
        order = {
            "exchange": "NSE",
            "tradingsymbol": symbol,
            "transaction_type": "BUY",
            "quantity": str(quantity),
            "product": "MIS",
            "order_type": "MARKET",
            "market_protection": "-1",
        }
        answer = self._session.post(f"{self._exchange.root}/orders/regular", data=order, timeout=10)
        answer.raise_for_status()


@contextmanager
def stack(healthy: int, trouble: Trouble | None, *, has_trade_log: bool = False) -> Iterator[Stack]:
    """Run a stack while the block lasts, its last secondary in trouble from the start."""
    secondaries = [f"PA{number:04d}" for number in range(2, healthy + 3)]
    with ExitStack() as kept:
        exchange = kept.enter_context(exchange_process("--accounts", str(healthy + 2)))
        elsewhere = {}
        if trouble and trouble.has_hanging_connects:
            elsewhere[secondaries[-1]] = kept.enter_context(silent_address())
        folder = kept.enter_context(tempfile.TemporaryDirectory())
        told = Told(exchange.root, folder, secondaries, elsewhere)
        kept.enter_context(_program([ENGINE], msgspec.json.encode(told), ENGINE_READY))
        if has_trade_log:
            kept.enter_context(_program([TRADE_LOGGER, folder], b"", TRADE_LOG_READY))
        built = Stack(exchange, secondaries)
        built.warm_up()
        if trouble and trouble.fault:
            exchange.control("POST", "/faults", {**trouble.fault, "account": secondaries[-1], "count": None})
        yield built


@contextmanager
def _program(command: list[str], told: bytes, ready: str) -> Iterator[None]:
    """Run a module until the block ends: told something, ready once it says so."""
    process = subprocess.Popen(  # noqa: S603 - modules of this folder
        [sys.executable, "-m", *command], cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process, ExitStack() as kept:
        kept.callback(process.terminate)
        if process.stdin is None or process.stdout is None:
            raise TypeError("A process that was given pipes has none.")
        process.stdin.write(told + b"\n")
        process.stdin.flush()
        if not any(line.startswith(ready.encode()) for line in process.stdout):
            raise ChildProcessError(f"{command[0]} did not start; what it said stands above.")
        yield
