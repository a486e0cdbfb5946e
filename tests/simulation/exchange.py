"""The venue, fault plan, ledger and request pipeline of app/exchange, in virtual time."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from multidict import CIMultiDict, CIMultiDictProxy, MultiDict

from app.exchange.clock import SessionClock
from app.exchange.faults import Fault, FaultPlan
from app.exchange.funds import FundBook
from app.exchange.http.endpoint import Answer, Endpoint
from app.exchange.http.orders import ORDERS
from app.exchange.http.pipeline import Pipeline
from app.exchange.ledger import Ledger, LedgerEntry
from app.exchange.service import Service
from app.exchange.venue import Venue
from tests.simulation.virtual_loop import VirtualClock, repeatable


class PeerTransport(asyncio.WriteTransport):
    """The exchange's end of a connection, as far as the pipeline uses it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_reset = False

    def abort(self) -> None:
        """Reset the connection."""
        self.is_reset = True


_NO_QUERY = MultiDict[str]()


@lru_cache(maxsize=256)
def _head(head: bytes) -> tuple[str, str, CIMultiDictProxy[str]]:
    """Read method, path and headers; those of most looks are the same bytes."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    return method, path, CIMultiDictProxy(CIMultiDict((name, value.strip()) for name, _, value in pairs))


class Request:
    """One HTTP request, read from its bytes, with the face of aiohttp's that the pipeline looks at."""

    def __init__(self, raw: bytes) -> None:
        head, _, self._body = raw.partition(b"\r\n\r\n")
        self.method, self.path, self.headers = _head(head)
        self.query = _NO_QUERY
        self.match_info: dict[str, str] = {}
        self.transport: PeerTransport | None = PeerTransport()

    @property
    def form(self) -> dict[str, str]:
        """Return the form's values."""
        return dict(parse_qsl(self._body.decode()))

    @property
    def can_read_body(self) -> bool:
        """Tell whether there is a body."""
        return bool(self._body)

    async def read(self) -> bytes:
        """Return the body."""
        return self._body

    def route(self) -> Endpoint:
        """Find the endpoint and fill in what its path names."""
        endpoint, named = _route(self.method, self.path)
        self.match_info = dict(named)
        return endpoint


@lru_cache(maxsize=256)
def _route(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    parts = path.strip("/").split("/")
    for endpoint in ORDERS:
        wanted = endpoint.path.strip("/").split("/")
        if endpoint.method == method and len(wanted) == len(parts):
            named = zip(wanted, parts, strict=True)
            return endpoint, {name[1:-1]: part for name, part in named if name[0] == "{"}
    raise LookupError(f"The engine asked for {method} {path}, which the simulation lacks.")


class AnswerPipeline(Pipeline):
    """The exchange's own way of a request, up to the answer, which is not made into one of aiohttp's."""

    def _respond(self, answer: Answer) -> Any:
        return answer


class CountingPlan(FaultPlan):
    """A fault plan that counts what it did."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self.met: Counter[str] = Counter()

    def pick(self, **request: Any) -> Fault | None:
        """Return the fault that a request meets, and count it."""
        fault = super().pick(**request)
        if fault is not None:
            self.met[fault.kind] += 1
        return fault


class ListenedLedger(Ledger):
    """A ledger that tells of each order as it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self.on_placed: Callable[[str, dict[str, str]], None] = lambda _account, _form: None

    def accept(
        self, entry: LedgerEntry, order_ids: Iterable[str], *, at_ns: int, is_late: bool = False
    ) -> None:
        """Note that the venue took an order."""
        super().accept(entry, order_ids, at_ns=at_ns, is_late=is_late)
        if entry.action == "place":
            self.on_placed(str(entry.account), dict(entry.params))


class VirtualSessionClock(SessionClock):
    """The session's clock, reckoned once for each moment of virtual time."""

    _reckoned: tuple[datetime, timedelta, datetime] | None = None

    def now(self) -> datetime:
        """Return the venue's time."""
        moment, known = self._now(), self._reckoned
        if known is None or known[0] is not moment or known[1] is not self.offset:
            known = self._reckoned = moment, self.offset, super().now()
        return known[2]


class SimExchange:
    """Serves request bytes with answer bytes; None stands for a connection that was reset.

    `on_list` may change what an account's order list says; `ledger.on_placed` hears of orders taken.
    """

    def __init__(self, seed: int, clock: VirtualClock, accounts: dict[str, str]) -> None:
        """Open accounts with so much cash each."""
        self.venue = Venue(clock=VirtualSessionClock(clock.now), seed=seed)
        for user_id, cash in accounts.items():
            self.venue.accounts.create(user_id, cash=cash)
        self.plan = CountingPlan(repeatable(f"faults {seed}"))
        self.ledger = ListenedLedger()
        self.on_list: Callable[[str, bytes], bytes] = lambda _account, body: body
        self.service = Service(
            venue=self.venue,
            plan=self.plan,
            ledger=self.ledger,
            funds=FundBook(repeatable(f"funds {seed}")),
            monotonic_ns=lambda: round(clock.monotonic() * 1e9),
        )
        self._pipeline = AnswerPipeline(self.service)
        self._own_listeners = len(self.venue.on_order)

    def begin_anew(self) -> None:
        """Forget who listened to what happened so far, and every fault."""
        del self.venue.on_order[self._own_listeners :]
        self.plan.clear()

    @property
    def is_busy(self) -> bool:
        """Tell whether an order is still to be accepted."""
        return bool(self._pipeline._late)

    async def serve(self, request: Request, account_id: str) -> bytes | None:
        """Let the production pipeline have a request."""
        self.venue.step()
        transport = request.transport
        endpoint = request.route()
        answer: Any = await self._pipeline.serve(endpoint, request)  # type: ignore[arg-type]  # has the face of one
        if not isinstance(answer, Answer) or (transport is not None and transport.is_reset):
            return None  # the pipeline broke the connection, or found it broken
        status, body, content_type = answer
        if request.method == "GET" and status == 200 and body.startswith(b"{"):
            body = self.on_list(account_id, body)
        head = f"HTTP/1.1 {status} .\r\nContent-Type: {content_type}\r\nDate: {self.service.http_date()}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def log_in(self, user_id: str) -> str:
        """Sign a user in as their browser would, and return the access token that is good from now on."""
        accounts = self.venue.accounts
        account = accounts.get(user_id)
        ticket = accounts.login(account.api_key, user_id)
        checksum = sha256(f"{account.api_key}{ticket}{account.api_secret}".encode()).hexdigest()
        return str(accounts.exchange_token(account.api_key, ticket, checksum)["access_token"])
