"""One kept-alive HTTP/1.1 connection that carries one request at a time and knows when it is spent."""

import asyncio
import select
from typing import cast

import httptools

from app.adapters.kite.answers import Answer, Lost

MAX_HEAD_BYTES = 64 * 1024
_GONE = (
    select.POLLHUP | select.POLLERR | select.POLLNVAL | getattr(select, "POLLRDHUP", 0)
    if hasattr(select, "poll")  # Windows has none: there a closed peer is seen a loop turn later
    else 0
)
_KEPT_HEADERS = {
    b"content-type": "content_type",
    b"content-encoding": "content_encoding",
    b"date": "date",
}


class Connection(asyncio.Protocol):
    """Sends bytes that are a whole request and gives back the answer, or `Lost`.

    Never resends. Whatever is odd (surplus bytes, an upgrade, broken framing, too large an answer, an
    answer that only the peer's closing would end) makes it spent, and spent ones are never written to.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer | Lost] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._parser: httptools.HttpResponseParser | None = None
        self._answer: Answer | None = None
        self._fields: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._body_bytes = 0
        self._head_bytes = 0
        self._is_in_body = False
        self._max_body_bytes = 0
        self._is_spent = False
        self._has_served = False
        self._idle_since_s = self._loop.time()

    @property
    def idle_s(self) -> float:
        """Return how long ago it was opened or last answered."""
        return self._loop.time() - self._idle_since_s

    @property
    def is_usable(self) -> bool:
        """Tell whether a request may be written now, asking the operating system about the peer too.

        Bytes that wait to be read although nothing was asked are an answer to nothing: whatever is
        asked next could be mistaken for their question.
        """
        if self._is_spent or self._transport is None or self._transport.is_closing():
            return False
        if self._waiter is not None:
            return False
        events = self._socket_events()
        return not events & _GONE and not (self._has_served and events)

    async def exchange(
        self, request: bytes, *, answer_timeout_s: float, max_body_bytes: int
    ) -> Answer | Lost:
        """Write a request, at once and before anything is awaited, and wait for its answer.

        Ask `is_usable` directly before. When the caller is cancelled the answer is still owed, so the
        connection stays unusable.
        """
        if self._transport is None or self._waiter is not None:
            raise RuntimeError("A connection carries one request at a time.")
        waiter: asyncio.Future[Answer | Lost] = self._loop.create_future()
        self._waiter = waiter
        self._max_body_bytes = max_body_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._begin()
        self._deadline = self._loop.call_later(answer_timeout_s, self._expire, answer_timeout_s)
        self._transport.write(request)
        return await waiter

    def abort(self, why: str = "the connection was closed by us") -> None:
        """Close at once; a request under way ends as Lost."""
        self._is_spent = True
        if self._transport is not None:
            self._transport.abort()
        self._end(Lost(f"Sent, but {why} before an answer came."))

    # asyncio's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; bytes that nobody asked for spend the connection."""
        if self._parser is None or self._waiter is None:
            self.abort("bytes came that nobody asked for")
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._is_spent = True
        if not self._is_in_body:
            self._head_bytes += len(data)
        if self._answer is not None:
            self._finish(self._answer)
        elif self._is_spent:
            self.abort("what came back was not an HTTP answer")
        elif self._head_bytes > MAX_HEAD_BYTES and not self._is_in_body:
            self.abort(f"its headers were larger than {MAX_HEAD_BYTES} bytes")
        elif self._body_bytes > self._max_body_bytes:
            self.abort(f"the answer was larger than {self._max_body_bytes} bytes")

    def connection_lost(self, exc: Exception | None) -> None:
        """End what is under way as Lost: that the peer closed says nothing about the order."""
        self._is_spent = True
        why = f"the connection broke ({type(exc).__name__})" if exc else "the broker closed the connection"
        self._end(Lost(f"Sent, but {why} before an answer came."))

    # httptools' side.

    def on_message_begin(self) -> None:
        """Notice a second answer to one request."""
        if self._answer is not None:
            self._is_spent = True
        self._begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep the few headers that matter."""
        kept = _KEPT_HEADERS.get(name.lower())
        if kept is not None:
            self._fields[kept] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Note that the head is whole."""
        self._is_in_body = True

    def on_body(self, body: bytes) -> None:
        """Collect the body, up to its bound."""
        self._body_bytes += len(body)
        if self._body_bytes <= self._max_body_bytes:
            self._parts.append(body)

    def on_message_complete(self) -> None:
        """Make the answer, unless it is an interim one (1xx) or more than was asked for."""
        if self._parser is None or self._answer is not None:
            return
        status = self._parser.get_status_code()
        if status < 200:
            self._begin()
        elif self._body_bytes <= self._max_body_bytes:
            if not self._parser.should_keep_alive():  # known only here: llhttp forgets it afterwards
                self._is_spent = True
            self._answer = Answer(status=status, body=b"".join(self._parts), **self._fields)

    # How.

    def _begin(self) -> None:
        self._fields, self._parts = {}, []
        self._body_bytes = self._head_bytes = 0
        self._is_in_body = False

    def _finish(self, answer: Answer) -> None:
        self._has_served = True
        self._end(answer)
        if self._is_spent and self._transport is not None:
            self._transport.close()

    def _end(self, result: Answer | Lost) -> None:
        waiter, self._waiter = self._waiter, None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._parser = self._answer = None
        self._idle_since_s = self._loop.time()
        if waiter is not None and not waiter.done():
            waiter.set_result(result)

    def _expire(self, after_s: float) -> None:
        self.abort(f"{after_s:g} s passed")

    def _socket_events(self) -> int:
        if not _GONE or self._transport is None:
            return 0
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN | _GONE)
        return next((events for _, events in poll.poll(0)), 0)
