"""The dashboard's page: one document for all its addresses, with a nonce of its own for each answer."""

import secrets
from pathlib import Path

import flask
from flask import Blueprint, Response, request

from app.web.gate import content_security_policy
from app.web.problems import RefusedError

_BUNDLE = Path("app") / "main.js"


def blueprint() -> Blueprint:
    """Build the page's routes."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    @routes.get("/positions")
    @routes.get("/analytics")
    @routes.get("/config")
    @routes.get("/activity")
    def dashboard() -> Response:
        _refuse_without_bundle()
        nonce = secrets.token_urlsafe(16)
        response = flask.make_response(flask.render_template("index.html", nonce=nonce))
        response.headers["Content-Security-Policy"] = content_security_policy(request.host, nonce)
        return response

    return routes


def _refuse_without_bundle() -> None:
    """Say what is missing where somebody took the built page away: a blank page would say nothing."""
    static = flask.current_app.static_folder
    if static is None or not (Path(static) / _BUNDLE).is_file():
        text = "The built dashboard is missing from static/app. Copying goes on without it. Run: make ui"
        raise RefusedError(503, "page_not_built", text)
