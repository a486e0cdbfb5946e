"""The live stream: Socket.IO on /live, for signed-in browsers. State goes out; no command comes in here."""

import threading
from collections.abc import Callable
from datetime import datetime

from flask import request
from flask_socketio import SocketIO

from app.web.engine_service import EngineService
from app.web.gate import session_of
from app.web.options import WebOptions
from app.web.publisher import Publisher
from app.web.sessions import Session, Sessions

NAMESPACE = "/live"
_ROOM = "live"

_PING_EVERY_S = 10
_PING_WITHIN_S = 10
_LONGEST_MESSAGE = 1 << 14
"""Browsers only ever send a word: `resync` or `probe`."""


class Live:
    """The sockets of the live stream, each tied to its session."""

    def __init__(
        self, engine: EngineService, options: WebOptions, sessions: Sessions, now: Callable[[], datetime]
    ) -> None:
        self._options = options
        self._sessions = sessions
        self._now = now
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()
        # Origins are listed: the default trusts whatever Host it is sent.
        self.socketio = SocketIO(
            async_mode=options.async_mode,
            cors_allowed_origins=options.origins,
            namespaces=[NAMESPACE],
            manage_session=False,
            ping_interval=_PING_EVERY_S,
            ping_timeout=_PING_WITHIN_S,
            max_http_buffer_size=_LONGEST_MESSAGE,
            serve_client=False,
        )
        for event, handler in (
            ("connect", self._connect),
            ("disconnect", self._disconnect),
            ("resync", self._resync),
            ("probe", self._probe),
        ):
            self.socketio.on_event(event, handler, namespace=NAMESPACE)
        self.publisher = Publisher(engine, self)

    def send(self, event: str, body: object, *, to: str | None) -> None:
        """Send to one browser, or to all in the stream."""
        self.socketio.emit(event, body, namespace=NAMESPACE, to=to or _ROOM)

    def let_in(self, sid: str) -> None:
        """Let a browser into the stream, unless it has gone meanwhile.

        Under the lock, as leaving is: the library drops a room with its last member, and who enters in that
        moment would be in a room that nothing is sent to.
        """
        with self._lock:
            if sid in self._open:
                self.socketio.server.enter_room(sid, _ROOM, namespace=NAMESPACE)

    def cut(self, sid: str) -> None:
        """Disconnect one browser."""
        self.socketio.server.disconnect(sid, namespace=NAMESPACE)

    def cut_expired(self) -> None:
        """Disconnect the sockets whose session has ended or expired."""
        with self._lock:
            gone = [sid for sid, session in self._open.items() if not self._sessions.holds(session)]
        for sid in gone:
            self.cut(sid)

    def _connect(self, _auth: object = None) -> bool:
        session = session_of(request.environ, self._options, self._sessions)
        if session is None:
            return False
        with self._lock:
            self._open[_sid()] = session
        self.publisher.welcome(_sid())
        return True

    def _disconnect(self, _reason: object = None) -> None:
        with self._lock:
            self._open.pop(_sid(), None)
            self.socketio.server.leave_room(_sid(), _ROOM, namespace=NAMESPACE)

    def _resync(self, _body: object = None) -> None:
        if _sid() in self._open:
            self.publisher.welcome(_sid())

    def _probe(self, _body: object = None) -> dict[str, str]:
        """Acknowledge at once, so that the browser can time the way to us and back."""
        return {"at": self._now().isoformat()}


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # set by flask_socketio
    return sid
