"""Who may use a route: nobody without a session but on the few open ones, and no other site's page."""

from posixpath import normpath

import flask
from flask import Flask, Response, g, request

from app.web.options import WebOptions
from app.web.problems import RefusedError, request_id
from app.web.sessions import Session, Sessions

_OPEN = frozenset(
    {
        "health.alive",
        "health.ready",
        "logging_in.callback",
        "metrics.metrics",
        "signing_in.page",
        "signing_in.sign_in",
    }
)
"""Routes without a session; /metrics asks for a token of its own, the broker's way back for a cookie."""
_OPEN_FILES = "sign-in/"
"""The part of static/ that the sign-in page needs."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask, options: WebOptions, sessions: Sessions) -> None:
    """Check every request before its route, unknown addresses included."""

    def check() -> Response | None:
        request_id()
        _refuse_other_sites(options)
        g.session = sessions.find(request.cookies.get(options.cookie))
        if g.session is not None or _is_open():
            return None
        if request.method == "GET" and (request.endpoint or "").startswith("pages."):
            return flask.redirect(flask.url_for("signing_in.page"), 303)  # type: ignore[return-value]  # a Response
        raise RefusedError(
            401, "sign_in_needed", "Sign in first: the program printed a link when it started."
        )

    app.before_request(check)
    app.after_request(_number)


def current_session() -> Session | None:
    """Return the session of the request being answered."""
    session: Session | None = g.get("session")
    return session


def _is_open() -> bool:
    if request.endpoint == "static":
        return normpath(str((request.view_args or {}).get("filename", ""))).startswith(_OPEN_FILES)
    return request.endpoint in _OPEN


def _refuse_other_sites(options: WebOptions) -> None:
    """Refuse what a page of another site, or of another port of this machine, makes a browser send.

    Programs send neither header; their session alone decides. SameSite cookies would not help against
    another port: it is the same site.
    """
    if request.method in _SAFE:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"} or (origin is not None and origin not in options.origins):
        raise RefusedError(403, "cross_site", "Another site's page sent this; only our own pages may.")


def _number(response: Response) -> Response:
    response.headers["X-Request-Id"] = request_id()
    return response
