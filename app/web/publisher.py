"""What the live stream sends and when: one snapshot each, then deltas in batches, from a single thread."""

import logging
import threading
import time
from typing import Protocol

from app.engine.rows import Delta
from app.web.engine_service import DeltaArrived, EngineService, LinkChanged, LinkState, News, SnapshotArrived
from app.web.schemas.live import Deltas, LinkRow

_log = logging.getLogger(__name__)

BATCH_S = 0.05
"""At most twenty batches a second."""
CHECK_S = 2.0
"""How often open sockets are checked against their sessions."""


class Sockets(Protocol):
    """The connected browsers."""

    def send(self, event: str, body: object, *, to: str | None) -> None:
        """Send to one browser, or (None) to all that were let into the stream."""
        ...

    def let_in(self, sid: str) -> None:
        """Let one browser into the stream."""
        ...

    def cut(self, sid: str) -> None:
        """Disconnect one browser; it comes back by itself."""
        ...

    def cut_expired(self) -> None:
        """Disconnect those whose session has ended."""
        ...


class Publisher:
    """Send the engine's news to all browsers. Only its own thread sends, so nothing can be out of order.

    A batch may repeat what a newcomer's snapshot has already: rows are whole, so taking them again is
    harmless.
    """

    def __init__(self, engine: EngineService, sockets: Sockets, *, batch_s: float = BATCH_S) -> None:
        self._engine = engine
        self._sockets = sockets
        self._batch_s = batch_s
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._batch: Deltas | None = None
        self._is_anew = False
        self._link: LinkState | None = None
        self._newcomers: list[str] = []
        self._unsubscribe = engine.subscribe(self._hear)
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Begin to send, in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop sending."""
        self._unsubscribe()
        self._closed.set()
        self._wake.set()

    def welcome(self, sid: str) -> None:
        """Send a browser the whole state, soon, and all deltas after it."""
        with self._lock:
            if sid not in self._newcomers:
                self._newcomers.append(sid)
        self._wake.set()

    def publish(self) -> None:
        """Send everything that has come together since the last time."""
        with self._lock:
            batch, self._batch = self._batch, None
            is_anew, self._is_anew = self._is_anew, False
            link, self._link = self._link, None
        if is_anew:
            self._send_state(to=None)
        elif batch is not None:
            self._sockets.send("deltas", batch, to=None)
        if link is not None:
            self._sockets.send("link", link_row(link), to=None)
        with self._lock:  # only now, so that a message that cannot be sent costs no newcomer its welcome
            newcomers, self._newcomers = self._newcomers, []
        for sid in newcomers:
            self._let_in(sid)

    def _let_in(self, sid: str) -> None:
        """Give a browser the state and let it into the stream, or cut it: no page may freeze unnoticed."""
        try:
            self._send_state(to=sid)
            self._sockets.send("link", link_row(self._engine.link()), to=sid)
            self._sockets.let_in(sid)
        except Exception:  # noqa: BLE001 - one browser that goes away must not cost the others theirs
            _log.exception("A browser could not be let into the live stream; it is cut and may come back.")
            self._sockets.cut(sid)

    def _send_state(self, *, to: str | None) -> None:
        state = self._engine.snapshot()
        if state is not None:
            self._sockets.send("snapshot", state, to=to)

    def _hear(self, news: News) -> None:
        with self._lock:
            match news:
                case SnapshotArrived():
                    self._is_anew = True
                case DeltaArrived(delta=delta):
                    self._batch = merged(self._batch, delta)
                case LinkChanged(link=link):
                    self._link = link
        self._wake.set()

    def _run(self) -> None:
        checked_at = time.monotonic()
        while not self._closed.is_set():
            self._wake.wait(CHECK_S)
            self._wake.clear()
            try:
                self.publish()
                if time.monotonic() - checked_at >= CHECK_S:
                    checked_at = time.monotonic()
                    self._sockets.cut_expired()
            except Exception:  # noqa: BLE001 - without this thread every browser would freeze unnoticed
                _log.exception("The live stream could not be sent; everyone is sent the whole state.")
                with self._lock:
                    self._is_anew = True
            self._closed.wait(self._batch_s)


def merged(batch: Deltas | None, delta: Delta) -> Deltas:
    """Add a delta to a batch: of each row the last word stays."""
    if batch is None:
        batch = {
            "boot_id": delta["boot_id"],
            "from_seq": delta["seq"],
            "to_seq": delta["seq"],
            "status": None,
            "gone_accounts": [],
            "accounts": {},
            "orders": {},
            "copies": {},
            "portfolios": {},
            "alerts": [],
        }
    batch["to_seq"] = delta["seq"]
    batch["status"] = delta["status"] or batch["status"]
    for account_id in delta["gone_accounts"]:
        batch["accounts"].pop(account_id, None)
        batch["portfolios"].pop(account_id, None)
    batch["gone_accounts"] = list(dict.fromkeys([*batch["gone_accounts"], *delta["gone_accounts"]]))
    batch["accounts"].update(delta["accounts"])
    batch["orders"].update(delta["orders"])
    batch["copies"].update(delta["copies"])
    batch["portfolios"].update(delta["portfolios"])
    batch["alerts"].extend(delta["alerts"])
    return batch


def link_row(link: LinkState) -> LinkRow:
    """Write the link's state as the API shows it."""
    return {"is_up": link.is_up, "since": link.since.isoformat()}
