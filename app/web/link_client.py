"""The web process's end of the link: mirrors the engine's state and carries commands to it."""

import itertools
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from app.engine.link_codec import (
    LONGEST_LINE_UP,
    AnswerLine,
    BeatLine,
    DeltaLine,
    FaultLine,
    HelloLine,
    LineSplitter,
    LineUp,
    MalformedLineError,
    PreviewLine,
    SnapshotLine,
    decode_up,
    encode,
    encode_command,
)
from app.engine.preview_rows import PreviewRow
from app.engine.rows import Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery, Asked
from app.web.engine_service import (
    DeltaArrived,
    EngineUnreachableError,
    LinkChanged,
    LinkState,
    News,
    OutcomeUnknownError,
    SnapshotArrived,
)
from app.web.mirror import GapError, Mirror
from app.web.options import LinkAddress

_log = logging.getLogger(__name__)

_FIRST_WAIT_S = 0.05
_LONGEST_WAIT_S = 2.0
_CHUNK = 1 << 18
_MAY_REPEAT = "The same command id may be sent again: it is carried out once at most."


@dataclass(slots=True)
class _Waiting:
    """A command or question under way."""

    is_over: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    preview: PreviewRow | None = None
    fault: str = "The link to the engine was lost."


class LinkClient:
    """An EngineService over the link. Reconnects by itself from `start` until `close`.

    `silence_s`: an engine that says nothing for so long counts as lost (it beats once a second).
    """

    def __init__(self, address: LinkAddress, now: Callable[[], datetime], *, silence_s: float = 5.0) -> None:
        self._address = address
        self._now = now
        self._silence_s = silence_s
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._mirror: Mirror | None = None
        self._link = LinkState(is_up=False, since=now())
        self._socket: socket.socket | None = None
        self._requests = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._listeners: list[Callable[[News], None]] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin to connect, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Cut the link for good; commands under way end as unknown."""
        self._closing.set()
        self._cut()
        self._thread.join(timeout=self._silence_s)

    def link(self) -> LinkState:
        """Return whether the engine talks to us."""
        return self._link

    def snapshot(self) -> Snapshot | None:
        """Return the last known state, or None before there ever was one."""
        with self._lock:
            return self._mirror.snapshot() if self._mirror else None

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Call `listener` with all news, in order, from the link's thread; return the way to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def execute(self, command: AnyCommand, *, timeout_s: float) -> Answer:
        """Send a command and wait for its answer; see EngineService."""
        waiting = self._ask(command, timeout_s)
        if waiting.answer is None:
            text = f"{waiting.fault} What became of command {command.command_id} is not known here."
            raise OutcomeUnknownError(f"{text} {_MAY_REPEAT}")
        return waiting.answer

    def preview(self, query: AnyQuery, *, timeout_s: float) -> PreviewRow:
        """Ask a question and wait for its answer; see EngineService."""
        waiting = self._ask(query, timeout_s)
        if waiting.preview is None:
            raise EngineUnreachableError(waiting.answer.message if waiting.answer else waiting.fault)
        return waiting.preview

    def _ask(self, asked: Asked, timeout_s: float) -> _Waiting:
        waiting = _Waiting()
        request = next(self._requests)
        line = encode_command(request, asked)
        with self._lock:
            sock = self._socket
            if sock is None or not self._link.is_up:
                raise EngineUnreachableError("The engine cannot be reached at the moment.")
            self._waiting[request] = waiting
        try:
            self._send(sock, line)
            if not waiting.is_over.wait(timeout_s):
                waiting.fault = f"The engine did not answer within {timeout_s:g} s."
        finally:
            with self._lock:
                self._waiting.pop(request, None)
        return waiting

    def _send(self, sock: socket.socket, line: bytes) -> None:
        """Send a line whole. Where that fails part of it may have left: the connection is of no more use."""
        try:
            with self._sending:
                sock.sendall(line)
        except OSError:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            if self._socket is not None:
                with suppress(OSError):  # it may be gone already
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._closing.is_set():
            try:
                self._converse()
            except (OSError, MalformedLineError, GapError) as e:
                _log.debug("The link ended: %s", e)
            except Exception:  # noqa: BLE001 - a dead thread would leave a frozen state that looks alive
                _log.exception("The link failed in a way not foreseen; it is opened again.")
            wait_s = _FIRST_WAIT_S if self._link.is_up else min(wait_s * 2, _LONGEST_WAIT_S)
            self._note_loss()
            self._closing.wait(wait_s)

    def _converse(self) -> None:
        address = (self._address.host, self._address.port)
        with socket.create_connection(address, timeout=self._silence_s) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(encode(HelloLine(secret=self._address.secret)))
            with self._lock:
                self._socket = sock
            for line in _lines(sock):
                self._hear(decode_up(line))

    def _hear(self, line: LineUp) -> None:
        match line:
            case SnapshotLine(snapshot=snapshot):
                with self._lock:
                    self._mirror = Mirror(snapshot)
                    self._link = LinkState(is_up=True, since=self._now())
                _log.info("The link to the engine is up.")
                self._tell(SnapshotArrived(snapshot))
                self._tell(LinkChanged(self._link))
            case DeltaLine(delta=delta):
                with self._lock:
                    if self._mirror is None:
                        raise GapError("The engine sent a delta before any snapshot.")
                    self._mirror.apply(delta)
                self._tell(DeltaArrived(delta))
            case AnswerLine(request=request, answer=answer):
                self._end(request, answer=answer)
            case PreviewLine(request=request, preview=preview):
                self._end(request, preview=preview)
            case FaultLine(request=request, message=message):
                self._end(request, fault=message)
            case BeatLine():
                pass

    def _end(
        self,
        request: int,
        *,
        answer: Answer | None = None,
        preview: PreviewRow | None = None,
        fault: str = "",
    ) -> None:
        with self._lock:
            waiting = self._waiting.get(request)
        if waiting is not None:
            waiting.answer, waiting.preview, waiting.fault = answer, preview, fault
            waiting.is_over.set()

    def _note_loss(self) -> None:
        with self._lock:
            self._socket = None
            lost, self._waiting = self._waiting, {}
            was_up = self._link.is_up
            if was_up:
                self._link = LinkState(is_up=False, since=self._now())
        for waiting in lost.values():
            waiting.is_over.set()
        if was_up:
            _log.warning("The link to the engine was lost.")
            self._tell(LinkChanged(self._link))

    def _tell(self, news: News) -> None:
        for listener in tuple(self._listeners):
            listener(news)


def _lines(sock: socket.socket) -> Iterator[bytes]:
    """Yield what the engine says until it ends; TimeoutError when it falls silent."""
    splitter = LineSplitter(LONGEST_LINE_UP)
    while chunk := sock.recv(_CHUNK):
        yield from splitter.feed(chunk)
