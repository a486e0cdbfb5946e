"""The wires between engine and exchange: the production Kite broker over transports in virtual time."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from random import Random

from app.adapters.kite.answers import NotSentReason
from app.adapters.kite.broker import KiteBroker
from app.adapters.kite.connection import Connection
from app.adapters.kite.credentials import Credentials
from app.adapters.kite.dialing import NotConnectedError
from app.adapters.kite.roots import paper_roots
from app.adapters.kite.wire import Wire
from app.domain.ids import AccountId
from tests.simulation.chances import Chances
from tests.simulation.exchange import Request, SimExchange
from tests.simulation.history import History
from tests.simulation.process import Process

_ROOT = "http://127.0.0.1:1"
_ROUND_TRIPS_TO_DIAL = 3
_LATENCY_S = (0.001, 0.03)
_NOT_CONNECTED = (NotSentReason.REFUSED, NotSentReason.NO_SUCH_HOST, NotSentReason.CONNECT_TIMEOUT)


class SimTransport(asyncio.Transport):
    """The engine's end of one connection. What is written is on its way at once and cannot be taken back."""

    def __init__(self, network: "Network", account_id: str, process: Process, connection: Connection) -> None:
        super().__init__()
        self.account_id = account_id
        self.process = process
        self._network = network
        self._connection = connection
        self._is_closing = False
        self._asked: Request | None = None
        self.asked_at_s = 0.0
        self.is_look = False

    def is_closing(self) -> bool:
        """Tell whether it was closed from either side."""
        return self._is_closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send one whole request."""
        self.process.crash_point("request before")
        self._asked = Request(bytes(data))
        self._network.send(self, self._asked)
        self.process.crash_point("request after")

    def abort(self) -> None:
        """Close at once; a request under way goes its way at the exchange."""
        self.lose(None)

    def close(self) -> None:
        """Close."""
        self.lose(None)

    def lose(self, why: Exception | None) -> None:
        """Let the connection break."""
        if not self._is_closing:
            self._is_closing = True
            if self._asked is not None:
                self._asked.transport = None
            asyncio.get_running_loop().call_soon(self._connection.connection_lost, why)

    def answer(self, data: bytes | None) -> None:
        """Let an answer arrive, or the reset that came instead."""
        if self._is_closing or self.process.is_dead:
            return
        if self.process.may_die("answer before"):
            self.process.kill("answer before")
        elif data is None:
            self.lose(ConnectionResetError())
        else:
            self._asked = None
            self._network.answered(self, data)
            self._connection.data_received(data)


class SimConnection(Connection):
    """A production connection without a socket to ask the operating system about."""

    def _socket_events(self) -> int:
        return 0


class SimWire(Wire):
    """A production wire that dials into the simulated network."""

    def __init__(self, network: "Network", account_id: str, process: Process) -> None:
        super().__init__(_ROOT)
        self._network = network
        self._account_id = account_id
        self._process = process

    async def _dial(self) -> Connection:
        return await self._network.dial(self._account_id, self._process)


class Network:
    """Carries requests and answers, slower for slow accounts; `on_sent` sees each request as it leaves.

    `on_looked` hears of each good answer to a look: whose it is, and when it was asked for.
    """

    def __init__(self, exchange: SimExchange, chances: Chances, random: Random, history: History) -> None:
        self._exchange = exchange
        self._chances = chances
        self._random = random
        self._history = history
        self._outside = Context()
        self._serving: set[asyncio.Task[None]] = set()
        self._open: list[SimTransport] = []
        self.is_cut_off = False
        """True while no connection to the broker can be opened."""
        self.on_looked: Callable[[str, float], None] = lambda *_: None
        self.on_refused_token: Callable[[str], None] = lambda _: None
        self.on_sent: Callable[[Process, str, Request], None] = lambda *_: None

    @property
    def is_busy(self) -> bool:
        """Tell whether the exchange has a request that it has not answered yet."""
        return bool(self._serving)

    def broker(self, account_id: AccountId, token: str, process: Process) -> KiteBroker:
        """Return the production broker of an account in one life of the engine."""
        credentials = Credentials(f"paperkey{account_id.lower()}", token)
        broker = KiteBroker(account_id, credentials=credentials, roots=paper_roots(_ROOT))
        broker._wire = SimWire(self, account_id, process)
        return broker

    async def dial(self, account_id: str, process: Process) -> Connection:
        """Open a connection, or fail to."""
        process.crash_point("dial")
        await asyncio.sleep(_ROUND_TRIPS_TO_DIAL * self._latency_s(account_id))
        process.check_alive()
        if self.is_cut_off or self._random.random() < self._chances.refused_dial:
            reason = self._random.choice(_NOT_CONNECTED)
            self._history.note("no connection", account_id, detail=reason)
            raise NotConnectedError(reason, f"The broker cannot be reached ({reason}); nothing was sent.")
        connection = SimConnection()
        transport = SimTransport(self, account_id, process, connection)
        connection.connection_made(transport)
        self._open = [one for one in self._open if not one.is_closing()]
        self._open.append(transport)
        return connection

    def send(self, transport: SimTransport, request: Request) -> None:
        """Take a request that has left the engine."""
        transport.asked_at_s = self._history.now_s
        transport.is_look = request.method == "GET"
        self.on_sent(transport.process, transport.account_id, request)
        loop = asyncio.get_running_loop()
        delay_s = self._latency_s(transport.account_id)
        loop.call_later(delay_s, self._arrive, transport, request, context=self._outside)

    def answered(self, transport: SimTransport, data: bytes) -> None:
        """Note a look that the engine is about to learn from, and a write that its token did not allow."""
        if not transport.is_look and b"TokenException" in data:
            self.on_refused_token(transport.account_id)
        if data.startswith(b"HTTP/1.1 200") and b'"data":[' in data:
            self.on_looked(transport.account_id, transport.asked_at_s)

    def break_all(self, account_id: str) -> None:
        """Reset every connection of an account; requests under way still arrive."""
        for transport in self._open:
            if transport.account_id == account_id and not transport.process.is_dead:
                transport.lose(ConnectionResetError())

    def _arrive(self, transport: SimTransport, request: Request) -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._serve(transport, request), context=self._outside.copy())
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, transport: SimTransport, request: Request) -> None:
        data = await self._exchange.serve(request, transport.account_id)
        is_redirected = self._chances.redirected and self._random.random() < self._chances.redirected
        if is_redirected and request.method != "GET":
            data = b"HTTP/1.1 307 .\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % request.path.encode()
        if request.method != "GET" or data is None or not data.startswith(b"HTTP/1.1 200"):
            keys = (transport.account_id, request.form.get("tag"), request.path.rsplit("/", 1)[-1])
            told = "reset" if data is None else data.decode(errors="replace").replace("\r\n", " ")
            self._history.note("replies", *keys, detail=told)
        delay_s = self._latency_s(transport.account_id)
        asyncio.get_running_loop().call_later(delay_s, transport.answer, data, context=self._outside)

    def _latency_s(self, account_id: str) -> float:
        return self._random.uniform(*_LATENCY_S) * self._chances.slow_factors.get(account_id, 1.0)
