"""The web process: bind, serve, end cleanly. In eventlet mode it makes the standard library green first."""

import errno
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.web.greening import make_green
from app.web.options import LOOPBACK, WebOptions

EXIT_UNUSABLE = 2
"""The operator must change something first: restarting cannot help."""
BEAT_EVERY_S = 1.0


def main(options: WebOptions) -> int:
    """Serve until SIGTERM or SIGINT and return the exit code (0; 2 where host or port cannot be used).

    Prints `web ready URL` on stdout once it answers; problems go to stderr. Port 0 takes any free port.
    """
    if options.host not in LOOPBACK:
        return _refuse(
            f"The web page is served on this machine only, not on {options.host}. Nothing was started."
        )
    make_green(options.async_mode)
    options.configure_logs()

    from app.web.serving import listen  # noqa: PLC0415 - only now is the standard library as it will be

    try:
        listener = listen("127.0.0.1" if options.host == "localhost" else options.host, options.port)
    except OSError as e:
        return _refuse(_why_not_bound(options, e))
    with listener:
        return _serve(replace(options, port=listener.getsockname()[1]), listener)


def _serve(options: WebOptions, listener: socket.socket) -> int:
    from app.web.application import create_app, live_of, pnl_of  # noqa: PLC0415 - see main
    from app.web.link_client import LinkClient  # noqa: PLC0415 - see main
    from app.web.serving import serving  # noqa: PLC0415 - see main

    asked_to_end = _signals()
    engine = LinkClient(options.link, now)
    app = create_app(options, engine, now)
    publisher, sampler = live_of(app).publisher, pnl_of(app)
    server = serving(options, listener, app)
    publisher.start()
    engine.start()
    sampler.start()
    server.start()
    threading.Thread(target=_beat, args=(options.beat,), name="pulse", daemon=True).start()
    print(f"web ready {options.url}", flush=True)  # noqa: T201 - the line the supervisor waits for
    asked_to_end.recv(1)
    server.stop()
    publisher.close()
    sampler.close()
    engine.close()
    return 0


def _beat(beat: Callable[[], None]) -> None:
    """Show that we live; on green threads that stops as soon as one of them keeps all others from running."""
    while True:
        beat()
        time.sleep(BEAT_EVERY_S)


def now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def _signals() -> socket.socket:
    """Return a socket that can be read once SIGTERM or SIGINT came.

    A socket wakes green and real threads alike; a lock taken inside a signal handler could hang them.
    """
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    _KEPT.append(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reading


_KEPT: list[socket.socket] = []
"""The wake-up socket's other end, open as long as the process lives."""


def _why_not_bound(options: WebOptions, e: OSError) -> str:
    if e.errno == errno.EADDRINUSE:
        return (
            f"Port {options.port} on {options.host} is in use by another program, perhaps another Tandem. "
            f"The web page was not started. Stop that program, or choose another port: "
            f"TANDEM_PORT={options.port + 1}"
        )
    return (
        f"Port {options.port} on {options.host} cannot be opened: {e.strerror}. The web page was not started."
    )


def _refuse(text: str) -> int:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the operator's answer to a refused start
    return EXIT_UNUSABLE
