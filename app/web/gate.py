"""The gate before Flask and Socket.IO alike: hosts, callers of a socket, headers of all answers."""

import json
import secrets
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any

from app.web.options import WebOptions
from app.web.sessions import Session, Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SOCKET_PATH = "/socket.io"

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it browsers send `Origin: null` on our own forms (Fetch standard).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def content_security_policy(host: str, nonce: str | None = None) -> str:
    """Return what our pages may load: our own files. `host` is named for browsers whose 'self' has no ws:.

    With a `nonce` a page may also have style elements that carry it: some libraries make such.
    """
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self'; font-src 'self'; "
        f"connect-src 'self' ws://{host}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


class Gate:
    """Refuse foreign hosts everywhere, and foreign or unknown callers at the socket's door.

    Flask's own checks do not see /socket.io, so they stand here, around both.
    """

    def __init__(self, inner: "WSGIApplication", options: WebOptions, sessions: Sessions) -> None:
        self._inner = inner
        self._options = options
        self._sessions = sessions

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        host = environ.get("HTTP_HOST", "").lower()
        if host not in self._options.hosts:
            return _refuse(start_response, "400 Bad Request", "wrong_host", "We do not answer to this name.")

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            return start_response(status, _with_ours(headers, host), *rest)

        if _is_socket(environ.get("PATH_INFO", "")):
            if environ.get("HTTP_ORIGIN", self._options.origins[0]) not in self._options.origins:
                return _refuse(start, "403 Forbidden", "cross_site", "This page may not connect to us.")
            if session_of(environ, self._options, self._sessions) is None:
                return _refuse(start, "401 Unauthorized", "sign_in_needed", "Sign in first.")
        return self._inner(environ, start)


def session_of(environ: "WSGIEnvironment", options: WebOptions, sessions: Sessions) -> Session | None:
    """Return the session that a request's cookie opens, or None."""
    try:
        cookie = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(options.cookie)
    except CookieError:
        return None
    return sessions.find(cookie.value) if cookie else None


def _is_socket(path: str) -> bool:
    """Take the path as generously as engine.io may: a wider door here only refuses more."""
    return path.lstrip("/").startswith(SOCKET_PATH.lstrip("/"))


def _with_ours(headers: list[tuple[str, str]], host: str) -> list[tuple[str, str]]:
    present = {name.lower() for name, _ in headers}
    ours = _HEADERS | {
        "Content-Security-Policy": content_security_policy(host),
        "Cache-Control": "no-store",
    }
    return headers + [(name, value) for name, value in ours.items() if name.lower() not in present]


def _refuse(start: "StartResponse", status: str, error: str, message: str) -> list[bytes]:
    problem = {
        "error": error,
        "message": message,
        "not_done": "Nothing was done.",
        "request_id": secrets.token_hex(8),
    }
    body = json.dumps(problem).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start(status, _with_ours(headers, "localhost"))
    return [body]
