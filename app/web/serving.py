"""Serving the application on a bound socket, with green threads or with real ones, until told to end."""

import logging
import socket
import threading
from typing import TYPE_CHECKING, Protocol

from app.web.options import WebOptions

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Serving(Protocol):
    """A server at work in a thread of its own."""

    def start(self) -> None:
        """Begin to answer."""
        ...

    def stop(self) -> None:
        """Take no more requests. Does not wait for open sockets."""
        ...


def listen(host: str, port: int) -> socket.socket:
    """Bind the port; OSError where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def serving(options: WebOptions, listener: socket.socket, app: "WSGIApplication") -> Serving:
    """Choose the server that fits the asynchronous mode."""
    if options.async_mode == "eventlet":
        return _Eventlet(listener, app)
    return _Threads(options, listener, app)


class _Eventlet:
    def __init__(self, listener: socket.socket, app: "WSGIApplication") -> None:
        self._listener = listener
        self._thread = threading.Thread(target=self._run, args=(app,), name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._listener.close()

    def _run(self, app: "WSGIApplication") -> None:
        from eventlet import wsgi  # noqa: PLC0415 - only a patched process may load it

        # No access log: it would hold query strings. No tracebacks in answers either.
        log = logging.getLogger("app.web.http")
        wsgi.server(self._listener, app, log=log, log_output=False, debug=False)


class _Threads:
    def __init__(self, options: WebOptions, listener: socket.socket, app: "WSGIApplication") -> None:
        from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 - not for the other mode

        class Quiet(WSGIRequestHandler):
            """A handler without an access log (it would hold query strings) and without its version."""

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Log no request."""

            def version_string(self) -> str:
                """Name no software."""
                return "tandem"

        self._server = make_server(
            options.host,
            options.port,
            app,
            threaded=True,
            request_handler=Quiet,
            fd=listener.fileno(),
        )
        self._listener = listener
        self._thread = threading.Thread(target=self._server.serve_forever, name="http", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
