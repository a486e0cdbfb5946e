"""Signing in with a one-time token, and out again."""

import threading
import time
from collections import deque

import flask
from flask import Blueprint, Response, request

from app.web.access import current_session
from app.web.live import Live
from app.web.options import WebOptions
from app.web.problems import RefusedError
from app.web.sessions import VALID_FOR, Sessions
from app.web.sign_in import claim

_MOST_FAILURES = 10
_WINDOW_S = 60.0


class _Failures:
    """Count failed tries, whoever made them: everyone here comes from this machine."""

    def __init__(self) -> None:
        self._at: deque[float] = deque(maxlen=_MOST_FAILURES)
        self._lock = threading.Lock()

    def is_too_many(self) -> bool:
        with self._lock:
            return len(self._at) == _MOST_FAILURES and time.monotonic() - self._at[0] < _WINDOW_S

    def note(self) -> None:
        with self._lock:
            self._at.append(time.monotonic())


def blueprint(options: WebOptions, sessions: Sessions, live: Live) -> Blueprint:
    """Build /sign-in and /sign-out."""
    routes = Blueprint("signing_in", __name__)
    failures = _Failures()

    @routes.get("/sign-in")
    def page() -> str:
        return flask.render_template("page/sign_in.html")

    @routes.post("/sign-in")
    def sign_in() -> Response:
        if failures.is_too_many():
            raise RefusedError(
                429, "too_many_tries", "Too many failed sign-ins. Wait a minute, then try again."
            )
        if not claim(options.sign_in_folder, request.form.get("token", "")):
            failures.note()
            raise RefusedError(
                401,
                "token_refused",
                "This sign-in link was used already, or it is older than ten minutes. "
                "`python run.py sign-in` prints a new one.",
            )
        response = Response(status=204)
        response.set_cookie(
            options.cookie,
            sessions.begin(),
            max_age=VALID_FOR,
            path="/",
            httponly=True,
            samesite="Strict",
        )
        return response

    @routes.post("/sign-out")
    def sign_out() -> Response:
        session = current_session()
        if session is not None:
            sessions.end(session)
            live.cut_expired()
        response = Response(status=204)
        response.delete_cookie(options.cookie, path="/", httponly=True, samesite="Strict")
        return response

    return routes
