"""Logging an account in at the broker: to its page and back, bound to the browser that began it."""

import logging
from collections.abc import Callable
from datetime import datetime

import flask
from flask import Blueprint, Response, request

from app.ports.broker_login import BrokerLogin, LoginRefusedError
from app.web.access import current_session
from app.web.begun_logins import VALID_FOR, BegunLogins, name_of
from app.web.options import WebOptions
from app.web.problems import RefusedError
from app.web.sessions import Sessions

CALLBACK = "/kite/callback"
"""What the redirect URL of each Kite app leads to."""
_LONGEST_TOKEN = 200
_log = logging.getLogger(__name__)


def blueprint(
    login: BrokerLogin, options: WebOptions, sessions: Sessions, now: Callable[[], datetime]
) -> Blueprint:
    """Build /login and the way back from it.

    The broker's answer is another site's page leading here, with which no SameSite=Strict cookie comes: our
    session's is one and stays one. So each login has a cookie of its own, Lax, for the way back alone.
    """
    routes = Blueprint("logging_in", __name__)
    begun_logins = BegunLogins(now)

    @routes.get("/login/<account_id>")
    def begin(account_id: str) -> Response:
        session = current_session()
        if session is None or request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
            raise RefusedError(403, "cross_site", "Another site's page sent this; only our own pages may.")
        state, mark = begun_logins.begin(account_id, session, request.host)
        try:
            to_broker: Response = flask.redirect(login.url(account_id, state), 303)  # type: ignore[assignment]  # a Response
        except LoginRefusedError as e:
            return _page(409, f"{account_id} cannot be logged in", str(e))
        to_broker.set_cookie(
            _cookie(options, state),
            mark,
            max_age=VALID_FOR,
            path=CALLBACK,
            httponly=True,
            samesite="Lax",
        )
        return to_broker

    @routes.get("/kite/callback")
    def callback() -> Response:
        state = request.args.get("state", "")
        begun = begun_logins.find(state)
        if begun is None:
            return _page(400, "This login is not known", _UNKNOWN)
        if request.host != begun.host:
            # The app's redirect URL has another name of ours than the browser that has the cookie.
            return flask.redirect(f"http://{begun.host}{request.full_path}", 303)  # type: ignore[return-value]  # a Response
        cookie = _cookie(options, state)
        if not begun_logins.claim(state, request.cookies.get(cookie, "")):
            return _page(403, "This login is another browser's", _UNKNOWN)
        if sessions.holds(begun.session):
            page = _complete(login, begun.account_id)
        else:
            page = _page(403, "You are signed out", "Sign in to Tandem, then log the account in again.")
        page.delete_cookie(cookie, path=CALLBACK, httponly=True, samesite="Lax")
        return page

    return routes


_UNKNOWN = (
    "It was begun in another browser, or more than ten minutes ago, or before a restart, or it has been "
    "completed already. Begin it again at the account."
)


def _complete(login: BrokerLogin, account_id: str) -> Response:
    token, status = request.args.get("request_token", ""), request.args.get("status", "")
    if status != "success" or not (0 < len(token) <= _LONGEST_TOKEN and token.isascii() and token.isalnum()):
        text = "Kite sent no login back: it was refused or given up there. Begin it again at the account."
        return _page(400, f"{account_id} was not logged in", text)
    try:
        told = login.complete(account_id, token)
    except LoginRefusedError as e:
        _log.warning("A login of %s was not completed: %s", account_id, e)
        return _page(409, f"{account_id} was not logged in", str(e))
    _log.info("%s was logged in.", account_id)
    return _page(200, f"{account_id} is logged in", told)


def _page(status: int, title: str, message: str) -> Response:
    """Say what became of it, in a page: a redirect would still be the other site's, without our session.

    With the link of our own page the session's cookie comes again.
    """
    is_done = status == 200
    not_done = "" if is_done else "Nothing was stored; the token there was is kept."
    page = flask.render_template(
        "page/broker_login.html", title=title, message=message, not_done=not_done, is_done=is_done
    )
    return Response(page, status=status, headers={"Referrer-Policy": "no-referrer"})


def _cookie(options: WebOptions, state: str) -> str:
    """Name the cookie of one login: several may be under way in one browser."""
    return f"{options.cookie}_login_{name_of(state)}"
