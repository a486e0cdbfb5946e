"""The way of a request: arrival, token, limit, fault, acceptance, answer, each in this one place.

A copier's exactly-once proof stands on the order of these steps: `_accept` is the only line that reaches the
venue, and it runs at once, later, or never, as the fault says, whatever the client is told.
"""

import asyncio
import socket
import struct
from collections.abc import Callable

from aiohttp import web

from app.exchange.errors import KiteError
from app.exchange.faults import Acceptance, Fault, FaultKind, Reply
from app.exchange.http.endpoint import Answer, Call, Endpoint, failure, html, success
from app.exchange.http.orders import placed_order_ids
from app.exchange.http.reading import read_call
from app.exchange.ledger import LedgerEntry
from app.exchange.service import Service
from app.exchange.throttle import Verdict

_POLL_S = 0.25
"""How often a silent answer looks whether its client is still there; nothing waits for that."""


class Pipeline:
    """Carry requests through to the venue and faults out on them."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._closing = asyncio.Event()
        self._late: set[asyncio.TimerHandle] = set()

    def close(self) -> None:
        """End every silent answer and drop what was to be accepted late."""
        self._closing.set()
        for timer in self._late:
            timer.cancel()

    async def serve(self, endpoint: Endpoint, request: web.Request) -> web.StreamResponse:
        """Answer one request; never raises for what a client did."""
        arrived_ns = self._service.monotonic_ns()
        try:
            call = await read_call(self._service, endpoint, request)
        except KiteError as e:
            return self._respond(failure(e))
        entry = self._record(endpoint, call, arrived_ns)
        try:
            self._admit(endpoint, call)
        except KiteError as e:
            answer = failure(e)
            if entry is not None:
                self._refused(entry, e)
                self._service.ledger.tell(entry, str(answer.status))
            return self._respond(answer)
        fault = self._fault_for(endpoint, call)
        if fault is None:
            return self._respond(self._told(entry, self._accept(endpoint, call, entry)))
        if entry is not None:
            self._service.ledger.mark_fault(entry, fault.kind.value)
        return await self._carry_out(fault, endpoint, call, entry, request)

    def _record(self, endpoint: Endpoint, call: Call, arrived_ns: int) -> LedgerEntry | None:
        if endpoint.action is None:
            return None
        return self._service.ledger.open(
            arrived_ns=arrived_ns,
            action=endpoint.action,
            account=call.signed_in.user_id if call.signed_in else None,
            variety=call.path["variety"],
            order_id=call.path.get("order_id"),
            params=call.params,
        )

    def _admit(self, endpoint: Endpoint, call: Call) -> None:
        """Check token and limits; raise KiteError."""
        user_id = call.account.user_id if endpoint.needs_token else ""
        clock = self._service.venue.clock
        verdict = self._service.throttle.check(
            endpoint.bucket,
            api_key=call.api_key,
            account=user_id,
            wall_s=clock.source_now().timestamp(),
            trade_date=clock.now().date(),
            orders=_orders_in(call),
        )
        if verdict is Verdict.TOO_MANY:
            raise KiteError(429, "NetworkException", "Too many requests")
        if verdict is Verdict.DAY_USED_UP:
            raise KiteError(429, "NetworkException", "Maximum allowed order requests exceeded")

    def _fault_for(self, endpoint: Endpoint, call: Call) -> Fault | None:
        fault = self._service.plan.pick(
            account=call.signed_in.user_id if call.signed_in else "",
            route=endpoint.name,
            now_s=self._service.now_s(),
            tag=call.params.get("tag", ""),
            tradingsymbol=call.params.get("tradingsymbol", ""),
        )
        if fault is not None and fault.kind is FaultKind.STALE_ORDERS:
            call.list_age_s = fault.delay_s
        return fault

    def _accept(
        self, endpoint: Endpoint, call: Call, entry: LedgerEntry | None, *, is_late: bool = False
    ) -> Answer:
        """Let the venue have the request and record its fate."""
        ledger, now_ns = self._service.ledger, self._service.monotonic_ns
        try:
            data = endpoint.serve(call)
        except KiteError as e:
            if entry is not None:
                self._refused(entry, e, is_late=is_late)
            return failure(e)
        if entry is not None:
            ledger.accept(entry, placed_order_ids(data), at_ns=now_ns(), is_late=is_late)
        return data if isinstance(data, Answer) else success(data)

    def _refused(self, entry: LedgerEntry, e: KiteError, *, is_late: bool = False) -> None:
        now_ns = self._service.monotonic_ns()
        self._service.ledger.refuse(
            entry, e.http_status, e.error_type, e.message, at_ns=now_ns, is_late=is_late
        )

    async def _carry_out(
        self,
        fault: Fault,
        endpoint: Endpoint,
        call: Call,
        entry: LedgerEntry | None,
        request: web.Request,
    ) -> web.StreamResponse:
        answer: Answer | None = None
        if fault.acceptance is Acceptance.NEVER:
            if entry is not None:
                self._service.ledger.drop(entry, at_ns=self._service.monotonic_ns())
        elif fault.acceptance is Acceptance.NOW:
            answer = self._accept(endpoint, call, entry)
        elif fault.reply is Reply.TRUE:
            await self._wait(fault.delay_s)
            if self._closing.is_set():
                return self._respond(html(503))
            answer = self._accept(endpoint, call, entry, is_late=True)
        else:
            self._later(fault.delay_s, lambda: self._accept(endpoint, call, entry, is_late=True))
        return await self._reply(fault, answer, entry, request)

    async def _reply(
        self, fault: Fault, answer: Answer | None, entry: LedgerEntry | None, request: web.Request
    ) -> web.StreamResponse:
        """Tell the client what the fault lets it know."""
        is_delayed = fault.acceptance is not Acceptance.LATE and fault.kind is not FaultKind.STALE_ORDERS
        if is_delayed and fault.delay_s > 0:
            await self._wait(fault.delay_s)
        if fault.reply is Reply.TRUE and answer is not None:
            return self._respond(self._told(entry, answer))
        if fault.reply is Reply.ERROR and fault.error is not None:
            return self._respond(self._told(entry, failure(KiteError(*fault.error))))
        if fault.reply is Reply.HTML and fault.error is not None:
            return self._respond(self._told(entry, html(fault.error.http_status)))
        if entry is not None:
            self._service.ledger.tell(entry, fault.reply.value)
        if fault.reply is Reply.SILENCE:
            await self._silence(request)
        reset(request.transport)
        return web.Response()  # reaches nobody: the connection is gone

    def _told(self, entry: LedgerEntry | None, answer: Answer) -> Answer:
        if entry is not None:
            self._service.ledger.tell(entry, str(answer.status))
        return answer

    def _respond(self, answer: Answer) -> web.Response:
        return web.Response(
            status=answer.status,
            body=answer.body,
            headers={"Content-Type": answer.content_type, "Date": self._service.http_date()},
        )

    def _later(self, delay_s: float, act: Callable[[], object]) -> None:
        def run() -> None:
            self._late.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(delay_s, run)
        self._late.add(timer)

    async def _wait(self, delay_s: float) -> None:
        """Let `delay_s` pass, or less if the exchange closes; the client's patience does not matter."""
        try:
            await asyncio.wait_for(self._closing.wait(), delay_s)
        except TimeoutError:
            return

    async def _silence(self, request: web.Request) -> None:
        """Say nothing until the client goes away or the exchange closes."""
        while not self._closing.is_set() and request.transport is not None:
            await self._wait(_POLL_S)


def _orders_in(call: Call) -> int:
    """Return how many orders a request counts as for the day: an iceberg order's legs count singly."""
    legs = call.params.get("iceberg_legs", "")
    is_number = legs.isascii() and legs.isdigit() and len(legs) < 3
    return max(int(legs), 1) if call.path.get("variety") == "iceberg" and is_number else 1


def reset(transport: asyncio.BaseTransport | None) -> None:
    """Reset a connection (RST, not FIN): the peer sees it broken, not ended."""
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
